"""The first part of a fetch: which vouchers are paid. After it every one of them is visible with date and amount."""

from datetime import date, timedelta
from uuid import UUID

from django.utils import timezone

from integrations.models import Connection
from integrations.providers.lexware.client import LARGEST_PAGE
from integrations.providers.lexware.types import VoucherPage
from integrations.services.sync_mapping import PAID
from integrations.services.sync_missing import look_for_missing
from integrations.services.sync_rows import TYPES, take_page
from integrations.services.sync_work import Reading

ANY = ("any",)
BY_DATE = "voucherDate,ASC"
BY_CHANGE = "updatedDate,ASC"


def needs_everything(connection: Connection, start: date) -> bool:
    """Whether only a complete listing will do: never done yet, or vouchers from an earlier day are needed now."""
    return connection.synced_through is None or connection.synced_from is None or start < connection.synced_from


def list_everything(reading: Reading, start: date) -> None:
    """Take over every paid voucher dated on or after ``start``, and withdraw those that are no longer among them."""
    standing = reading.client.vouchers.filter(date__gte=start, withdrawn_at__isnull=True)
    known = dict(standing.values_list("external_id", "pk"))
    seen: set[UUID] = set()
    for page in reading.api.voucherlist(
        types=sorted(TYPES), statuses=sorted(PAID), voucher_date_from=start, sort=BY_DATE
    ):
        seen |= take_page(reading, page, start)
        reading.rows_skipped += not page.steady
        _say(reading, page, len(seen))
    answered = look_for_missing(reading, [pk for key, pk in known.items() if key not in seen], start)
    note_comparison(reading.connection, None, None, whole=answered)


def note_comparison(connection: Connection, before: date | None, cursor: date | None, *, whole: bool) -> None:
    """Move the cursor of the comparison of all ids; without ``cursor`` the round is over, and complete if ``whole``.

    Where something gave no answer, the next night begins anew, with everything. ``before``: the cursor as it was found;
    who finds it elsewhere has been overtaken by a complete comparison.
    """
    values: dict[str, object] = {"compared_before": cursor}
    if not whole:
        values = {"compared_before": None, "compared_at": None}
    elif cursor is None:
        values["compared_at"] = timezone.now()
    found = Connection.objects.filter(pk=connection.pk)
    (found.filter(compared_before=before) if cursor else found).update(**values)


def list_changes(reading: Reading, start: date) -> None:
    """Take over what changed since the day before the last fetch, and withdraw what is not paid any more.

    The service filters by whole German days (reference: quirks 8), hence the overlap. Every state is asked for, because
    a voucher that stops being paid must be seen, and every type, because new ones come without notice.
    """
    synced_through = reading.connection.synced_through
    if synced_through is None:
        raise ValueError("changes can only be listed after a complete listing")
    since = timezone.localdate(synced_through) - timedelta(days=1)
    done = 0
    for page in reading.api.voucherlist(types=ANY, statuses=ANY, updated_date_from=since, sort=BY_CHANGE):
        done += len(take_page(reading, page, start))
        reading.rows_skipped += not page.steady
        _say(reading, page, done)


def list_the_rest(reading: Reading, start: date) -> None:
    """Note every other document from ``start`` on: what is not paid, and what carries no payments."""
    done = 0
    reading.progress("compare", 0, 0)
    for page in reading.api.voucherlist(types=ANY, statuses=ANY, voucher_date_from=start, sort=BY_DATE):
        done += len(take_page(reading, page, start, doubt=False))
        reading.rows_skipped += not page.steady
        total = max(page.total_elements, done)
        reading.expect(-(-(total - done) // LARGEST_PAGE))
        reading.progress("compare", done, total, now=True)


def _say(reading: Reading, page: VoucherPage, done: int) -> None:
    """Each voucher that is still to come costs a row of a page, payments, a document and a file."""
    total = max(page.total_elements, done)
    to_come = total - done
    reading.expect(-(-to_come // LARGEST_PAGE) + 3 * (to_come + len(reading.created)))
    reading.progress("list", done, total, now=True)
