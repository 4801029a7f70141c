"""The four states of a connection, on every page."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import Client
from integrations.models import Connection, ConnectionEvent, Reason, SkippedRecord, Status, SyncRun
from integrations.words import failure
from tests.integrations.portal.conftest import connection_in
from vouchers.models import Voucher

OVERVIEW = "/portal/10001/connections/"
ACTIONS = {
    Status.NONE: "connect",
    Status.ACTIVATE: "activate",
    Status.ACTIVE: "renew",
    Status.FAILED: "contact-support",
}
WORDS = {
    Status.NONE: "No Connection",
    Status.ACTIVATE: "Activate Connection",
    Status.ACTIVE: "Active",
    Status.FAILED: "Connection Failed",
}


def standing(client: Client, status: str) -> Connection:
    return connection_in(client, status, Reason.KEY_REJECTED if status == Status.FAILED else "")


def voucher(client: Client, number: int) -> None:
    Voucher.objects.create(
        client=client, external_id=f"00000000-0000-4000-8000-{number:012}", type="invoice", number=str(number),
        date="2026-01-05", total=10, status="paid", provider_updated_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("status", Status.values)
class TestCards:
    def test_state_in_word_and_icon_and_the_one_thing_to_do(self, browser: Browser, kontor_client: Client, status: str):
        standing(kontor_client, status)
        page = browser.get(OVERVIEW).content.decode()
        assert f'data-status="{status}"' in page
        assert f"<span>{WORDS[Status(status)]}</span>" in page
        assert [name for name in ACTIONS.values() if f'data-testid="{name}"' in page] == [ACTIONS[Status(status)]]

    @pytest.mark.parametrize("name", ["company", "key", "history", "left_out", "support", "ask"])
    def test_every_page_stands(self, browser: Browser, kontor_client: Client, status: str, name: str):
        standing(kontor_client, status)
        parts = {"provider": "lexware"} if name in ("key", "history", "left_out") else {}
        answer = browser.get(reverse(f"portal:{name}", kwargs={"number": "10001", **parts}))
        assert answer.status_code == 200
        # The form's own page says it in its own words; everywhere else the banner does.
        expected = status == Status.FAILED and name not in ("key", "ask")
        assert ('data-testid="failure-banner"' in answer.content.decode()) == expected

    def test_disconnecting_is_for_what_is_connected(self, browser: Browser, kontor_client: Client, status: str):
        standing(kontor_client, status)
        answer = browser.get(f"{OVERVIEW}lexware/disconnect/")
        assert answer.status_code == (404 if status == Status.NONE else 200)

    def test_few_questions_to_the_database(
        self, browser: Browser, kontor_client: Client, status: str, django_assert_max_num_queries
    ):
        connection = standing(kontor_client, status)
        run = SyncRun.objects.create(connection=connection, state=SyncRun.State.DONE, trigger="manual")
        for number in range(30):
            voucher(kontor_client, number)
            SkippedRecord.objects.create(run=run, external_id=str(number), reason="not_found")
            ConnectionEvent.objects.create(connection=connection, kind="sync", detail={"created": number})
        with django_assert_max_num_queries(13):
            browser.get(OVERVIEW)
        for page in ("history", "left-out"):
            with django_assert_max_num_queries(10):
                browser.get(f"{OVERVIEW}lexware/{page}/")


def test_before_anything_was_begun_there_is_a_card_too(browser: Browser):
    page = browser.get(OVERVIEW).content.decode()
    assert 'data-status="none"' in page
    assert not Connection.objects.exists()
    assert browser.get(f"{OVERVIEW}lexware/history/").status_code == 404


@pytest.mark.parametrize("reason", Reason.values)
class TestFailure:
    def test_what_happened_whose_turn_and_what_next(self, browser: Browser, kontor_client: Client, reason: str):
        connection_in(kontor_client, Status.FAILED, reason)
        words = failure(reason)
        page = browser.get(OVERVIEW).content.decode()
        card = page[page.index('data-testid="card-lexware"') :]
        for text in (words.title, words.what, words.turn.for_client, words.next):
            assert str(text) in card
        assert reason not in page.replace("contact-support", "")

    def test_a_new_key_is_offered_where_it_helps(self, browser: Browser, kontor_client: Client, reason: str):
        connection_in(kontor_client, Status.FAILED, reason)
        assert ('data-testid="new-key"' in browser.get(OVERVIEW).content.decode()) == (reason != Reason.UNREACHABLE)


def test_the_missing_permission_is_named(browser: Browser, kontor_client: Client):
    connection = connection_in(kontor_client, Status.FAILED, Reason.PERMISSION_MISSING)
    ConnectionEvent.objects.create(
        connection=connection, kind="status", to_status="failed", reason="permission_missing",
        detail={"path": "/v1/payments/5a1b"},
    )  # fmt: skip
    assert "What is missing: payments." in browser.get(OVERVIEW).content.decode()
    history = browser.get(f"{OVERVIEW}lexware/history/").content.decode()
    assert "/v1/" not in history
    assert "payments" in history


class TestActive:
    def test_success_is_told_once(self, browser: Browser, kontor_client: Client):
        connection_in(kontor_client, Status.ACTIVE, success_seen=False)
        told = ['data-testid="success-banner"' in browser.get(OVERVIEW).content.decode() for _ in range(3)]
        assert told == [True, False, False]

    def test_a_failed_connection_is_not_greeted(self, browser: Browser, kontor_client: Client):
        connection_in(kontor_client, Status.FAILED, Reason.KEY_REJECTED, success_seen=False)
        assert 'data-testid="success-banner"' not in browser.get(OVERVIEW).content.decode()

    def test_facts(self, browser: Browser, kontor_client: Client):
        connection_in(kontor_client, Status.ACTIVE)
        voucher(kontor_client, 1)
        voucher(kontor_client, 2)
        Voucher.objects.filter(number="2").update(withdrawn_at=timezone.now())
        page = browser.get(OVERVIEW).content.decode()
        assert "Ahrens Möbel" in page
        assert "document since 1 January 2025" in page
        assert "expires in 41 days" in page
        assert 'data-testid="left-out"' not in page

    @pytest.mark.parametrize(
        ("days", "words", "tone"),
        [(731, "expires in 24 months", ""), (31, "expires in 31 days", ""), (30, "expires in 30 days", "soon"),
         (8, "expires in 8 days", "soon"), (7, "expires in 7 days", "failed"), (1, "expires tomorrow", "failed"),
         (0, "expires today", "failed"), (-3, "should have expired", "failed")],
    )  # fmt: skip
    def test_the_end_of_the_key(self, browser: Browser, kontor_client: Client, days: int, words: str, tone: str):
        connection_in(kontor_client, Status.ACTIVE, key_expires_on=timezone.localdate() + timedelta(days=days))
        page = browser.get(OVERVIEW).content.decode()
        assert words in page
        assert re.search(r'<dd( class="(\w+)")?\s+data-testid="key-end"', page).group(2) == (tone or None)

    def test_an_interrupted_fetch_is_told_until_the_next_one(self, browser: Browser, kontor_client: Client):
        connection = connection_in(kontor_client, Status.ACTIVE)
        old = timezone.now() - timedelta(hours=5)
        SyncRun.objects.create(
            connection=connection, state="failed", trigger="manual", error="unavailable", queued_at=old
        )
        assert "did not answer during the last fetch" in browser.get(OVERVIEW).content.decode()
        SyncRun.objects.create(connection=connection, state="done", trigger="manual")
        assert "did not answer" not in browser.get(OVERVIEW).content.decode()


class TestProgress:
    URL = f"{OVERVIEW}lexware/progress/"

    def test_a_fetch_at_work_shows_how_far_it_is(self, browser: Browser, kontor_client: Client):
        connection = connection_in(kontor_client, Status.ACTIVE)
        run = SyncRun.objects.create(
            connection=connection, state="running", trigger="connect", phase="documents", done=37, total=412
        )
        assert 'data-testid="progress"' in browser.get(OVERVIEW).content.decode()
        piece = browser.get(self.URL).content.decode()
        assert "37 of 412" in piece
        assert "<html" not in piece
        SyncRun.objects.filter(pk=run.pk).update(state="done")
        assert browser.get(self.URL).status_code == 204
        assert 'data-testid="progress"' not in browser.get(OVERVIEW).content.decode()

    def test_nothing_begun_nothing_to_show(self, browser: Browser):
        assert browser.get(self.URL).status_code == 204

    def test_a_waiting_fetch_says_so(self, browser: Browser, kontor_client: Client):
        connection = connection_in(kontor_client, Status.ACTIVE)
        SyncRun.objects.create(connection=connection, state="queued", trigger="connect")
        assert "Waiting for its turn" in browser.get(self.URL).content.decode()


class TestLeftOut:
    def test_only_what_the_newest_fetch_left_out(self, browser: Browser, kontor_client: Client):
        connection = connection_in(kontor_client, Status.ACTIVE)
        yesterday = timezone.now() - timedelta(days=1)
        old = SyncRun.objects.create(connection=connection, state="done", trigger="manual", queued_at=yesterday)
        new = SyncRun.objects.create(connection=connection, state="done", trigger="manual")
        SyncRun.objects.create(
            connection=connection, state="failed", trigger="manual", queued_at=timezone.now() + timedelta(minutes=1)
        )
        SkippedRecord.objects.create(run=old, external_id="1", number="RE-OLD", reason="record_unreadable")
        SkippedRecord.objects.create(run=new, external_id="2", number="RE-<b>7</b>", reason="not_downloadable")
        SkippedRecord.objects.create(run=new, external_id="3", reason="never_heard_of", detail="Traceback: secret")
        assert "2 documents not taken over" in browser.get(OVERVIEW).content.decode()
        page = browser.get(f"{OVERVIEW}lexware/left-out/").content.decode()
        assert "RE-&lt;b&gt;7&lt;/b&gt;" in page
        assert "Document without a number" in page
        assert "RE-OLD" not in page
        assert "never_heard_of" not in page
        assert "Traceback" not in page


class TestDisconnect:
    def test_after_a_yes(self, browser: Browser, kontor_client: Client):
        connection_in(kontor_client, Status.ACTIVE)
        voucher(kontor_client, 1)
        url = f"{OVERVIEW}lexware/disconnect/"
        assert "stays with us" in browser.get(url).content.decode()
        assert kontor_client.connections.get().status == Status.ACTIVE
        answer = browser.post(url, follow=True)
        assert kontor_client.connections.get().status == Status.NONE
        assert 'data-status="none"' in answer.content.decode()
        assert 'role="status"' in answer.content.decode()
        assert Voucher.objects.count() == 1

    def test_twice_is_once(self, browser: Browser, kontor_client: Client):
        connection_in(kontor_client, Status.ACTIVE)
        for _ in range(2):
            assert browser.post(f"{OVERVIEW}lexware/disconnect/").url == OVERVIEW
        assert ConnectionEvent.objects.filter(to_status="none").count() == 1
