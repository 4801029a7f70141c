"""The first fetch, and the one after it in which nothing has changed."""

from datetime import date
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from accounts.models import Client, TaxYear
from integrations.models import Connection, SyncRun
from tests.integrations.sync.conftest import Lexware, fetch, stored, tasks
from vouchers.models import RawAnswer, StoredFile, Voucher, VoucherFile

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_everything_paid_is_here(connected: Connection, lexware: Lexware, start_day: date) -> None:
    run = fetch(connected)
    assert (run.state, run.error) == (SyncRun.State.DONE, "")
    assert stored(connected.client) == lexware.paid(start_day)
    assert run.created == len(lexware.paid(start_day)) > 40
    assert not Voucher.objects.filter(complete=False).exists()
    assert not run.skipped.exists()
    assert run.files == VoucherFile.objects.count()
    connected.refresh_from_db()
    assert connected.last_sync_at is not None
    assert connected.synced_from == start_day
    assert tasks("matching.tasks.match_client") == [(connected.client_id,)]


def test_each_thing_is_asked_for_once(joined: Connection, small: Lexware, start_day: date) -> None:
    run = fetch(joined)
    calls = small.calls()
    assert len(calls) == run.requests
    # The list twice: what is paid at the beginning, everything else at the end.
    details = [path for path in calls if path != "/v1/voucherlist"]
    assert len(details) == len(set(details)) == len(calls) - 2
    assert sum(path.startswith("/v1/payments/") for path in calls) == len(small.paid(start_day))


def test_the_list_comes_first_then_payments_then_documents_newest_first(joined: Connection, small: Lexware) -> None:
    fetch(joined)
    calls = small.calls()
    assert calls.pop() == "/v1/voucherlist", "what is not paid is only noted, and comes last"
    kinds = ["list" if "voucherlist" in path else "payments" if "/payments/" in path else "rest" for path in calls]
    assert kinds == sorted(kinds, key=["list", "payments", "rest"].index)
    dates = dict(Voucher.objects.values_list("external_id", "date"))
    asked = [dates[key] for path in calls if "/payments/" in path for key in dates if path.endswith(str(key))]
    assert asked == sorted(asked, reverse=True)


def test_nothing_changed_costs_one_request_and_writes_no_voucher(connected: Connection, lexware: Lexware) -> None:
    first = fetch(connected)
    before = list(Voucher.objects.order_by("pk").values())
    lexware.calls()
    with CaptureQueriesContext(
        database,
    ) as queries:
        run = fetch(connected)
    assert len(lexware.calls()) == run.requests <= 2
    writes = [q["sql"] for q in queries if q["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not [sql for sql in writes if "vouchers_" in sql]
    assert (run.created, run.changed, run.withdrawn) == (0, 0, 0)
    assert run.unchanged == first.created
    assert list(Voucher.objects.order_by("pk").values()) == before


def test_every_answer_is_kept_as_it_came(joined: Connection) -> None:
    fetch(joined)
    kinds = {
        kind: set(RawAnswer.objects.filter(kind=kind).values_list("external_id", flat=True))
        for kind in ("voucherlist", "payments", "document")
    }
    all_ids = {str(key) for key in Voucher.objects.values_list("external_id", flat=True)}
    assert kinds["voucherlist"] == kinds["document"] == all_ids
    assert kinds["payments"] <= all_ids
    assert not RawAnswer.objects.filter(version__gt=1).exists()


def test_vouchers_before_the_start_are_left_alone(connected: Connection, lexware: Lexware) -> None:
    TaxYear.objects.filter(client=connected.client, year=2025).update(closed_on=date(2026, 10, 1))
    fetch(connected)
    assert stored(connected.client) == lexware.paid(date(2026, 1, 1))
    assert len(lexware.paid(date(2026, 1, 1))) < len(lexware.paid(date(2025, 1, 1)))


def test_an_earlier_start_fetches_what_lies_between(connected: Connection, lexware: Lexware) -> None:
    year = TaxYear.objects.get(client=connected.client, year=2025)
    TaxYear.objects.filter(pk=year.pk).update(closed_on=date(2026, 10, 1))
    fetch(connected)
    TaxYear.objects.filter(pk=year.pk).update(closed_on=None)
    run = fetch(connected)
    assert run.full
    assert stored(connected.client) == lexware.paid(date(2025, 1, 1))
    assert run.withdrawn == 0


def test_the_same_bytes_are_stored_once(joined: Connection, media: Any) -> None:
    fetch(joined)
    on_disk = [path for path in (media / "files").rglob("*") if path.is_file()]
    assert sorted(path.name for path in on_disk) == sorted(StoredFile.objects.values_list("sha256", flat=True))


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_request_is_under_way(
    joined: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    import requests

    send, open_transactions = requests.Session.send, []

    def watch(self: requests.Session, *args: Any, **kwargs: Any) -> requests.Response:
        open_transactions.append(database.in_atomic_block)
        return send(self, *args, **kwargs)

    monkeypatch.setattr(requests.Session, "send", watch)
    fetch(joined)
    assert open_transactions
    assert not any(open_transactions)


def test_a_bookkeeping_client_starts_after_the_last_filed_return(
    connected: Connection, lexware: Lexware, kontor_client: Client
) -> None:
    kontor_client.service = "bookkeeping"
    kontor_client.save()
    kontor_client.vat_returns.create(
        period_start=date(2026, 6, 1), period_end=date(2026, 6, 30), filed_on=date(2026, 7, 8)
    )
    connected.refresh_from_db()
    fetch(connected)
    assert stored(kontor_client) == lexware.paid(date(2026, 7, 1))
