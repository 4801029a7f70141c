"""The writers of vouchers, their payments and files.

Every function may be repeated and run at the same time elsewhere: it compares first, and writes only what differs,
under the client's lock. What an accountant wrote (``note``) is never touched. Details (payments, document, files) are
written only while the voucher is as it was when they were asked for: what was read of an older state is dropped.

``tell`` hears of what became different, inside the transaction that makes it so.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Client
from vouchers import storage
from vouchers.changes import Attached, Change, Kind, Tell, files_text, moved, payments_text, tell_nobody
from vouchers.locks import lock
from vouchers.models import Contact, PaymentItem, StoredFile, Voucher, VoucherFile
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
# What a person would call a change; the moment of it is none.
_SHOWN_FIELDS = tuple(name for name in _ROW_FIELDS if name != "provider_updated_at")
# As far as two clocks and stamps of whole seconds can lie apart.
SAME_MOMENT = timedelta(seconds=2)
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


def upsert_vouchers(
    client: Client, rows: Sequence[VoucherData], *, doubt: bool = True, tell: Tell = tell_nobody
) -> list[tuple[Voucher, Outcome]]:
    """Take over vouchers as a list shows them, each id once; the answer has the order of ``rows``.

    A changed voucher gets its payments, document and files read again, and a withdrawn one is back. One that looks the
    same, but whose details were read in the very moment of its last change, gets them read again as well, unless
    ``doubt`` is off. One query and no write when nothing changed.
    """
    stored = _stored(client, [row.external_id for row in rows])
    if all(row.external_id in stored and _settled(stored[row.external_id], row, doubt) for row in rows):
        return [(stored[row.external_id], Outcome.UNCHANGED) for row in rows]
    with transaction.atomic():
        lock(client.pk)
        stored = _stored(client, [row.external_id for row in rows])
        contacts = _contacts(client, [row for row in rows if _differs(stored.get(row.external_id), row)])
        changes: list[Change] = []
        new, changed, doubted = [], [], []
        for row in rows:
            known = stored.get(row.external_id)
            if known is None:
                known = stored[row.external_id] = _new(client, row, contacts)
                new.append(known)
                changes.append(Change(known, Kind.CREATED))
            elif not _same(known, row):
                changes.extend(_bring_up_to_date(known, row, contacts))
                changed.append(known)
            elif not _settled(known, row, doubt):
                doubted.append(known.pk)
        Voucher.objects.bulk_create(new)
        Voucher.objects.bulk_update(changed, [*_ROW_FIELDS, "contact", "updated_at", *_UNREAD, *_BACK], batch_size=100)
        if doubted:
            Voucher.objects.filter(pk__in=doubted).update(**_UNREAD)
        tell(changes)
    outcomes = dict.fromkeys((voucher.pk for voucher in new), Outcome.CREATED)
    outcomes |= dict.fromkeys((voucher.pk for voucher in changed), Outcome.CHANGED)
    return [(voucher, outcomes.get(voucher.pk, Outcome.UNCHANGED)) for voucher in (stored[r.external_id] for r in rows)]


def set_payments(
    voucher: Voucher,
    items: Sequence[PaymentItemData],
    paid_on: date | None,
    open_amount: Decimal,
    *,
    read_at: datetime | None = None,
    tell: Tell = tell_nobody,
) -> Outcome:
    """Make the voucher's payments exactly ``items``, in this order, and note that they were read.

    ``read_at``: the provider's clock when it was asked.
    """
    with transaction.atomic(savepoint=False):
        lock(voucher.client_id)
        if not _is_as_it_was(voucher):
            return Outcome.UNCHANGED
        old = [
            PaymentItemData(item.type, item.date, item.amount, item.currency)
            for item in voucher.payments.order_by("position")
        ]
        same = old == list(items)
        if not same:
            if old:
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
        values = {"paid_on": paid_on, "open_amount": open_amount}
        fields = moved(voucher, values) | ({} if same else {"payments": [payments_text(old), payments_text(items)]})
        _note(voucher, **values, **_read(voucher, "payments_read", read_at), **_stamp(fields))
        if fields:
            tell([Change(voucher, Kind.CHANGED, fields)])
    return Outcome.CHANGED if fields else Outcome.UNCHANGED


def set_document(
    voucher: Voucher,
    remark: str,
    expected_files: Sequence[str],
    *,
    replaces: bool = False,
    read_at: datetime | None = None,
    tell: Tell = tell_nobody,
) -> Outcome:
    """Take over what the document itself says, and which files belong to it (the provider's ids, in its order).

    Files that belong to the voucher no more are detached; their bytes stay. With ``replaces`` they stay attached until
    the file that replaces them is here. ``read_at``: the provider's clock when it was asked.
    """
    with transaction.atomic(savepoint=False):
        lock(voucher.client_id)
        if not _is_as_it_was(voucher):
            return Outcome.UNCHANGED
        fields = moved(voucher, {"remark": remark})
        before = _in_order(_attached(voucher), expected_files)
        after = before if replaces else _detach(before, expected_files)
        if len(after) < len(before):
            fields["files"] = [files_text(before), files_text(after)]
        values = {"remark": remark, "expected_files": list(expected_files)}
        _note(voucher, **values, **_read(voucher, "document_read", read_at), **_stamp(fields))
        if fields:
            tell([Change(voucher, Kind.CHANGED, fields)])
    return Outcome.CHANGED if fields else Outcome.UNCHANGED


def attach_files(
    voucher: Voucher, files: Iterable[FileData], *, replaces: bool = False, tell: Tell = tell_nobody
) -> Outcome:
    """Keep downloaded files and attach them to the voucher; the same id with other bytes replaces the old bytes.

    ``replaces``: what the document does not name any more is detached in the same moment. With the last file that was
    missing the voucher is complete.
    """
    outcome = Outcome.UNCHANGED
    for file in files:
        content = storage.write(file.content, file.content_type)
        with transaction.atomic():
            lock(voucher.client_id)
            if not _is_as_it_was(voucher):
                return Outcome.UNCHANGED
            before = _attached(voucher)
            after = _attach(voucher, file, storage.row_of(content), before)
            if replaces:
                after = _detach(after, voucher.expected_files)
            if _is_complete(voucher, {item.external_id for item in after}) and not voucher.complete:
                _note(voucher, complete=True)
            if before == after:
                continue
            if [item[3:] for item in before] != [item[3:] for item in after]:
                tell([Change(voucher, Kind.CHANGED, {"files": [files_text(before), files_text(after)]})])
        outcome = Outcome.CHANGED
    return outcome


def missing_files(voucher: Voucher) -> list[str]:
    """The ids of the files that belong to the voucher and are not here yet, in the provider's order."""
    here = set(voucher.files.values_list("external_id", flat=True))
    return [external_id for external_id in voucher.expected_files if external_id not in here]


def settle(voucher: Voucher) -> bool:
    """Mark the voucher complete when payments, document and all files are here; whether it is complete."""
    if voucher.complete:
        return True
    if not _is_complete(voucher, set(voucher.files.values_list("external_id", flat=True))):
        return False
    with transaction.atomic():
        lock(voucher.client_id)
        if complete := _is_as_it_was(voucher):
            _note(voucher, complete=True)
    return complete


def unread_document(voucher: Voucher) -> None:
    """Have the document read again: it names a file that is not there."""
    Voucher.objects.filter(pk=voucher.pk, provider_updated_at=voucher.provider_updated_at).update(document_read=False)


def withdraw(voucher: Voucher, reason: str, *, status: str = "", tell: Tell = tell_nobody) -> Outcome:
    """Mark a voucher that does not count any more; nothing is deleted.

    ``reason``: a short code, for example the status it has now; ``status``: the provider's status where it is known.
    """
    values: dict[str, Any] = {"withdrawn_reason": reason, **({"status": status} if status else {})}
    with transaction.atomic():
        lock(voucher.client_id)
        voucher.refresh_from_db()
        fields = {"reason": [voucher.withdrawn_reason, reason]} if voucher.withdrawn_reason != reason else {}
        fields |= moved(voucher, {"status": values["status"]} if status else {})
        if voucher.withdrawn_at is None:
            values["withdrawn_at"] = timezone.now()
        elif not fields:
            return Outcome.UNCHANGED
        _note(voucher, **values, updated_at=timezone.now())
        tell([Change(voucher, Kind.WITHDRAWN, fields)])
    return Outcome.CHANGED


def reinstate(voucher: Voucher) -> Outcome:
    """Take back the withdrawal; payments, document and files are read again."""
    with transaction.atomic():
        lock(voucher.client_id)
        back = Voucher.objects.filter(pk=voucher.pk, withdrawn_at__isnull=False).update(
            updated_at=timezone.now(), **_BACK, **_UNREAD
        )
    voucher.refresh_from_db()
    return Outcome.CHANGED if back else Outcome.UNCHANGED


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


def _settled(voucher: Voucher, row: VoucherData, doubt: bool) -> bool:
    """Whether there is nothing to do: it looks the same, and its details were not read too early to be sure of them."""
    if not _same(voucher, row):
        return False
    read_at = voucher.details_read_at
    early = read_at is not None and read_at < voucher.provider_updated_at + SAME_MOMENT
    return not doubt or not early or not (voucher.payments_read or voucher.document_read)


def _differs(voucher: Voucher | None, row: VoucherData) -> bool:
    return voucher is None or not _same(voucher, row)


def _new(client: Client, row: VoucherData, contacts: dict[UUID, Contact]) -> Voucher:
    values = {name: getattr(row, name) for name in _ROW_FIELDS}
    contact = contacts[row.contact_id] if row.contact_id else None
    return Voucher(client=client, external_id=row.external_id, contact=contact, **values)


def _bring_up_to_date(voucher: Voucher, row: VoucherData, contacts: dict[UUID, Contact]) -> list[Change]:
    """Make the voucher, not yet written, say what the row says; what a record should keep of it."""
    values: dict[str, Any] = {name: getattr(row, name) for name in _ROW_FIELDS}
    fields = moved(voucher, {name: values[name] for name in _SHOWN_FIELDS})
    kind = Kind.CHANGED
    if voucher.withdrawn_at is not None:
        kind, fields = Kind.RETURNED, fields | {"reason": [voucher.withdrawn_reason, ""]}
    values["contact"] = contacts[row.contact_id] if row.contact_id else None
    for name, value in {**values, **_UNREAD, **_BACK, "updated_at": timezone.now()}.items():
        setattr(voucher, name, value)
    return [Change(voucher, kind, fields)] if fields else []


def _contacts(client: Client, rows: Sequence[VoucherData]) -> dict[UUID, Contact]:
    """The contacts of these rows, made and renamed where needed."""
    names = {row.contact_id: row.contact_name for row in rows if row.contact_id}
    known = {item.external_id: item for item in Contact.objects.filter(client=client, external_id__in=names)}
    new = [Contact(client=client, external_id=key, name=name) for key, name in names.items() if key not in known]
    renamed = [item for item in known.values() if item.name != names[item.external_id]]
    for item in renamed:
        item.name = names[item.external_id]
    Contact.objects.bulk_create(new)
    Contact.objects.bulk_update(renamed, ["name"], batch_size=100)
    return known | {item.external_id: item for item in new}


def _is_as_it_was(voucher: Voucher) -> bool:
    """Whether the voucher in the database is in the state of this object."""
    names = ("provider_updated_at", "withdrawn_at", "payments_read", "document_read", "details_read_at")
    now = Voucher.objects.filter(pk=voucher.pk).values_list(*names).first()
    return now == tuple(getattr(voucher, name) for name in names)


def _read(voucher: Voucher, name: str, read_at: datetime | None) -> dict[str, Any]:
    """The columns that say that one half of the details was read; the moment of the first half counts."""
    other = voucher.document_read if name == "payments_read" else voucher.payments_read
    return {name: True} if other else {name: True, "details_read_at": read_at}


def _is_complete(voucher: Voucher, here: set[str]) -> bool:
    return voucher.payments_read and voucher.document_read and here.issuperset(voucher.expected_files)


def _attach(voucher: Voucher, file: FileData, stored: StoredFile, before: list[Attached]) -> list[Attached]:
    """Attach a file, or put it in the place of the one with its id; all files afterwards."""
    places = list(voucher.expected_files)
    position = places.index(file.external_id) if file.external_id in places else len(places)
    values: dict[str, Any] = {"stored": stored, "name": file.name[:255], "position": position}
    known = next((item for item in before if item.external_id == file.external_id), None)
    if known is None:
        pk = VoucherFile.objects.create(voucher=voucher, external_id=file.external_id, **values).pk
    else:
        pk = known.pk
    new = Attached(pk, file.external_id, position, values["name"], stored.pk)
    if known not in (None, new):
        VoucherFile.objects.filter(pk=pk).update(**values)
    return sorted([*(item for item in before if item != known), new], key=lambda item: (item.position, item.pk))


def _detach(files: list[Attached], expected_files: Sequence[str]) -> list[Attached]:
    """Detach what is not expected; what is left."""
    gone = [item.pk for item in files if item.external_id not in expected_files]
    if gone:
        VoucherFile.objects.filter(pk__in=gone).delete()
    return [item for item in files if item.pk not in gone]


def _in_order(files: list[Attached], expected_files: Sequence[str]) -> list[Attached]:
    """Put files that stay into the places where the document names them now."""
    places = {name: place for place, name in enumerate(expected_files)}
    for item in files:
        if places.get(item.external_id, item.position) != item.position:
            VoucherFile.objects.filter(pk=item.pk).update(position=places[item.external_id])
    return files


def _attached(voucher: Voucher) -> list[Attached]:
    """Every attached file, in order."""
    rows = voucher.files.order_by("position", "pk").values_list("pk", "external_id", "position", "name", "stored_id")
    return [Attached(*row) for row in rows]


def _stamp(fields: dict[str, list[str]]) -> dict[str, Any]:
    return {"updated_at": timezone.now()} if fields else {}


def _note(voucher: Voucher, **values: Any) -> None:
    """Write exactly these columns, whether they differ or not."""
    for name, value in values.items():
        setattr(voucher, name, value)
    voucher.save(update_fields=list(values))
