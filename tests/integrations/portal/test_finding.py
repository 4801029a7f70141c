"""A document is missing: what the client reads, and asking Lexware Office at once."""

from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, User
from integrations.finding.asking import MOST_IN_A_MINUTE, ask
from integrations.finding.shapes import Outcome
from integrations.finding.wanted import read
from integrations.models import CallEntry, Connection, ConnectionEvent, SeenVoucher, Status, SyncRun
from integrations.services import connections
from tests.integrations.finding.conftest import linked, seen, stranger
from tests.integrations.sync.conftest import Lexware, small

__all__ = ["linked", "small", "stranger"]
pytestmark = pytest.mark.django_db


def address(name: str = "find") -> str:
    return reverse(f"portal:{name}", args=["10001", "lexware"])


def test_the_client_reads_why(linked: Connection, browser: Browser) -> None:
    page = browser.get(address(), {"q": "1.190,00"}).content.decode()
    for words in ("OPEN-1", "Not taken over because no payment is assigned to it", "it appears here by itself"):
        assert words in page
    for technical in ("not_paid", "verdict", "run", str(SeenVoucher.objects.get(number="OPEN-1").external_id)):
        assert f">{technical}<" not in page


def test_nothing_found_says_since_when_we_look(linked: Connection, browser: Browser) -> None:
    page = browser.get(address(), {"q": "NOWHERE-9"}).content.decode()
    assert "We know no document “NOWHERE-9”" in page
    assert "dated 1 January 2025 or later" in page
    assert "Ask Lexware Office now" in page


def test_others_and_their_documents_stay_unknown(linked: Connection, stranger: Connection, browser: Browser) -> None:
    for typed in ("OPEN-1", "Fremde", "SKIP-1", "100,00"):
        assert "Fremde Firma" not in browser.get(address(), {"q": typed}).content.decode()
    theirs = reverse("portal:find", args=[stranger.client.number, "lexware"])
    assert browser.get(theirs, {"q": "OPEN-1"}).status_code == 404
    assert browser.post(f"{theirs}ask/", {"q": "OPEN-1"}).status_code == 404
    assert ConnectionEvent.objects.filter(kind="asked").count() == 0


@pytest.fixture
def connected(small: Lexware, kontor_client: Client) -> Connection:
    made = connections.connect(connections.get_or_create(kontor_client), small.key, sync=False)
    small.calls()
    CallEntry.objects.all().delete()
    return made


@pytest.mark.django_db(transaction=True)
def test_asking_finds_an_open_document_with_one_request(
    connected: Connection, small: Lexware, browser: Browser, member: User
) -> None:
    page = browser.post(address("find_ask"), {"q": "open"}, follow=True).content.decode()
    assert "Lexware Office was asked just now." in page
    assert "no payment is assigned to it" in page
    assert small.calls() == ["/v1/voucherlist"]
    row = SeenVoucher.objects.get(connection=connected)
    assert (row.number, row.verdict, row.total) == ("OPEN", "not_paid", Decimal("55.00"))
    assert CallEntry.objects.get(connection=connected).path == "/v1/voucherlist"
    event = connected.events.get(kind="asked")
    assert (event.actor, event.detail["outcome"]) == (member, "found")
    assert not SyncRun.objects.filter(connection=connected).exists()


@pytest.mark.django_db(transaction=True)
def test_a_paid_document_that_is_not_here_is_fetched(connected: Connection, small: Lexware, browser: Browser) -> None:
    page = browser.post(address("find_ask"), {"q": "N-3"}, follow=True).content.decode()
    assert "it is being fetched" in page
    assert "On its way" in page
    assert "Its payments and files are still to come" in page
    run = SyncRun.objects.get(connection=connected)
    assert (run.state, run.trigger) == ("queued", "manual")
    assert connected.client.vouchers.get().number == "N-3"
    assert small.calls() == ["/v1/voucherlist"]


@pytest.mark.django_db(transaction=True)
def test_a_document_that_is_not_paid_any_more_is_withdrawn_at_once(
    connected: Connection, small: Lexware, browser: Browser
) -> None:
    ask(connected, read("N-3"))
    small.do("void", small.id_of("N-3"))
    page = browser.post(address("find_ask"), {"q": "N-3"}, follow=True).content.decode()
    assert "It was here, and has not counted since" in page
    assert "Voided" in page


@pytest.mark.django_db(transaction=True)
def test_what_is_not_there_is_said(connected: Connection, small: Lexware, browser: Browser) -> None:
    page = browser.post(address("find_ask"), {"q": "NOWHERE-9"}, follow=True).content.decode()
    assert "there is no document with exactly this number" in page
    assert not SeenVoucher.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_asking_again_changes_nothing_and_notices_what_moved(connected: Connection, small: Lexware) -> None:
    ask(connected, read("OPEN"))
    before = SeenVoucher.objects.get()
    ask(connected, read("OPEN"))
    assert SeenVoucher.objects.get().changed_at == before.changed_at
    small.do("pay", small.id_of("OPEN"))
    assert ask(connected, read("OPEN")).outcome == Outcome.FETCHING
    after = SeenVoucher.objects.get()
    assert after.verdict == "taken"
    assert after.first_seen_at == before.first_seen_at
    assert after.verdict_at > before.verdict_at


@pytest.mark.django_db(transaction=True)
def test_asking_is_limited(connected: Connection, small: Lexware) -> None:
    outcomes = [ask(connected, read("NOWHERE-9")).outcome for _ in range(MOST_IN_A_MINUTE + 2)]
    assert outcomes == [Outcome.NOT_THERE] * MOST_IN_A_MINUTE + [Outcome.TOO_OFTEN] * 2
    assert len(small.calls()) == MOST_IN_A_MINUTE


@pytest.mark.django_db(transaction=True)
def test_a_problem_is_said_and_leaves_the_connection_alone(
    connected: Connection, small: Lexware, browser: Browser
) -> None:
    small.fault("status", path="/v1/voucherlist", status=401, count=None)
    page = browser.post(address("find_ask"), {"q": "OPEN"}, follow=True).content.decode()
    assert "did not answer as it should" in page
    connected.refresh_from_db()
    assert connected.status == Status.ACTIVE
    assert connected.events.get(kind="asked").detail["code"] == "key_rejected"


def test_nobody_is_asked_without_a_connection(kontor_client: Client, browser: Browser) -> None:
    assert browser.get(address()).status_code == 404
    made = connections.begin(kontor_client)
    seen(made, "OPEN-1")
    page = browser.get(address(), {"q": "OPEN-1"}).content.decode()
    assert "Ask Lexware Office now" not in page
    assert ask(made, read("OPEN-1")).outcome == Outcome.NOT_CONNECTED
