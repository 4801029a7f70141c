"""Lists of size: more rows than a page, more than the 10,000-row window, and lists that move while they are read."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from accounts.models import Client
from integrations.lexware import api_for
from integrations.models import Connection, SyncRun
from integrations.services import connections
from integrations.services.sync import run_now
from integrations.services.sync_listing import list_changes, list_everything, list_the_rest
from integrations.services.sync_work import Reading
from sandbox.server import start
from tests.integrations.sync.conftest import Lexware
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)
DAY = date(2026, 3, 2)


@pytest.fixture
def large(settings: Any) -> Iterator[Lexware]:
    """An empty organization to be filled; its clock runs so fast that nobody waits."""
    with start(time_scale=5000, world="empty") as running:
        settings.LEXWARE_API_URL = running.url
        settings.LEXWARE_TIME_SCALE = 5000
        yield Lexware(running)


@pytest.fixture
def joined_large(large: Lexware, kontor_client: Client) -> Connection:
    return connections.connect(connections.get_or_create(kontor_client), large.key, sync=False)


def fill(lexware: Lexware, count: int, **options: Any) -> None:
    lexware.control(f"/organizations/{lexware.id}/vouchers/fill", count=count, **options)


def read(connection: Connection) -> Reading:
    connection.refresh_from_db()
    return Reading(connection, api_for(connection))


def paid(lexware: Lexware) -> set[str]:
    return {
        voucher.id
        for voucher in lexware.organization.vouchers.values()
        if voucher.status in ("paid", "paidoff") and voucher.day and voucher.day >= START
    }


def here(connection: Connection) -> set[str]:
    rows = connection.client.vouchers.filter(withdrawn_at=None).values_list("external_id", flat=True)
    return {str(key) for key in rows}


def queries(lexware: Lexware) -> list[str]:
    answer = requests.get(f"{lexware.running.control_url}/requests?organization={lexware.id}", timeout=10)
    return [call["query"] for call in answer.json()["calls"] if call["path"] == "/v1/voucherlist"]


def test_every_list_page_costs_one_request_and_hardly_more(joined_large: Connection, large: Lexware) -> None:
    fill(large, 2000, paid_share=1.0, **{"from": "2025-01-01", "to": "2026-06-30"})
    reading = read(joined_large)
    list_everything(reading, START)
    assert here(joined_large) == paid(large)
    assert len(here(joined_large)) == 2000
    # Eight full pages; the days at their seams are shown twice.
    assert reading.api.requests <= 9
    assert all("page=0" in query for query in queries(large)[-reading.api.requests :])


@pytest.mark.slow
def test_more_than_the_service_shows_at_once_is_read_whole(joined_large: Connection, large: Lexware) -> None:
    """12,000 paid vouchers, 11,000 of them changed on one day: in the first listing, and again as changes."""
    fill(large, 1_000, paid_share=0.5, **{"from": "2025-01-01", "to": "2026-02-28"})
    fill(large, 11_000, paid_share=1.0, updated=DAY.isoformat(), **{"from": "2025-01-01", "to": "2026-02-28"})
    reading = read(joined_large)
    list_everything(reading, START)
    list_the_rest(reading, START)
    assert here(joined_large) == paid(large)
    assert len(here(joined_large)) > 11_000
    assert joined_large.seen.count() == 12_000
    assert reading.rows_skipped == 0
    Voucher.objects.all().delete()
    Connection.objects.update(synced_through="2026-03-02T05:00:00Z", synced_from=START)
    reading = read(joined_large)
    list_changes(reading, START)
    since = DAY - timedelta(days=1)
    changed = {v.id for v in large.organization.vouchers.values() if timezone.localdate(v.updated) >= since}
    assert len(changed) >= 11_000
    assert here(joined_large) == changed & paid(large)
    assert reading.rows_skipped == 0


@pytest.mark.slow
def test_more_on_one_day_than_the_service_shows_is_asked_for_more_narrowly(
    joined_large: Connection, large: Lexware
) -> None:
    """10,500 vouchers of one day, made and changed on one day: only their types and states tell them apart."""
    day = {"from": DAY.isoformat(), "to": DAY.isoformat(), "updated": DAY.isoformat()}
    fill(large, 10_500, paid_share=1.0, **day)
    with large.running.sandbox.lock:
        for voucher in large.organization.vouchers.values():
            voucher.created = voucher.updated
    reading = read(joined_large)
    list_everything(reading, START)
    assert here(joined_large) == paid(large)
    assert reading.rows_skipped == 0
    asked = queries(large)
    assert any("voucherType=purchaseinvoice&" in query for query in asked)
    assert not any("page=40" in query for query in asked), "the service refuses it"


@pytest.mark.parametrize("change", ["touch", "add", "remove"])
def test_a_list_that_moves_between_two_pages_loses_nobody(
    joined_large: Connection, large: Lexware, change: str
) -> None:
    """600 of one day: nothing but pages. What stays is there after this fetch; what moved, after the next."""
    day = {"from": DAY.isoformat(), "to": DAY.isoformat(), "updated": DAY.isoformat()}
    fill(large, 600, paid_share=1.0, **day)
    with large.running.sandbox.lock:
        for voucher in large.organization.vouchers.values():
            voucher.created = voucher.updated
    before = {voucher.id: voucher.version for voucher in large.organization.vouchers.values()}
    large.fault("move", "/v1/voucherlist", change=change, count=3)
    reading = read(joined_large)
    list_everything(reading, START)
    same = {id for id, v in large.organization.vouchers.items() if before.get(id) == v.version}
    assert len(same) > 590
    assert same <= here(joined_large)
    assert reading.rows_skipped == 0
    large.no_faults()
    reading = read(joined_large)
    list_everything(reading, START)
    assert here(joined_large) == paid(large)


def test_a_row_that_comes_twice_is_one_voucher(joined_large: Connection, large: Lexware) -> None:
    day = {"from": DAY.isoformat(), "to": DAY.isoformat(), "updated": DAY.isoformat()}
    fill(large, 600, paid_share=1.0, **day)
    with large.running.sandbox.lock:
        for voucher in large.organization.vouchers.values():
            voucher.created = voucher.updated
    large.fault("repeat", "/v1/voucherlist", count=2)
    reading = read(joined_large)
    list_everything(reading, START)
    assert here(joined_large) == paid(large)
    assert Voucher.objects.count() == 600
    assert reading.rows_skipped == 0


def test_a_list_that_never_holds_still_leaves_the_bookmark_where_it_was(
    joined_large: Connection, large: Lexware
) -> None:
    day = {"from": DAY.isoformat(), "to": DAY.isoformat(), "updated": DAY.isoformat()}
    fill(large, 600, paid_share=0.0, **day)
    with large.running.sandbox.lock:
        for voucher in large.organization.vouchers.values():
            voucher.created = voucher.updated
    Connection.objects.update(synced_through="2026-03-02T05:00:00Z", synced_from=START)
    joined_large.refresh_from_db()
    large.fault("move", "/v1/voucherlist", change="remove", count=None)
    run = run_now(joined_large, SyncRun.Trigger.MANUAL)
    assert (run.state, run.listed_at) == (SyncRun.State.DONE, None)
    bookmark = joined_large.synced_through
    joined_large.refresh_from_db()
    assert joined_large.synced_through == bookmark
    large.no_faults()
    run = run_now(joined_large, SyncRun.Trigger.MANUAL)
    joined_large.refresh_from_db()
    assert joined_large.synced_through == run.started_at


def test_what_moves_under_a_list_read_by_days_is_no_matter(joined_large: Connection, large: Lexware) -> None:
    """Between all pages of the list vouchers are deleted, touched, paid and made: what stays is there at once."""
    fill(large, 1200, paid_share=0.8, **{"from": "2025-01-01", "to": "2026-06-30"})
    wanted = paid(large)
    numbers = iter(range(10_000))

    class Busy(Reading):
        def progress(self, phase: str, done: int, total: int, *, now: bool = False) -> None:
            for id in list(large.organization.vouchers)[next(numbers) :: 150]:
                if id in wanted:
                    verb = ("delete", "unpay", "change")[next(numbers) % 3]
                    large.do(verb, id, **({"remark": "x"} if verb == "change" else {}))
                    wanted.discard(id)
            large.add(number=f"NEW-{next(numbers)}", total="9.00", date="2025-01-02", paid_on="2025-01-03")

    joined_large.refresh_from_db()
    list_everything(Busy(joined_large, api_for(joined_large)), START)
    assert len(wanted) > 900
    assert wanted <= here(joined_large)


def test_an_overdue_voucher_is_open_and_no_fetch_is_surprised(joined_large: Connection, large: Lexware) -> None:
    """It becomes overdue by the calendar alone; ``open`` shows it under another word (reference: 6.4)."""
    late = large.add(number="LATE", total="9.00", date="2026-01-02", due_date="2026-01-16")
    run_now(joined_large, SyncRun.Trigger.MANUAL)
    seen = joined_large.seen.get(external_id=late)
    assert (seen.status, seen.verdict) == ("overdue", "not_paid")
    large.do("pay", late, amount="4.00")
    assert run_now(joined_large, SyncRun.Trigger.MANUAL).created == 0
    large.do("pay", late)
    assert run_now(joined_large, SyncRun.Trigger.MANUAL).created == 1
    large.do("unpay", late)
    large.do("change", late, due_date=(timezone.localdate() + timedelta(days=30)).isoformat())
    assert run_now(joined_large, SyncRun.Trigger.MANUAL).withdrawn == 1
    assert Voucher.objects.get().withdrawn_reason == "open"
