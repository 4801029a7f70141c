"""The first part of a fetch: which vouchers are paid. After it every one of them is visible with date and amount."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.display import money
from integrations.models import Connection
from integrations.providers.lexware import values
from integrations.providers.lexware.errors import NotFound, RecordUnreadable
from integrations.providers.lexware.types import UnreadableRow, VoucherRow
from integrations.services.sync_mapping import PAID, to_voucher
from integrations.services.sync_work import PROVIDER, Work
from matching.services import reopen_for_voucher
from vouchers import raw
from vouchers.models import Voucher, VoucherType
from vouchers.services import Outcome, upsert_vouchers, withdraw
from vouchers.shapes import VoucherData

TYPES = tuple(VoucherType.values)
KIND = "voucherlist"
DELETED = "deleted"


def needs_everything(connection: Connection, start: date) -> bool:
    """Whether only a complete listing will do: never done yet, or vouchers from an earlier day are needed now."""
    return connection.synced_through is None or connection.synced_from is None or start < connection.synced_from


def list_everything(work: Work, start: date) -> None:
    """Take over every paid voucher dated on or after ``start``, and withdraw those that are no longer among them."""
    seen: set[UUID] = set()
    known = dict(
        work.client.vouchers.filter(date__gte=start, withdrawn_at__isnull=True).values_list("external_id", "pk")
    )
    pages = work.api.voucherlist(types=TYPES, statuses=sorted(PAID), voucher_date_from=start)
    for page in pages:
        seen.update(row.id for row in page.rows)
        seen.update(_ids(page.unreadable))
        _take_over(work, page.rows, page.unreadable)
        work.progress("list", len(seen), page.total_elements, now=True)
    _look_for_missing(work, [pk for external_id, pk in known.items() if external_id not in seen], start)


def list_changes(work: Work, start: date) -> None:
    """Take over what changed since the day before the last fetch, and withdraw what is not paid any more.

    The service filters by whole German days (reference: quirks 8), hence the overlap; every state is asked for, because
    a voucher that stops being paid must be seen.
    """
    synced_through = work.run.connection.synced_through
    if synced_through is None:
        raise ValueError("changes can only be listed after a complete listing")
    since = timezone.localdate(synced_through) - timedelta(days=1)
    done = 0
    for page in work.api.voucherlist(types=TYPES, statuses=["any"], updated_date_from=since):
        stored = _stored(work, [row.id for row in page.rows])
        wanted, unwanted = [], []
        for row in page.rows:
            dated = row.date is None or row.date >= start
            if row.status in PAID and (dated or row.id in stored):
                wanted.append(row)
            elif row.id in stored:
                unwanted.append(row)
        # An upload that is not booked yet has holes, and is not ours to read before it is paid.
        unreadable = [row for row in page.unreadable if _may_be_paid(row)]
        _take_over(work, wanted, unreadable)
        raw.keep_many(work.client, PROVIDER, KIND, {str(row.id): row.raw for row in unwanted})
        for row in unwanted:
            _withdraw(work, stored[row.id], row.status)
        done += len(page.rows) + len(page.unreadable)
        work.progress("list", done, page.total_elements, now=True)


def _take_over(work: Work, rows: Sequence[VoucherRow], unreadable: Sequence[UnreadableRow]) -> None:
    """Keep the raw rows, then the vouchers. A row that came twice, changed in between, counts as it came last."""
    latest = {row.id: row for row in rows}
    bodies = {str(row.id): row.raw for row in latest.values()}
    bodies |= {str(row.id): row.raw for row in unreadable if row.id}
    raw.keep_many(work.client, PROVIDER, KIND, bodies)
    for broken in unreadable:
        name = broken.id or f"row {hashlib.sha256(broken.raw.encode()).hexdigest()[:12]}"
        work.skip_row(name, broken.number, broken.problem)
    mapped: list[VoucherData] = []
    for row in latest.values():
        try:
            mapped.append(to_voucher(row))
        except ValueError as error:
            work.skip_row(str(row.id), row.number, str(error))
    for voucher, outcome in _upsert(work, mapped):
        if outcome is Outcome.CREATED:
            work.created.add(voucher.pk)
        elif outcome is Outcome.CHANGED:
            work.changed.add(voucher.pk)


def _upsert(work: Work, mapped: Sequence[VoucherData]) -> list[tuple[Voucher, Outcome]]:
    """Write the vouchers. What was matched with one that is worth something else now goes back to review with it."""
    stored = _stored(work, [data.external_id for data in mapped])
    others = [
        data for data in mapped if data.external_id in stored and _worth(stored[data.external_id]) != _worth(data)
    ]
    if not others:
        return upsert_vouchers(work.client, mapped)
    with transaction.atomic():
        done = upsert_vouchers(work.client, mapped)
        now = {voucher.external_id: voucher for voucher, _ in done}
        for data in others:
            before = stored[data.external_id]
            reason = f"{money(before.total, before.currency)} → {money(data.total, data.currency)}"
            reopen_for_voucher(now[data.external_id], reason)
        return done


def _worth(voucher: Voucher | VoucherData) -> tuple[str, Decimal, str]:
    return voucher.type, voucher.total, voucher.currency


def _look_for_missing(work: Work, missing: Sequence[int], start: date) -> None:
    """Ask for each voucher that the list does not show any more, and withdraw it for what is true of it now.

    A list over a moving set can leave rows out (reference: paging 4.3), so absence alone proves nothing.
    """
    for position, voucher in enumerate(Voucher.objects.filter(pk__in=missing).order_by("-date", "-id")):
        work.progress("compare", position, len(missing))
        work.attempt(str(voucher.external_id), voucher.number, partial(_ask, work, voucher, start))


def _ask(work: Work, voucher: Voucher, start: date) -> None:
    try:
        with work.keeping("document", str(voucher.external_id)):
            document = work.api.document(voucher.type, voucher.external_id)
    except NotFound:
        _withdraw(work, voucher, DELETED, status="")
        return
    raw.keep(work.client, PROVIDER, "document", str(voucher.external_id), document.raw)
    fields = json.loads(document.raw)
    try:
        status, day = values.text(fields, "voucherStatus", ""), values.day(fields, "voucherDate")
    except ValueError as error:
        raise RecordUnreadable(str(error)) from None
    if status not in PAID:
        _withdraw(work, voucher, status or "unknown")
    elif day and day < start:
        _withdraw(work, voucher, "dated_earlier", status=status)


def _withdraw(work: Work, voucher: Voucher, reason: str, status: str | None = None) -> None:
    """``status`` defaults to the reason: a state of the provider is the commonest one."""
    status = reason if status is None else status
    if withdraw(voucher, reason[:40], status=status[:30]) is Outcome.CHANGED:
        work.withdrawn += 1


def _stored(work: Work, ids: Sequence[UUID]) -> dict[UUID, Voucher]:
    return {voucher.external_id: voucher for voucher in work.client.vouchers.filter(external_id__in=ids)}


def _may_be_paid(row: UnreadableRow) -> bool:
    fields = json.loads(row.raw)
    status = fields.get("voucherStatus") if isinstance(fields, dict) else None
    return not isinstance(status, str) or status in PAID


def _ids(unreadable: Iterable[UnreadableRow]) -> set[UUID]:
    found = set()
    for row in unreadable:
        try:
            found.add(UUID(row.id))
        except ValueError:
            continue
    return found
