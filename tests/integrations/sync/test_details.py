"""A fetch that broke off and went on: nothing twice, nothing of what happened in between is missed."""

from datetime import date
from typing import Any

import pytest

from accounts.models import TaxYear
from integrations.models import Connection, SyncRun
from integrations.services.sync import enqueue, release_dead_runs, run
from tests.integrations.sync.conftest import Lexware, fetch, stored
from tests.integrations.sync.truth import differences
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
START = date(2025, 1, 1)


class Killed(BaseException):
    """The process is gone: nothing of ours catches this."""


def break_off(connection: Connection, wanted: str, at: int = 0) -> SyncRun:
    """Begin a fetch that ends without a word in this phase; whoever comes next finds it waiting."""

    def hook(phase: str, done: int, total: int) -> None:
        if (phase, done) == (wanted, at):
            raise Killed

    queued = enqueue(connection, SyncRun.Trigger.MANUAL, background=False)
    with pytest.raises(Killed):
        run(queued.pk, on_progress=hook)
    assert release_dead_runs() == 1
    return queued


def test_a_list_that_was_read_completely_is_not_read_again(joined: Connection, small: Lexware) -> None:
    broken = break_off(joined, "payments", at=3)
    before = small.calls()
    done = run(broken.pk)
    after = small.calls()
    assert done.state == SyncRun.State.DONE
    assert before.count("/v1/voucherlist") == after.count("/v1/voucherlist") == 1, "at the end, what is not paid"
    assert differences(joined.client, small.running.control_url, small.id) == []


@pytest.mark.parametrize(
    ("first", "phase"),
    [(True, "payments"), (True, "documents"), (True, "compare"), (False, "payments"), (False, "documents")],
)
def test_what_changed_before_it_went_on_is_there_when_it_is_done(
    joined: Connection, small: Lexware, first: bool, phase: str
) -> None:
    if not first:
        fetch(joined)
        small.do("change", small.id_of("N-5"), remark="something to read")
    broken = break_off(joined, phase)
    small.do("pay", small.id_of("OPEN"))
    small.do("unpay", small.id_of("N-0"))
    small.do("change", small.id_of("N-1"), number="N-1b", total="7.00")
    small.do("change", small.id_of("N-2"), add_file="png")
    assert run(broken.pk).state == SyncRun.State.DONE
    assert differences(joined.client, small.running.control_url, small.id) == []


def test_an_earlier_first_day_is_listed_although_the_run_had_its_list(joined: Connection, small: Lexware) -> None:
    """The year was opened again while the fetch lay broken."""
    early = small.add(number="EARLY", total="9.00", date="2025-05-05", paid_on="2025-05-06")
    year = TaxYear.objects.get(client=joined.client, year=2025)
    TaxYear.objects.filter(pk=year.pk).update(closed_on=date(2026, 10, 1))
    broken = break_off(joined, "payments")
    assert not Voucher.objects.filter(external_id=early).exists()
    TaxYear.objects.filter(pk=year.pk).update(closed_on=None)
    assert run(broken.pk).state == SyncRun.State.DONE
    assert stored(joined.client) == small.paid(START)
    joined.refresh_from_db()
    assert joined.synced_from == START


@pytest.mark.parametrize(
    ("old", "new"),
    [(["a", "b"], ["b", "a"]), (["a", "b"], ["b"]), (["a"], ["b", "a"]), (["a", "b", "c"], ["c", "b"])],
)
def test_files_stand_in_the_order_of_their_document(
    joined: Connection, small: Lexware, old: list[str], new: list[str]
) -> None:
    """Also where files changed places, and none is new."""
    voucher_id = small.id_of("N-2")
    voucher: Any = small.organization.vouchers[voucher_id]
    for _ in range(3):
        small.do("change", voucher_id, add_file="png")
    names = dict(zip("abc", voucher.files, strict=False))
    voucher.files[:] = [names[key] for key in old]
    fetch(joined)
    small.do("change", voucher_id, remark="x")
    voucher.files[:] = [names[key] for key in new]
    fetch(joined)
    files = Voucher.objects.get(number="N-2").files.order_by("position")
    assert [file.external_id for file in files] == voucher.files
