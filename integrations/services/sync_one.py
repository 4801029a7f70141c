"""Reading one voucher because of a hint, outside of any fetch, by the same paths as a fetch."""

import json
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from uuid import UUID

from django.utils import timezone

from accounts.tax import sync_start
from integrations.lexware import api_for
from integrations.models import Connection, SeenVoucher
from integrations.providers import values
from integrations.providers.errors import NoPaymentInformation, NotFound, RecordUnreadable
from integrations.providers.lexware.types import VoucherPage
from integrations.services.sync_details import read_document_of, read_payments_of
from integrations.services.sync_listing import ANY
from integrations.services.sync_mapping import PAID
from integrations.services.sync_missing import ask, take_by_number
from integrations.services.sync_rows import DELETED, TYPES, take_page
from integrations.services.sync_seen import note_verdict
from integrations.services.sync_work import Reading
from matching.tasks import enqueue_matching
from vouchers.models import Voucher

NEWEST_FIRST = "updatedDate,DESC"
# On a day with more changes than this the document itself is asked.
PAGES = 4


class OneOutcome(StrEnum):
    """What became of the one voucher."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    NOT_OURS = "not_ours"
    GONE = "gone"


def fetch_one(connection: Connection, external_id: UUID, *, event_day: date, deleted: bool = False) -> OneOutcome:
    """Read one voucher because something happened to it, and take over, change or withdraw it as a fetch would.

    ``event_day``: the German day of the event; ``deleted``: it is said to be deleted, which is verified. May be
    repeated and run beside a fetch. Raises ``ProviderError``; what one record alone lacks is read by the next fetch.
    """
    reading = Reading(connection, api_for(connection))
    start = sync_start(connection.client, timezone.localdate())
    try:
        return _fetch_one(reading, external_id, start, event_day, deleted)
    finally:
        reading.write_calls()
        if reading.created or reading.changed or reading.withdrawn or reading.details:
            enqueue_matching(connection.client)


def _fetch_one(reading: Reading, external_id: UUID, start: date, event_day: date, deleted: bool) -> OneOutcome:
    known = _stored(reading, external_id)
    gone = False
    if deleted or not _find(reading, external_id, start, event_day):
        gone = _ask(reading, known, external_id, start)
    voucher = _stored(reading, external_id)
    if voucher is None:
        return OneOutcome.GONE if gone else OneOutcome.NOT_OURS
    if voucher.withdrawn_at is None:
        if not voucher.payments_read:
            read_payments_of(reading, voucher)
        if not voucher.complete:
            read_document_of(reading, voucher)
        if reading.failed and reading.failed.who != "record":
            # It passes by itself: whoever followed the hint tries again, and does not wait for the morning.
            raise reading.failed
    return _outcome(reading, voucher, gone)


def _find(reading: Reading, external_id: UUID, start: date, event_day: date) -> bool:
    """Look for the row among what changed since the day before the event; whether it is there."""
    pages = reading.api.voucherlist(
        types=ANY, statuses=ANY, updated_date_from=event_day - timedelta(days=1), sort=NEWEST_FIRST
    )
    for page in islice(pages, PAGES):
        rows = tuple(row for row in page.rows if row.id == external_id)
        unreadable = tuple(row for row in page.unreadable if row.id == str(external_id))
        if rows or unreadable:
            take_page(reading, VoucherPage(rows, unreadable, 0, 1, 1, last=True), start)
            return True
    return False


def _ask(reading: Reading, known: Voucher | None, external_id: UUID, start: date) -> bool:
    """Ask for the document itself; whether it is gone."""
    if known is not None:
        ask(reading, known, start)
        known.refresh_from_db()
        return known.withdrawn_reason == DELETED
    try:
        payments = reading.api.payments(external_id)
    except NotFound:
        note_verdict(reading.connection.pk, external_id, SeenVoucher.Verdict.DELETED)
        return True
    except NoPaymentInformation:
        return False
    if payments.voucher_status in PAID and payments.voucher_type in TYPES:
        document = reading.api.document(payments.voucher_type, external_id)
        try:
            number = values.text(json.loads(document.raw), "voucherNumber", "")
        except ValueError as error:
            raise RecordUnreadable(str(error)) from None
        if number:
            take_by_number(reading, str(external_id), number, start)
    return False


def _stored(reading: Reading, external_id: UUID) -> Voucher | None:
    return reading.client.vouchers.filter(external_id=external_id).first()


def _outcome(reading: Reading, voucher: Voucher, gone: bool) -> OneOutcome:
    if reading.withdrawn:
        return OneOutcome.WITHDRAWN
    if voucher.pk in reading.created:
        return OneOutcome.CREATED
    if voucher.pk in reading.changed:
        return OneOutcome.CHANGED
    if voucher.withdrawn_at is not None:
        return OneOutcome.GONE if gone else OneOutcome.NOT_OURS
    return OneOutcome.UNCHANGED
