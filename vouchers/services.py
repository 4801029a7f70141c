"""The writers of vouchers, their payments and files.

Every function may be repeated and run at the same time elsewhere: it compares first, and writes only what differs,
under the client's lock. What an accountant wrote (``note``) is never touched.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Client
from vouchers import storage
from vouchers.locks import lock
from vouchers.models import Contact, PaymentItem, Voucher, VoucherFile
from vouchers.shapes import FileData, PaymentItemData, VoucherData

_ROW_FIELDS = (
    "type",
    "number",
    "date",
    "due_date",
    "contact_name",
    "total",
    "open_amount",
    "currency",
    "status",
    "provider_updated_at",
)
_UNREAD: dict[str, Any] = {"payments_read": False, "document_read": False, "complete": False}
_BACK: dict[str, Any] = {"withdrawn_at": None, "withdrawn_reason": ""}


class Outcome(StrEnum):
    """What became of one thing that was delivered."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def upsert_voucher(client: Client, data: VoucherData) -> tuple[Voucher, Outcome]:
    """Take over one voucher; see ``upsert_vouchers``."""
    return upsert_vouchers(client, [data])[0]


def upsert_vouchers(client: Client, rows: Sequence[VoucherData]) -> list[tuple[Voucher, Outcome]]:
    """Take over vouchers as a list shows them, each id once; the answer has the order of ``rows``.

    A changed voucher gets its payments, document and files read again, and a withdrawn one is back. One query and no
    write when nothing changed.
    """
    stored = _stored(client, [row.external_id for row in rows])
    if all(row.external_id in stored and _same(stored[row.external_id], row) for row in rows):
        return [(stored[row.external_id], Outcome.UNCHANGED) for row in rows]
    with transaction.atomic():
        lock(client.pk)
        stored = _stored(client, [row.external_id for row in rows])
        contacts = _contacts(client, [row for row in rows if _differs(stored.get(row.external_id), row)])
        new = [_new(client, row, contacts) for row in rows if row.external_id not in stored]
        Voucher.objects.bulk_create(new)
        created = {voucher.external_id: voucher for voucher in new}
        result = []
        for row in rows:
            if row.external_id in created:
                result.append((created[row.external_id], Outcome.CREATED))
            else:
                result.append(_bring_up_to_date(stored[row.external_id], row, contacts))
        return result


def set_payments(
    voucher: Voucher, items: Sequence[PaymentItemData], paid_on: date | None, open_amount: Decimal
) -> Outcome:
    """Make the voucher's payments exactly ``items``, in this order, and note that they were read."""
    with transaction.atomic():
        lock(voucher.client_id)
        old = [
            PaymentItemData(item.type, item.date, item.amount, item.currency)
            for item in voucher.payments.order_by("position")
        ]
        same = old == list(items)
        if not same:
            voucher.payments.all().delete()
            PaymentItem.objects.bulk_create(
                PaymentItem(
                    voucher=voucher,
                    position=position,
                    type=item.type,
                    date=item.date,
                    amount=item.amount,
                    currency=item.currency,
                )
                for position, item in enumerate(items)
            )
        moved = _write(voucher, paid_on=paid_on, open_amount=open_amount)
        _note(voucher, payments_read=True)
    return Outcome.UNCHANGED if same and not moved else Outcome.CHANGED


def set_document(voucher: Voucher, remark: str, expected_files: Sequence[str]) -> Outcome:
    """Take over what the document itself says, and which files belong to it (the provider's ids, in its order).

    Files that belong to the voucher no more are detached; their bytes stay.
    """
    with transaction.atomic():
        lock(voucher.client_id)
        gone, _ = voucher.files.exclude(external_id__in=expected_files).delete()
        moved = _write(voucher, remark=remark)
        _note(voucher, document_read=True, expected_files=list(expected_files))
    return Outcome.CHANGED if gone or moved else Outcome.UNCHANGED


def attach_files(voucher: Voucher, files: Iterable[FileData]) -> Outcome:
    """Keep downloaded files and attach them to the voucher; the same id with other bytes replaces the old bytes."""
    outcome = Outcome.UNCHANGED
    for file in files:
        stored = storage.store(file.content, file.content_type)
        places = list(voucher.expected_files)
        position = places.index(file.external_id) if file.external_id in places else len(places)
        values = {"stored": stored, "name": file.name[:255], "position": position}
        with transaction.atomic():
            lock(voucher.client_id)
            known = voucher.files.filter(external_id=file.external_id).first()
            if known is None:
                VoucherFile.objects.create(voucher=voucher, external_id=file.external_id, **values)
            elif any(getattr(known, name) != value for name, value in values.items()):
                VoucherFile.objects.filter(pk=known.pk).update(**values)
            else:
                continue
        outcome = Outcome.CHANGED
    return outcome


def missing_files(voucher: Voucher) -> list[str]:
    """The ids of the files that belong to the voucher and are not here yet, in the provider's order."""
    here = set(voucher.files.values_list("external_id", flat=True))
    return [external_id for external_id in voucher.expected_files if external_id not in here]


def settle(voucher: Voucher) -> bool:
    """Mark the voucher complete when payments, document and all files are here; whether it is complete."""
    complete = voucher.payments_read and voucher.document_read and not missing_files(voucher)
    if complete:
        _note(voucher, complete=True)
    return complete


def withdraw(voucher: Voucher, reason: str, *, status: str = "") -> Outcome:
    """Mark a voucher that does not count any more; nothing is deleted.

    ``reason``: a short code, for example the status it has now; ``status``: the provider's status where it is known.
    """
    values: dict[str, Any] = {"withdrawn_reason": reason, **({"status": status} if status else {})}
    with transaction.atomic():
        lock(voucher.client_id)
        if voucher.withdrawn_at is None:
            now = timezone.now()
            moved = Voucher.objects.filter(pk=voucher.pk, withdrawn_at__isnull=True).update(
                withdrawn_at=now, updated_at=now, **values
            )
            voucher.refresh_from_db()
            return Outcome.CHANGED if moved else Outcome.UNCHANGED
        return Outcome.CHANGED if _write(voucher, **values) else Outcome.UNCHANGED


def reinstate(voucher: Voucher) -> Outcome:
    """Take back the withdrawal; payments, document and files are read again."""
    with transaction.atomic():
        lock(voucher.client_id)
        moved = Voucher.objects.filter(pk=voucher.pk, withdrawn_at__isnull=False).update(
            updated_at=timezone.now(), **_BACK, **_UNREAD
        )
    voucher.refresh_from_db()
    return Outcome.CHANGED if moved else Outcome.UNCHANGED


def _stored(client: Client, ids: Sequence[UUID]) -> dict[UUID, Voucher]:
    vouchers = Voucher.objects.filter(client=client, external_id__in=ids).select_related("contact")
    return {voucher.external_id: voucher for voucher in vouchers}


def _same(voucher: Voucher, row: VoucherData) -> bool:
    contact_id = voucher.contact.external_id if voucher.contact else None
    return (
        voucher.withdrawn_at is None
        and contact_id == row.contact_id
        and all(getattr(voucher, name) == getattr(row, name) for name in _ROW_FIELDS)
    )


def _differs(voucher: Voucher | None, row: VoucherData) -> bool:
    return voucher is None or not _same(voucher, row)


def _new(client: Client, row: VoucherData, contacts: dict[UUID, Contact]) -> Voucher:
    values = {name: getattr(row, name) for name in _ROW_FIELDS}
    contact = contacts[row.contact_id] if row.contact_id else None
    return Voucher(client=client, external_id=row.external_id, contact=contact, **values)


def _bring_up_to_date(voucher: Voucher, row: VoucherData, contacts: dict[UUID, Contact]) -> tuple[Voucher, Outcome]:
    if _same(voucher, row):
        return voucher, Outcome.UNCHANGED
    values: dict[str, Any] = {name: getattr(row, name) for name in _ROW_FIELDS}
    values["contact"] = contacts[row.contact_id] if row.contact_id else None
    _note(voucher, **values, **_UNREAD, **_BACK, updated_at=timezone.now())
    return voucher, Outcome.CHANGED


def _contacts(client: Client, rows: Sequence[VoucherData]) -> dict[UUID, Contact]:
    """The contacts of these rows, made and renamed where needed."""
    names = {row.contact_id: row.contact_name for row in rows if row.contact_id}
    known = {item.external_id: item for item in Contact.objects.filter(client=client, external_id__in=names)}
    for external_id, name in names.items():
        if external_id not in known:
            known[external_id] = Contact.objects.create(client=client, external_id=external_id, name=name)
        elif known[external_id].name != name:
            known[external_id].name = name
            known[external_id].save(update_fields=["name"])
    return known


def _write(voucher: Voucher, **values: Any) -> bool:
    """Write these columns if one of them differs, with the time of the change."""
    if all(getattr(voucher, name) == value for name, value in values.items()):
        return False
    _note(voucher, **values, updated_at=timezone.now())
    return True


def _note(voucher: Voucher, **values: Any) -> None:
    """Write exactly these columns, whether they differ or not."""
    for name, value in values.items():
        setattr(voucher, name, value)
    voucher.save(update_fields=list(values))
