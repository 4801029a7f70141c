"""From Qonto's JSON to our types. Unknown fields and values pass: they live on in ``raw``.

Early answers lack many fields: all but the id, cents, side, currency and status may be missing (reference: Qonto 5.3).
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar

import simplejson

from integrations.providers import values
from integrations.providers.errors import AnswerNotUnderstood
from integrations.providers.qonto.types import Account, Attachment, Line, Organization, Page, UnreadableLine
from integrations.providers.values import Fields

T = TypeVar("T")

COMPLETED = "completed"
STATUSES = ("pending", "declined", COMPLETED)
# At most one of them is filled.
_COUNTERPARTIES = (
    "transfer",
    "income",
    "swift_income",
    "direct_debit",
    "direct_debit_collection",
    "check",
    "financing_installment",
    "pagopa_payment",
    "direct_debit_hold",
)
_LARGEST_CENTS = 10**15
_LONGEST_KEY = 80


def decode(body: bytes) -> dict[str, Any]:
    """Parse a JSON object; ``AnswerNotUnderstood`` for anything else."""
    try:
        content = simplejson.loads(body.decode("utf-8-sig"), use_decimal=True)
    except (ValueError, RecursionError):
        problem = "a web page instead of JSON" if body.lstrip()[:1] == b"<" else "not JSON, or only a part of it"
        raise AnswerNotUnderstood(problem) from None
    return _object(content)


def organization(body: bytes) -> Organization:
    """Read an organization with its accounts (reference: Qonto 5.2)."""
    fields = _object(decode(body).get("organization"))

    def read() -> Organization:
        slug = values.text(fields, "slug", "")
        name = values.text(fields, "legal_name", "") or values.text(fields, "name", "")
        return Organization(
            organization_id=values.identifier(fields.get("id") or slug, "id")[:40],
            company_name=name or slug,
            accounts=tuple(_account(_object(item)) for item in _list(fields.get("bank_accounts"))),
            raw=_text(body),
        )

    return _whole_answer(read)


def page(body: bytes, asked_for: int) -> Page:
    """Read a page of transactions; a row that cannot be read never loses the others.

    ``AnswerNotUnderstood`` where it is another page than the one that was asked for: we would never come to an end.
    """
    content = decode(body)
    meta = _object(content.get("meta") or {})
    number = _whole_answer(lambda: values.whole(meta, "current_page"))
    if number is not None and number != asked_for:
        raise AnswerNotUnderstood(f"page {number} instead of page {asked_for}")
    lines: list[Line] = []
    unreadable: list[UnreadableLine] = []
    for row in _list(content.get("transactions")):
        read = line(row)
        if isinstance(read, Line):
            lines.append(read)
        else:
            unreadable.append(read)
    return Page(tuple(lines), tuple(unreadable), asked_for, last=meta.get("next_page") is None)


def line(row: Any) -> Line | UnreadableLine:
    """Read one transaction."""
    raw = simplejson.dumps(row, use_decimal=True, ensure_ascii=False)
    if not isinstance(row, dict):
        return UnreadableLine("", "the row is not an object", raw)
    try:
        return _line(row, values.storable(raw))
    except ValueError as error:
        key = row.get("transaction_id")
        try:
            updated_at = values.moment(row, "updated_at")
        except ValueError:
            updated_at = None
        name = values.storable(key)[:_LONGEST_KEY] if isinstance(key, str) else ""
        return UnreadableLine(name, str(error), values.storable(raw), updated_at)


def attachment(body: bytes) -> Attachment:
    """Read where a document can be fetched (reference: Qonto 5.4)."""
    fields = _object(decode(body).get("attachment"))
    return _whole_answer(
        lambda: Attachment(
            id=values.identifier(fields.get("id"), "id"),
            name=values.text(fields, "file_name", ""),
            content_type=values.text(fields, "file_content_type", ""),
            url=values.text(fields, "url"),
        )
    )


def _account(fields: Fields) -> Account:
    return Account(
        id=values.text(fields, "id", ""),
        slug=values.text(fields, "slug", ""),
        name=values.text(fields, "name", ""),
        iban="".join(values.text(fields, "iban", "").split()).upper(),
        bic=values.text(fields, "bic", ""),
        currency=values.text(fields, "currency", "EUR"),
        balance=_cents(fields, "balance_cents"),
        external=values.flag(fields, "is_external_account"),
        closed=values.text(fields, "status", "active").lower() == "closed",
    )


def _line(row: Fields, raw: str) -> Line:
    key = values.text(row, "transaction_id")
    if not key.strip() or len(key) > _LONGEST_KEY:
        raise ValueError("transaction_id: not an id")
    side, currency = values.text(row, "side"), values.text(row, "currency")
    amount = _cents(row, "amount_cents")
    if amount is None or amount < 0:
        raise ValueError("amount_cents: no amount")
    said = values.amount(row, "amount")
    if said is not None and said != amount:
        raise ValueError("amount: it differs from amount_cents")
    if side not in ("debit", "credit"):
        raise ValueError("side: neither debit nor credit")
    if len(currency) != 3:
        raise ValueError("currency: not a currency")
    party: Fields = next((row[name] for name in _COUNTERPARTIES if isinstance(row.get(name), dict)), {})
    local = values.text(row, "local_currency", "")
    abroad = len(local) == 3 and local != currency
    return Line(
        key=key,
        id=values.text(row, "id", ""),
        status=values.text(row, "status"),
        amount=-amount if side == "debit" else amount,
        currency=currency,
        settled_at=values.moment(row, "settled_at"),
        settled_on=values.day(row, "settled_at"),
        emitted_on=values.day(row, "emitted_at"),
        updated_at=values.moment(row, "updated_at"),
        label=values.text(row, "label", ""),
        clean_name=values.text(row, "clean_counterparty_name", ""),
        counterparty_iban=_in_format(party, "counterparty_account_number", "IBAN"),
        counterparty_bic=_in_format(party, "counterparty_bank_identifier", "SWIFT_BIC"),
        reference=values.text(row, "reference", ""),
        note=values.text(row, "note", ""),
        kind=values.text(row, "operation_type", ""),
        local_amount=_local_amount(row) if abroad else None,
        local_currency=local if abroad else "",
        balance=_cents(row, "settled_balance_cents"),
        attachment_ids=tuple(values.identifier(item, "attachment_ids") for item in _list(row.get("attachment_ids"))),
        raw=raw,
    )


def _in_format(party: Fields, name: str, wanted: str) -> str:
    """A number of the counterparty, without blanks; empty where it is of another kind than wanted."""
    kind = values.text(party, f"{name}_format", wanted)
    return "".join(values.text(party, name, "").split()) if kind.upper() == wanted else ""


def _local_amount(row: Fields) -> Decimal | None:
    # Not every currency has hundredths: the amount itself says more than its "cents".
    said = values.amount(row, "local_amount")
    return said if said is not None else _cents(row, "local_amount_cents")


def _cents(fields: Fields, name: str) -> Decimal | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _LARGEST_CENTS:
        raise ValueError(f"{name}: not a plausible number of cents")
    return Decimal(value).scaleb(-2)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise AnswerNotUnderstood("not the object that was asked for")
    return value


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise AnswerNotUnderstood("not the list that was asked for")
    return value


def _text(body: bytes) -> str:
    return values.storable(body.decode("utf-8-sig"))


def _whole_answer(read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise AnswerNotUnderstood(str(error)) from None
