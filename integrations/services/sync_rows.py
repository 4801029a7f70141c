"""What rows of the voucher list mean: taken over, withdrawn, or only noted."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.display import money
from integrations.models import SeenVoucher
from integrations.providers.lexware.types import UnreadableRow, VoucherPage, VoucherRow
from integrations.services.sync_mapping import PAID, to_voucher
from integrations.services.sync_seen import Seen, note_seen, note_verdict, seen
from integrations.services.sync_work import PROVIDER, Reading
from matching.services import reopen_for_voucher
from vouchers import raw
from vouchers.changes import Change
from vouchers.models import Voucher, VoucherType
from vouchers.services import Outcome, upsert_vouchers, withdraw
from vouchers.shapes import VoucherData

Verdict = SeenVoucher.Verdict

TYPES = frozenset(VoucherType.values)
# These carry no payments (reference: voucherlist 6.3). Any other type is one that nobody knew when this was written.
WITHOUT_PAYMENTS = frozenset({"quotation", "orderconfirmation", "deliverynote"})
KIND = "voucherlist"
DELETED = "deleted"
DATED_EARLIER = "dated_earlier"
UNKNOWN_TYPE = "unknown_type"


def take_page(reading: Reading, page: VoucherPage, start: date, *, doubt: bool = True) -> set[UUID]:
    """Take over what is paid and dated on or after ``start``, withdraw what is not any more, note everything.

    Returns the ids of the page. A row that came twice, changed in between, counts as it came last. ``doubt``: have
    details read again that were read in the moment of the last change; off where this run has read them just now.
    """
    latest = {row.id: row for row in page.rows}
    broken = {_id(row): row for row in page.unreadable}
    ids = {*latest, *(key for key in broken if key)}
    stored = {voucher.external_id: voucher for voucher in reading.client.vouchers.filter(external_id__in=ids)}
    bodies: dict[str, str] = {}
    mapped: list[VoucherData] = []
    gone: list[tuple[Voucher, str, str]] = []
    index: list[Seen] = []
    for row in latest.values():
        known = stored.get(row.id)
        verdict, data = _judge(reading, row, known, start)
        index.append(seen(row, verdict))
        if data:
            mapped.append(data)
        if known and verdict in (Verdict.NOT_PAID, Verdict.TOO_EARLY):
            gone.append((known, DATED_EARLIER if verdict == Verdict.TOO_EARLY else row.status, row.status))
        if known or data or verdict == Verdict.UNREADABLE:
            bodies[str(row.id)] = row.raw
    for item in page.unreadable:
        known = stored.get(_id(item) or UUID(int=0))
        verdict, status = _judge_unreadable(reading, item)
        if key := _id(item):
            index.append(_seen_unreadable(key, item, verdict))
        if known and verdict == Verdict.NOT_PAID:
            gone.append((known, status, status))
        if item.id and (known or verdict == Verdict.UNREADABLE):
            bodies[item.id] = item.raw
    raw.keep_many(reading.client, PROVIDER, KIND, bodies)
    _upsert(reading, mapped, stored, doubt)
    for voucher, reason, status in gone:
        withdraw_voucher(reading, voucher, reason, status)
    # Last: the index says "taken over" only of what is.
    note_seen(reading.connection.pk, index)
    return ids


def withdraw_voucher(reading: Reading, voucher: Voucher, reason: str, status: str = "") -> None:
    """Withdraw a voucher; its matches go back to review with it, in the same moment."""
    with transaction.atomic():
        standing = voucher.withdrawn_at is None
        if withdraw(voucher, reason[:40], status=status[:30], tell=reading.tell) is not Outcome.CHANGED:
            return
        reading.withdrawn += 1
        if standing:
            reopen_for_voucher(voucher, voucher.withdrawn_reason)
        if reason == DELETED:
            note_verdict(reading.connection.pk, voucher.external_id, Verdict.DELETED)


def _judge(reading: Reading, row: VoucherRow, known: Voucher | None, start: date) -> tuple[Verdict, VoucherData | None]:
    if row.type not in TYPES and known is None:
        if row.type not in WITHOUT_PAYMENTS and row.status in PAID:
            reading.skip(str(row.id), row.number, UNKNOWN_TYPE, row.type)
        return Verdict.OTHER_TYPE, None
    if row.status not in PAID:
        return Verdict.NOT_PAID, None
    # What lay before the start already when it was taken over stays: the start has moved on since.
    if row.date and row.date < start and not (known and known.date < start):
        return Verdict.TOO_EARLY, None
    try:
        return Verdict.TAKEN, to_voucher(row)
    except ValueError as error:
        reading.skip_row(str(row.id), row.number, str(error))
        return Verdict.UNREADABLE, None


def _judge_unreadable(reading: Reading, row: UnreadableRow) -> tuple[Verdict, str]:
    """What is true of a row with holes, and its state: an upload that is not booked yet is not ours to read."""
    fields = _fields(row)
    kind, status = fields.get("voucherType"), fields.get("voucherStatus")
    if isinstance(kind, str) and kind not in TYPES:
        return Verdict.OTHER_TYPE, ""
    if isinstance(status, str) and status not in PAID:
        return Verdict.NOT_PAID, _text(fields, "voucherStatus")
    name = row.id or f"row {hashlib.sha256(row.raw.encode()).hexdigest()[:12]}"
    reading.skip_row(name, row.number, row.problem)
    return Verdict.UNREADABLE, ""


def _upsert(reading: Reading, mapped: Sequence[VoucherData], stored: dict[UUID, Voucher], doubt: bool) -> None:
    """Write the vouchers. What was matched with one that is worth something else now goes back to review with it."""
    worth = {key: _worth(voucher) for key, voucher in stored.items()}
    before = {key: money(voucher.total, voucher.currency) for key, voucher in stored.items()}

    def tell(changes: Sequence[Change]) -> None:
        reading.tell(changes)
        for voucher in (change.voucher for change in changes):
            key = voucher.external_id
            if key in worth and worth[key] != _worth(voucher):
                reopen_for_voucher(voucher, f"{before[key]} → {money(voucher.total, voucher.currency)}")

    for voucher, outcome in upsert_vouchers(reading.client, mapped, doubt=doubt, tell=tell):
        if outcome is Outcome.CREATED:
            reading.created.add(voucher.pk)
        elif outcome is Outcome.CHANGED:
            reading.changed.add(voucher.pk)


def _worth(voucher: Voucher) -> tuple[str, Decimal, str]:
    return voucher.type, voucher.total, voucher.currency


def _seen_unreadable(key: UUID, row: UnreadableRow, verdict: Verdict) -> Seen:
    fields = _fields(row)
    text = partial(_text, fields)
    return Seen(
        external_id=key,
        verdict=verdict,
        type=text("voucherType")[:40],
        status=text("voucherStatus")[:40],
        number=text("voucherNumber")[:100],
        contact_name=text("contactName")[:255],
    )


def _fields(row: UnreadableRow) -> dict[str, Any]:
    fields = json.loads(row.raw)
    return fields if isinstance(fields, dict) else {}


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.replace("\0", "").encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _id(row: UnreadableRow) -> UUID | None:
    try:
        return UUID(row.id)
    except ValueError:
        return None
