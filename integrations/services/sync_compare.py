"""The comparison of all ids, a part every night: what disappeared without a word is found within a week.

A deleted document is silent in the voucher list (reference: quirks 19). Every night the next part of the vouchers, by
their date, is compared with what the list shows for these days.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from integrations.models import Connection
from integrations.providers.lexware.client import LARGEST_PAGE
from integrations.services.sync_listing import BY_DATE, note_comparison
from integrations.services.sync_mapping import PAID
from integrations.services.sync_missing import look_for_missing
from integrations.services.sync_rows import TYPES, take_page
from integrations.services.sync_work import Reading
from vouchers.models import Voucher

NIGHTS = 7
# A round that could not be finished in time is finished at once, however many nights were missed.
ROUND = timedelta(days=NIGHTS - 1)


@dataclass(frozen=True, slots=True)
class Part:
    """The days of one night, both inclusive; without ``last`` it reaches to the end, and ends the round."""

    first: date
    last: date | None


def compare_a_part(reading: Reading, start: date) -> None:
    """Compare the next part of the vouchers dated from ``start`` on, and move the cursor behind it."""
    connection = Connection.objects.get(pk=reading.connection.pk)
    cursor = connection.compared_before
    part = next_part(
        reading.client.vouchers.filter(withdrawn_at__isnull=True, date__gte=start),
        max(cursor, start) if cursor else start,
        since=connection.compared_at,
        now=timezone.now(),
    )
    answered = _compare(reading, part, start)
    after = part.last + timedelta(days=1) if part.last else None
    note_comparison(connection, cursor, after, whole=answered)


def next_part(vouchers: QuerySet[Voucher], first: date, *, since: datetime | None, now: datetime) -> Part:
    """From ``first`` on so many days that a seventh of the vouchers, and at least a page of the list, lies in them.

    ``since``: when everything was compared the last time. After six days, or where nobody knows, the whole rest is due.
    """
    if since is None or now - since > ROUND:
        return Part(first, None)
    wanted = max(-(-vouchers.count() // NIGHTS), LARGEST_PAGE)
    days = vouchers.filter(date__gte=first).order_by("date").values_list("date", flat=True)
    # The last day is compared as a whole: everything before the day after the last wanted voucher.
    last = days[wanted - 1 : wanted].first()
    if last is None or not vouchers.filter(date__gt=last).exists():
        return Part(first, None)
    return Part(first, last)


def _compare(reading: Reading, part: Part, start: date) -> bool:
    stored = reading.client.vouchers.filter(withdrawn_at__isnull=True, date__gte=part.first)
    if part.last:
        stored = stored.filter(date__lte=part.last)
    known = dict(stored.values_list("external_id", "pk"))
    pages = reading.api.voucherlist(
        types=sorted(TYPES),
        statuses=sorted(PAID),
        voucher_date_from=part.first,
        voucher_date_to=part.last,
        sort=BY_DATE,
    )
    for page in pages:
        for external_id in take_page(reading, page, start, doubt=False):
            known.pop(external_id, None)
        reading.progress("compare", 0, len(known))
    return look_for_missing(reading, list(known.values()), start)
