"""Replacing a key: history and bookmark stay; another organization only after a confirmation that names both."""

import json
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import Client, User
from accounts.services import add_client
from integrations.models import Connection, ConnectionEvent, SeenVoucher, Status, SyncRun, VoucherChange
from integrations.services import connections
from integrations.services.key_end import latest_end
from integrations.services.sync import run_now
from matching.models import Proposal
from matching.services import confirm, run_matching
from tests.conftest import TODAY
from tests.factories import booking, proposal
from tests.integrations.sync.conftest import Lexware, fetch
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
KEY = "/portal/10001/connections/lexware/key/"
PAID = {"A-1", "A-2"}


@pytest.fixture
def other(small: Lexware) -> Lexware:
    """Another organization, with two paid vouchers."""
    other = small.other(0)
    for number in ("A-1", "A-2"):
        other.add(type="purchaseinvoice", number=number, total="20.00", date="2026-05-05", paid_on="2026-05-05")
    return other


@pytest.fixture
def fetched(joined: Connection) -> Connection:
    fetch(joined)
    joined.refresh_from_db()
    return joined


def standing(client: Client) -> set[str]:
    return set(client.vouchers.filter(withdrawn_at=None).values_list("number", flat=True))


def test_a_new_key_of_the_same_organization_keeps_everything(fetched: Connection, small: Lexware) -> None:
    seen = SeenVoucher.objects.filter(connection=fetched).count()
    before = (fetched.synced_through, fetched.synced_from, fetched.compared_before, fetched.events.count())
    small.control(f"/organizations/{small.id}/key/new")
    connection = connections.connect(fetched, small.key, sync=False)
    assert (connection.synced_through, connection.synced_from, connection.compared_before) == before[:3]
    assert connection.events.count() == before[3] + 1
    assert SeenVoucher.objects.filter(connection=fetched).count() == seen
    assert len(standing(connection.client)) == 7


class TestPortal:
    def test_refused_with_both_names_and_the_way_on(
        self, fetched: Connection, small: Lexware, other: Lexware, browser: Browser
    ) -> None:
        page = unescape(browser.post(KEY, {"api_key": other.key}).content.decode())
        fetched.refresh_from_db()
        new, old = other.running.organizations[0]["name"], fetched.organization_name
        assert f"This key belongs to “{new}”. Connected here is “{old}”." in page
        assert f"Yes, we have moved from “{old}” to “{new}”." in page
        assert f'value="{other.id}"' in page
        assert "checked" not in page
        assert other.key not in page
        assert (fetched.status, fetched.organization_id) == (Status.ACTIVE, small.id)
        assert not any(other.key in str(session.get_decoded()) for session in Session.objects.all())
        assert not any(other.key in str(event.detail) for event in ConnectionEvent.objects.all())

    def test_after_the_tick_and_the_key_once_more_they_have_moved(
        self, fetched: Connection, small: Lexware, other: Lexware, browser: Browser
    ) -> None:
        browser.post(KEY, {"api_key": other.key})
        assert browser.post(KEY, {"moved": other.id}).status_code == 200, "the key is asked again"
        assert standing(fetched.client) != set()
        assert browser.post(KEY, {"api_key": other.key, "moved": other.id}).status_code == 302
        fetched.refresh_from_db()
        assert (fetched.status, fetched.organization_id) == (Status.ACTIVE, other.id)
        assert standing(fetched.client) == set()
        assert fetched.runs.filter(state=SyncRun.State.QUEUED).count() == 1
        history = unescape(browser.get("/portal/10001/connections/lexware/history/").content.decode())
        new, old = other.running.organizations[0]["name"], small.running.organizations[small.index]["name"]
        assert f"Moved from “{old}” to “{new}”." in history
        assert f"It is a key of “{new}”." in history

    def test_a_tick_for_one_company_is_none_for_a_third(
        self, fetched: Connection, small: Lexware, other: Lexware, browser: Browser
    ) -> None:
        third = small.other(1)
        for moved in (other.id, "*", "nonsense"):
            page = unescape(browser.post(KEY, {"api_key": third.key, "moved": moved}).content.decode())
            assert third.running.organizations[1]["name"] in page
            fetched.refresh_from_db()
            assert fetched.organization_id == small.id

    def test_who_comes_back_later_finds_the_box_again(
        self, fetched: Connection, small: Lexware, other: Lexware, browser: Browser
    ) -> None:
        connections.disconnect(fetched)
        connections.begin(fetched.client)
        browser.post(KEY, {"api_key": other.key})
        fetched.refresh_from_db()
        assert (fetched.status, fetched.reason) == (Status.FAILED, "organization_changed")
        assert f'value="{other.id}"' in browser.get(KEY).content.decode()
        card = unescape(browser.get("/portal/10001/connections/").content.decode())
        assert other.running.organizations[0]["name"] in card
        browser.post(KEY, {"api_key": other.key, "moved": other.id})
        fetched.refresh_from_db()
        assert (fetched.status, fetched.organization_id) == (Status.ACTIVE, other.id)


class TestMove:
    def test_the_old_documents_step_back_and_the_new_ones_come(
        self, fetched: Connection, small: Lexware, other: Lexware
    ) -> None:
        client = fetched.client
        history = (fetched.events.count(), client.raw_answers.count(), fetched.runs.count())
        connections.connect(fetched, other.key, sync=False, may_change_to=other.id)
        old = Voucher.objects.filter(client=client)
        assert set(old.values_list("withdrawn_reason", flat=True)) == {"organization_changed"}
        assert (fetched.synced_through, fetched.synced_from, fetched.compared_before) == (None, None, None)
        assert not SeenVoucher.objects.filter(connection=fetched).exists()
        assert VoucherChange.objects.filter(connection=fetched, kind="withdrawn").count() == 7
        assert fetched.events.count() > history[0]
        assert client.raw_answers.count() == history[1]
        run = fetch(fetched)
        assert (run.state, run.full, run.created) == (SyncRun.State.DONE, True, len(PAID))
        assert standing(client) == PAID

    def test_going_back_brings_the_old_documents_back(
        self, fetched: Connection, small: Lexware, other: Lexware
    ) -> None:
        before = standing(fetched.client)
        connections.connect(fetched, other.key, sync=False, may_change_to=other.id)
        fetch(fetched)
        fetched.refresh_from_db()
        connections.connect(fetched, small.key, sync=False, may_change_to=small.id)
        fetch(fetched)
        assert standing(fetched.client) == before
        assert set(Voucher.objects.exclude(withdrawn_at=None).values_list("withdrawn_reason", flat=True)) == {
            "organization_changed"
        }

    def test_matches_go_back_to_review_with_the_reason(
        self, fetched: Connection, small: Lexware, other: Lexware, accountant: User
    ) -> None:
        pays = Voucher.objects.filter(client=fetched.client, number="N-2").get()
        made = proposal(pays, booking(fetched.client, 1, f"-{pays.total}"))
        confirm(made, accountant)
        connections.connect(fetched, other.key, sync=False, may_change_to=other.id)
        run_matching(fetched.client)
        made.refresh_from_db()
        assert made.state not in Proposal.STANDING
        assert made.decisions.order_by("-pk")[0].reason == "organization_changed"

    def test_a_fetch_of_the_old_organization_stops(self, fetched: Connection, small: Lexware, other: Lexware) -> None:
        def move(phase: str, done: int, total: int) -> None:
            current = Connection.objects.get(pk=fetched.pk)
            if phase == "payments" and current.organization_id == small.id:
                connections.connect(current, other.key, sync=False, may_change_to=other.id)

        small.do("change", small.id_of("N-2"), total="77.00")
        run = run_now(fetched, SyncRun.Trigger.MANUAL, full=True, on_progress=move)
        assert (run.state, run.error) == (SyncRun.State.FAILED, "replaced")
        fetched.refresh_from_db()
        assert (fetched.status, fetched.organization_id, fetched.doubted_at) == (Status.ACTIVE, other.id, None)
        assert standing(fetched.client) == set()
        fetch(fetched)
        assert standing(fetched.client) == PAID

    def test_even_without_documents_the_bookmark_is_not_taken_along(
        self, joined: Connection, small: Lexware, other: Lexware
    ) -> None:
        for voucher_id in list(small.organization.vouchers):
            small.organization.vouchers.pop(voucher_id)
        fetch(joined)
        joined.refresh_from_db()
        assert joined.synced_through is not None
        connections.connect(joined, other.key, sync=False)
        assert fetch(joined).created == len(PAID)


class TestCommand:
    def run(self, key: str, tmp_path: Path, *options: str) -> tuple[int, dict[str, object], str]:
        path, out = tmp_path / "key", StringIO()
        path.write_text(key)
        try:
            call_command("connect_lexware", "10001", "--key-file", str(path), "--json", *options, stdout=out)
        except CommandError as error:
            return error.returncode, json.loads(out.getvalue()), str(error)
        return 0, json.loads(out.getvalue()), ""

    def test_a_move_is_confirmed_with_an_option(
        self, fetched: Connection, small: Lexware, other: Lexware, tmp_path: Path
    ) -> None:
        code, answer, error = self.run(other.key, tmp_path)
        assert (code, answer["reason"]) == (1, "organization_changed")
        for words in (
            other.running.organizations[0]["name"], fetched.organization_name, "--confirm-organization-change"
        ):  # fmt: skip
            assert words in error
        code, answer, error = self.run(other.key, tmp_path, "--confirm-organization-change")
        assert (code, answer["status"], error) == (0, "active", "")
        assert standing(fetched.client) == PAID

    def test_the_end_of_the_key(self, kontor_client: Client, small: Lexware, tmp_path: Path) -> None:
        latest = latest_end(timezone.localdate())
        for wrong in ("tomorrow", "2020-01-01", "2099-01-01"):
            code, answer, _ = self.run(small.key, tmp_path, "--key-expires-on", wrong, "--no-sync")
            assert (code, list(answer)) == (2, ["error"])
        assert self.run(small.key, tmp_path, "--no-sync")[0] == 0
        assert Connection.objects.get().key_expires_on == latest
        day = latest.replace(day=1)
        assert self.run(small.key, tmp_path, "--key-expires-on", day.isoformat(), "--no-sync")[0] == 0
        assert Connection.objects.get().key_expires_on == day
        out = StringIO()
        call_command("connection_status", "10001", stdout=out)
        assert "expires in" in out.getvalue()


class TestTwoClients:
    def test_one_organization_for_two_clients_is_allowed_and_said(
        self, joined: Connection, small: Lexware, partner: User, accountant: User, client: Browser
    ) -> None:
        twin = add_client(name="Zwilling", email="", number="10003", today=TODAY)
        second = connections.connect(connections.get_or_create(twin), small.key, sync=False)
        assert second.status == Status.ACTIVE
        assert second.events.order_by("-pk")[0].detail["also_connected"] == "1"
        address = reverse("admin:integrations_connection_change", args=[joined.pk])
        client.cookies["django_language"] = "en"
        client.force_login(partner)
        page = client.get(address).content.decode()
        assert "The same organization is connected twice." in page
        assert "10003 Zwilling" in page
        client.force_login(accountant)
        page = client.get(address).content.decode()
        assert "The same organization is connected twice." in page
        assert "10003" not in page
        assert "Another client of the firm is connected to it, too." in page
