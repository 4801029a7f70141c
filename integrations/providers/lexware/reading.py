"""From the provider's JSON to our types. Unknown fields and values pass: they live on in ``raw``."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import simplejson

from integrations.providers import values
from integrations.providers.errors import AnswerNotUnderstood, RecordUnreadable
from integrations.providers.lexware.types import (
    Document,
    PaymentLine,
    Payments,
    Profile,
    UnreadableRow,
    VoucherPage,
    VoucherRow,
)

T = TypeVar("T")

_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


def decode(body: bytes) -> Any:
    """Parse JSON; numbers become ``int`` or ``Decimal``, digit for digit. ``AnswerNotUnderstood`` for anything else."""
    try:
        content = body.decode("utf-8-sig")
        return simplejson.loads(content, use_decimal=True)
    except (ValueError, RecursionError):
        problem = "a web page instead of JSON" if body.lstrip()[:1] == b"<" else "not JSON, or only a part of it"
    raise AnswerNotUnderstood(problem)


def profile(body: bytes) -> Profile:
    """Read a profile (reference: reference data, section 14)."""
    fields = _object(decode(body))
    created = _object(fields.get("created") or {})
    features = fields.get("businessFeatures")
    return _whole_answer(
        lambda: Profile(
            organization_id=values.identifier(fields.get("organizationId"), "organizationId"),
            company_name=values.text(fields, "companyName", ""),
            connection_id=values.text(fields, "connectionId", ""),
            business_features=tuple(map(str, _list(features, "businessFeatures"))),
            user_email=values.text(created, "userEmail", ""),
            raw=_text(body),
        )
    )


def ping(body: bytes) -> str:
    """Read the answer to a ping: the address of the key's user, empty when it has none."""
    fields = _object(decode(body))
    return _whole_answer(lambda: values.text(fields, "userEmail", ""))


def voucher_page(body: bytes, asked_for: int = 0) -> VoucherPage:
    """Read a page of the voucher list; a row that cannot be read never loses the others.

    ``asked_for`` is the page's number where the answer does not say it.
    """
    fields = _object(decode(body))
    content = fields.get("content")
    if not isinstance(content, list):
        raise AnswerNotUnderstood("a page without content")
    results = [_row(item) for item in content]
    number = _whole_answer(lambda: values.whole(fields, "number"))
    if number is None:
        number = asked_for
    total_pages = _whole_answer(lambda: values.whole(fields, "totalPages"))
    total_elements = _whole_answer(lambda: values.whole(fields, "totalElements"))
    last = fields.get("last")
    if not isinstance(last, bool):
        last = not content or (total_pages is not None and number + 1 >= total_pages)
    return VoucherPage(
        rows=tuple(result for result in results if isinstance(result, VoucherRow)),
        unreadable=tuple(result for result in results if isinstance(result, UnreadableRow)),
        number=number,
        total_pages=total_pages if total_pages is not None else number + 1,
        total_elements=total_elements if total_elements is not None else len(content),
        last=last,
    )


def payments(body: bytes) -> Payments:
    """Read the payments of a document (reference: payments, section 8)."""
    fields = _object(decode(body))
    items = fields.get("paymentItems")
    return _record(
        lambda: Payments(
            open_amount=values.amount(fields, "openAmount"),
            currency=values.text(fields, "currency", "EUR"),
            payment_status=values.text(fields, "paymentStatus", ""),
            voucher_type=values.text(fields, "voucherType", ""),
            voucher_status=values.text(fields, "voucherStatus", ""),
            paid_on=values.day(fields, "paidDate"),
            items=tuple(_payment_line(item, place) for place, item in enumerate(_list(items, "paymentItems"))),
            raw=_text(body),
        )
    )


def document(body: bytes) -> Document:
    """Read a bookkeeping voucher or a sales document.

    ``files`` is a list of ids on the first, and an object with one id on the second (reference: quirks 24).
    """
    fields = _object(decode(body))
    files = fields.get("files")
    if isinstance(files, dict):
        files = None if files.get("documentFileId") is None else [files["documentFileId"]]
    return _record(
        lambda: Document(
            id=values.identifier(fields.get("id"), "id"),
            file_ids=tuple(values.identifier(file_id, "files") for file_id in _list(files, "files")),
            version=values.whole(fields, "version"),
            remark=values.text(fields, "remark", ""),
            raw=_text(body),
        )
    )


def _row(item: Any) -> VoucherRow | UnreadableRow:
    raw = _dumped(item)
    if not isinstance(item, dict):
        return UnreadableRow(id="", number="", problem="not an object", raw=raw)
    try:
        identity = values.uuid(item, "id")
        total = values.amount(item, "totalAmount")
        updated_at = values.moment(item, "updatedDate")
        if identity is None or total is None or updated_at is None:
            missing = {"id": identity, "totalAmount": total, "updatedDate": updated_at}
            raise ValueError("missing: " + ", ".join(name for name, value in missing.items() if value is None))
        return VoucherRow(
            id=identity,
            type=values.text(item, "voucherType"),
            status=values.text(item, "voucherStatus"),
            number=values.text(item, "voucherNumber", ""),
            date=values.day(item, "voucherDate"),
            due_date=values.day(item, "dueDate"),
            contact_id=values.uuid(item, "contactId"),
            contact_name=values.text(item, "contactName", ""),
            total=total,
            open_amount=values.amount(item, "openAmount"),
            currency=values.text(item, "currency", "EUR"),
            archived=values.flag(item, "archived"),
            created_at=values.moment(item, "createdDate"),
            updated_at=updated_at,
            raw=raw,
        )
    except ValueError as error:
        return UnreadableRow(
            id=_short(item.get("id")), number=_short(item.get("voucherNumber")), problem=str(error), raw=raw
        )


def _payment_line(item: Any, place: int) -> PaymentLine:
    if not isinstance(item, dict):
        raise ValueError(f"paymentItems[{place}]: not an object")
    try:
        paid = values.amount(item, "amount")
        if paid is None:
            raise ValueError("amount: nothing is not an amount")
        return PaymentLine(
            type=values.text(item, "paymentItemType"),
            date=values.day(item, "postingDate"),
            amount=paid,
            currency=values.text(item, "currency", "EUR"),
        )
    except ValueError as error:
        raise ValueError(f"paymentItems[{place}].{error}") from error


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise AnswerNotUnderstood("not an object")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f"{name}: not a list")
    return value


def _record(read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise RecordUnreadable(str(error)) from None


def _whole_answer(read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise AnswerNotUnderstood(str(error)) from None


def _text(body: bytes) -> str:
    return body.decode("utf-8-sig")


def _dumped(item: Any) -> str:
    """Return a row's JSON with every digit kept, in a form that any database can store."""
    raw = simplejson.dumps(item, use_decimal=True, ensure_ascii=False)
    if _HALF_A_CHARACTER.search(raw):
        return simplejson.dumps(item, use_decimal=True, ensure_ascii=True)
    return raw


def _short(value: object) -> str:
    return values.storable(str(value))[:80] if isinstance(value, str | int) else ""
