"""The same life of a connection and a fetch as with Lexware Office: states, doubt, outages, kills, turns, secrets."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection as database
from django.utils import timezone

from accounts.models import Client
from integrations.models import CallEntry, Connection, ConnectionSecret, FeedAccount, Provider, Reason, Status, SyncRun
from integrations.services import connections
from integrations.services.crew import Crew
from integrations.services.fetch_places import take_place
from integrations.services.sync_queue import claim, enqueue, release_dead_runs
from matching.models import Transaction
from tests.integrations.qonto.conftest import Qonto, fetch
from tests.integrations.sync.test_canary import Canary, rows_with

pytestmark = pytest.mark.django_db(transaction=True)


def filled(qonto: Qonto, count: int = 230) -> None:
    qonto.control(f"/accounts/{qonto.account.id}/fill", count=count)


class TestConnecting:
    def test_a_good_key(self, qonto: Qonto, kontor_client: Client):
        found = connections.begin(kontor_client, provider=Provider.QONTO)
        assert found.status == Status.ACTIVATE
        found = connections.connect(
            found, f" Login: {qonto.organization.login}\nSecret key: {qonto.organization.secret} "
        )
        assert (found.status, found.organization_name) == (Status.ACTIVE, "Linde")
        assert (found.key_expires_on, found.key_last_four) == (None, qonto.key[-4:])
        assert found.runs.get().state == SyncRun.State.QUEUED

    def test_a_wrong_key(self, qonto: Qonto, kontor_client: Client):
        found = connections.get_or_create(kontor_client, Provider.QONTO)
        found = connections.connect(found, f"{qonto.organization.login}:0123456789abcdef")
        assert (found.status, found.reason) == (Status.FAILED, Reason.KEY_REJECTED)
        assert not ConnectionSecret.objects.exists()

    def test_a_key_that_may_not_read(self, qonto: Qonto, kontor_client: Client):
        qonto.control(f"/organizations/{qonto.id}/key/scope", scopes=[])
        found = connections.connect(connections.get_or_create(kontor_client, Provider.QONTO), qonto.key)
        assert (found.status, found.reason) == (Status.FAILED, Reason.PERMISSION_MISSING)

    def test_another_organization_is_asked_about(self, qonto: Qonto, connection: Connection):
        filled(qonto, 5)
        fetch(connection)
        other = qonto.control("/organizations", name="Andere")
        with pytest.raises(connections.OldKeyKept):
            connections.connect(connection, other["key"])
        connection.refresh_from_db()
        moved = connections.connect(connection, other["key"], may_change_to=other["id"], sync=False)
        assert moved.organization_name == "Andere"
        assert not FeedAccount.objects.exists()
        assert Transaction.objects.count() == 5

    def test_both_providers_stand_side_by_side(self, connection: Connection, kontor_client: Client):
        other = connections.get_or_create(kontor_client)
        assert other.pk != connection.pk
        connections.disconnect(connection)
        connection.refresh_from_db()
        assert connection.status == Status.NONE
        assert not ConnectionSecret.objects.exists()


class TestFaults:
    @pytest.mark.parametrize(
        "fault", [{"kind": "reset"}, {"kind": "status", "status": 429}, {"kind": "status", "status": 503}]
    )
    def test_what_passes_is_tried_again_at_once(self, qonto: Qonto, connection: Connection, fault: dict[str, Any]):
        filled(qonto)
        qonto.fault(**fault, count=2)
        run = fetch(connection)
        assert (run.state, run.created) == (SyncRun.State.DONE, 230)

    def test_a_rate_limit_slows_everybody_down(self, qonto: Qonto, connection: Connection):
        qonto.fault("status", status=429)
        assert fetch(connection).rate_limited == 1
        assert CallEntry.objects.filter(rate_limited=True).count() == 1

    @pytest.mark.parametrize("kind", ["html", "truncated"])
    def test_what_is_not_understood_ends_the_fetch(self, qonto: Qonto, connection: Connection, kind: str):
        filled(qonto, 3)
        qonto.fault(kind, path_prefix="/v2/transactions", count=None)
        run = fetch(connection)
        assert (run.state, run.error) == (SyncRun.State.FAILED, "answer_not_understood")
        connection.refresh_from_db()
        assert connection.status == Status.ACTIVE
        assert connection.next_sync_at is not None
        qonto.no_faults()
        assert fetch(connection).created == 3

    def test_an_outage_is_no_failure_until_the_third(self, qonto: Qonto, connection: Connection):
        qonto.fault("status", status=503, count=None)
        for _ in range(2):
            assert fetch(connection).error == "unavailable"
            connection.refresh_from_db()
            assert connection.status == Status.ACTIVE
        fetch(connection)
        connection.refresh_from_db()
        assert (connection.status, connection.reason) == (Status.FAILED, Reason.UNREACHABLE)

    def test_one_rejection_is_a_doubt_and_the_second_is_believed(self, qonto: Qonto, connection: Connection):
        qonto.control(f"/organizations/{qonto.id}/key/revoke")
        qonto.calls()
        assert fetch(connection).error == "in_doubt"
        connection.refresh_from_db()
        assert connection.status == Status.ACTIVE
        assert len(qonto.calls()) == 1
        Connection.objects.filter(pk=connection.pk).update(doubted_at=timezone.now() - timedelta(hours=1))
        connection.refresh_from_db()
        connections.recheck(connection)
        connection.refresh_from_db()
        assert (connection.status, connection.reason) == (Status.FAILED, Reason.KEY_REJECTED)

    def test_a_doubt_that_was_none_goes_on(self, qonto: Qonto, connection: Connection):
        qonto.fault("status", status=401)
        fetch(connection)
        connection.refresh_from_db()
        connections.recheck(connection)
        connection.refresh_from_db()
        assert (connection.status, connection.doubted_at) == (Status.ACTIVE, None)
        assert connection.runs.filter(state=SyncRun.State.QUEUED).exists()


class TestResuming:
    def test_goes_on_behind_the_last_page_that_was_written(self, qonto: Qonto, connection: Connection):
        filled(qonto, 450)
        # The third page of changes is refused; what came before it stays.
        qonto.fault("delay", path_prefix="/v2/transactions", count=3)
        qonto.fault("html", path_prefix="/v2/transactions", count=1)
        assert fetch(connection).state == SyncRun.State.FAILED
        here = Transaction.objects.count()
        assert 0 < here < 450
        qonto.calls()
        run = fetch(connection)
        assert run.created == 450 - here
        asked = [call for call in qonto.calls() if "status[]=completed" in call["query"]]
        assert len(asked) <= 4

    def test_a_run_whose_worker_died_is_done_by_the_next(self, qonto: Qonto, connection: Connection):
        filled(qonto, 120)
        run = enqueue(connection, SyncRun.Trigger.MANUAL, background=False)
        worker = take_place()
        assert worker is not None
        claim(run.pk, worker.key)
        worker.sign_off()
        release_dead_runs()
        again = take_place()
        assert again is not None
        Crew(again, turn=20).work()
        again.sign_off()
        run.refresh_from_db()
        assert (run.state, run.created, run.attempts) == (SyncRun.State.DONE, 120, 2)


def test_the_secret_is_nowhere(
    qonto: Qonto, kontor_client: Client, caplog: pytest.LogCaptureFixture, settings: Any, tmp_path: Any, capsys: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = Canary(qonto.organization.secret)
    key_file = tmp_path / "key.txt"
    key_file.write_text(qonto.key)
    filled(qonto, 120)
    call_command("connect_qonto", kontor_client.number, "--key-file", str(key_file), "--files")
    found = Connection.objects.get()
    assert found.fetch_files
    qonto.do("attachments", next(iter(qonto.account.transactions)), name="Beleg.pdf")
    assert fetch(found, full=True).files == 1
    for status in (400, 401, 403, 404, 422, 429, 500, 502):
        qonto.fault("status", status=status, message=f"refused {qonto.key} and {qonto.organization.secret}", count=None)
        Connection.objects.filter(pk=found.pk).update(status=Status.ACTIVE, reason="", doubted_at=None, outages=0)
        fetch(found)
        qonto.no_faults()
    for kind in ("html", "reset", "truncated"):
        qonto.fault(kind, count=None)
        Connection.objects.filter(pk=found.pk).update(status=Status.ACTIVE, reason="", doubted_at=None, outages=0)
        fetch(found)
        qonto.no_faults()
    assert rows_with(canary) == []
    assert not canary.sings_in(caplog.text)
    assert not any(canary.sings_in(message.body) for message in mail.outbox)
    assert not canary.sings_in(str(capsys.readouterr()))
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM integrations_connectionsecret")
        assert cursor.fetchone() == (1,)
