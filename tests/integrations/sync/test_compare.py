"""All ids are compared, a part every night: a silent deletion is found within a week."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Client
from integrations.models import Connection, SyncRun
from integrations.services import sync_compare
from integrations.services.sync import run_now
from integrations.services.sync_compare import next_part
from tests.integrations.sync.conftest import Lexware, fetch
from tests.integrations.sync.truth import differences
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db


def night(connection: Connection) -> SyncRun:
    connection.refresh_from_db()
    return run_now(connection, SyncRun.Trigger.SCHEDULE)


def different(connection: Connection, lexware: Lexware) -> list[str]:
    return differences(connection.client, lexware.running.control_url, lexware.id)


@pytest.fixture
def fetched(joined: Connection, small: Lexware) -> Connection:
    fetch(joined)
    small.calls()
    return joined


@pytest.fixture
def slices(fetched: Connection, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """Parts as small as those of a large client: one of the seven vouchers a night."""
    monkeypatch.setattr(sync_compare, "LARGEST_PAGE", 1)
    return fetched


def test_a_small_client_is_compared_every_night_with_one_request(fetched: Connection, small: Lexware) -> None:
    small.do("delete", small.id_of("N-3"))
    assert fetch(fetched).withdrawn == 0, "only the nightly fetch compares"
    small.calls()
    run = night(fetched)
    assert (run.withdrawn, run.created, run.changed) == (1, 0, 0)
    # Changes, the comparison, and two questions about the one that is missing.
    assert len(small.calls()) == 4
    assert different(fetched, small) == []
    assert night(fetched).requests == 2


def test_after_seven_nights_everything_was_compared(slices: Connection, small: Lexware) -> None:
    for number in ("N-0", "N-3", "N-6"):
        small.do("delete", small.id_of(number))
    found, cursors = [], []
    for _ in range(7):
        found.append(night(slices).withdrawn)
        slices.refresh_from_db()
        cursors.append(slices.compared_before)
    assert sum(found) == 3
    assert max(found) == 1, "a part a night"
    assert different(slices, small) == []
    assert cursors[-1] is None
    assert slices.compared_at is not None
    known = [cursor for cursor in cursors if cursor]
    assert known == sorted(known)


def test_missed_nights_do_no_harm(slices: Connection, small: Lexware) -> None:
    night(slices)
    small.do("delete", small.id_of("N-5"))
    small.do("delete", small.id_of("N-6"))
    Connection.objects.update(compared_at=timezone.now() - timedelta(days=9))
    run = night(slices)
    assert run.withdrawn == 2, "what is left of the round is done at once"
    slices.refresh_from_db()
    assert slices.compared_before is None
    assert slices.compared_at is not None
    assert timezone.now() - slices.compared_at < timedelta(minutes=1)


def test_a_full_comparison_does_all_at_once_and_begins_a_new_round(slices: Connection, small: Lexware) -> None:
    night(slices)
    slices.refresh_from_db()
    assert slices.compared_before is not None
    small.do("delete", small.id_of("N-6"))
    assert fetch(slices, full=True).withdrawn == 1
    slices.refresh_from_db()
    assert slices.compared_before is None


def test_what_was_missed_is_taken_over(fetched: Connection, small: Lexware) -> None:
    """However it came to be missing here: the comparison brings it, with payments, document and file."""
    small.let_time_pass(hours=72)
    fetch(fetched, full=True)
    Voucher.objects.get(number="N-2").delete()
    Voucher.objects.filter(number="N-3").update(total="1.00", provider_updated_at=timezone.now())
    assert fetch(fetched).created == 0
    run = night(fetched)
    assert (run.created, run.changed) == (1, 1)
    assert different(fetched, small) == []


def test_a_voucher_of_the_future_is_compared_and_ends_the_round(slices: Connection, small: Lexware) -> None:
    ahead = (timezone.localdate() + timedelta(days=400)).isoformat()
    small.add(number="AHEAD", total="9.00", date=ahead, paid_on="2026-03-01")
    fetch(slices)
    small.do("delete", small.id_of("AHEAD"))
    assert sum(night(slices).withdrawn for _ in range(8)) == 1
    assert different(slices, small) == []


def test_a_voucher_whose_date_moved_is_not_taken_for_missing(slices: Connection, small: Lexware) -> None:
    """Stored under a day of this night's part, it is dated elsewhere by now, and nobody said so."""
    night(slices)
    with small.running.sandbox.lock:
        small.organization.vouchers[small.id_of("N-1")].day = date(2026, 12, 24)
    run = night(slices)
    assert (run.withdrawn, run.changed) == (0, 1)
    assert Voucher.objects.get(number="N-1").date == date(2026, 12, 24)
    assert different(slices, small) == []


def test_where_nobody_answered_the_next_night_begins_anew(slices: Connection, small: Lexware) -> None:
    small.do("delete", small.id_of("N-0"))
    small.fault("status", "/v1/vouchers", status=503, count=4)
    run = night(slices)
    assert run.state == SyncRun.State.DONE
    assert [item.number for item in run.skipped.all()] == ["N-0"]
    small.no_faults()
    assert night(slices).withdrawn == 1
    slices.refresh_from_db()
    assert slices.compared_before is None, "everything was compared"


def test_a_full_comparison_without_an_answer_is_no_complete_one(fetched: Connection, small: Lexware) -> None:
    small.do("delete", small.id_of("N-0"))
    small.fault("status", "/v1/vouchers", status=503, count=4)
    assert fetch(fetched, full=True).withdrawn == 0
    fetched.refresh_from_db()
    assert fetched.compared_at is None
    small.no_faults()
    assert night(fetched).withdrawn == 1


def vouchers(client: Client, *days: date) -> None:
    for position, day in enumerate(days):
        Voucher.objects.create(
            client=client,
            external_id=f"00000000-0000-4000-8000-{position:012}",
            type="invoice",
            date=day,
            total=1,
            status="paid",
            provider_updated_at=timezone.now(),
        )


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [
        ([], 1, None),
        ([1, 2, 3], 1, 1),
        ([5, 6, 7], 1, 5),
        ([1, 1, 1, 2], 1, 1),
        ([1, 2, 3], 3, None),
        ([1, 2, 3], 9, None),
        (list(range(1, 29)), 3, 6),
    ],
)
def test_how_far_a_night_reaches(
    kontor_client: Client, monkeypatch: pytest.MonkeyPatch, days: list[int], first: int, last: int | None
) -> None:
    monkeypatch.setattr(sync_compare, "LARGEST_PAGE", 1)
    vouchers(kontor_client, *(date(2026, 1, day) for day in days))
    now: Any = datetime.now().astimezone()
    part = next_part(kontor_client.vouchers.all(), date(2026, 1, first), since=now, now=now)
    assert (part.first.day, part.last and part.last.day) == (first, last)
    assert (
        next_part(kontor_client.vouchers.all(), date(2026, 1, 1), since=now - timedelta(days=7), now=now).last is None
    )
