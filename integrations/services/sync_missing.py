"""What became of a voucher that a list should show and does not."""

import json
from collections.abc import Sequence
from datetime import date
from functools import partial

from integrations.providers import values
from integrations.providers.errors import NoPaymentInformation, NotFound, RecordUnreadable
from integrations.providers.lexware.types import VoucherPage
from integrations.services.sync_mapping import PAID
from integrations.services.sync_rows import DATED_EARLIER, DELETED, take_page, withdraw_voucher
from integrations.services.sync_work import PROVIDER, Reading
from vouchers import raw
from vouchers.models import Voucher


def look_for_missing(reading: Reading, missing: Sequence[int], start: date) -> bool:
    """Ask for each voucher that the list does not show any more, and withdraw it for what is true of it now.

    False where one of them gave no answer. A list over a moving set can leave rows out (reference: paging 4.3), so
    absence alone proves nothing.
    """
    answered = True
    for position, pk in enumerate(missing):
        reading.progress("compare", position, len(missing))
        voucher = Voucher.objects.get(pk=pk)
        step = partial(ask, reading, voucher, start)
        answered = reading.attempt(str(voucher.external_id), voucher.number, step) and answered
    return answered


def ask(reading: Reading, voucher: Voucher, start: date) -> None:
    """Ask for one voucher itself: withdraw it where it does not count any more, otherwise take over what it is now."""
    name = str(voucher.external_id)
    try:
        with reading.keeping("document", name):
            document = reading.api.document(voucher.type, voucher.external_id)
    except NotFound:
        if is_gone(reading, voucher):
            withdraw_voucher(reading, voucher, DELETED)
            return
        raise
    fields = json.loads(document.raw)
    try:
        status, day = values.text(fields, "voucherStatus", ""), values.day(fields, "voucherDate")
        number = values.text(fields, "voucherNumber", "")
    except ValueError as error:
        raise RecordUnreadable(str(error), path=f"document {name}") from None
    if status not in PAID:
        raw.keep(reading.client, PROVIDER, "document", name, document.raw)
        withdraw_voucher(reading, voucher, status or "unknown", status)
    elif day and day < start:
        raw.keep(reading.client, PROVIDER, "document", name, document.raw)
        withdraw_voucher(reading, voucher, DATED_EARLIER, status)
    elif number:
        take_by_number(reading, name, number, start)


def is_gone(reading: Reading, voucher: Voucher) -> bool:
    """Whether the payments of a document that answers 404 answer 404 as well: then it was deleted."""
    try:
        reading.api.payments(voucher.external_id)
    except NotFound:
        return True
    except NoPaymentInformation:
        return False
    return False


def take_by_number(reading: Reading, external_id: str, number: str, start: date) -> bool:
    """Take over the row of a document whose number is known; whether the list shows it."""
    page = reading.api.find_by_number(number)
    rows = tuple(row for row in page.rows if str(row.id) == external_id)
    unreadable = tuple(row for row in page.unreadable if row.id == external_id)
    if not rows and not unreadable:
        return False
    take_page(reading, VoucherPage(rows, unreadable, 0, 1, len(rows), last=True), start)
    return True
