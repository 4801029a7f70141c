"""The history with its documents, and how long a fetch still takes, as the client reads it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection as database
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Client
from integrations.models import Connection, ConnectionEvent, Status, SyncRun, VoucherChange
from tests.integrations.portal.conftest import connection_in
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db


@pytest.fixture
def linked(kontor_client: Client) -> Connection:
    return connection_in(kontor_client, Status.ACTIVE)


def fetched(linked: Connection, **numbers: list[str]) -> None:
    run = SyncRun.objects.create(connection=linked, state="done", trigger="schedule")
    for kind, names in numbers.items():
        for name in names:
            VoucherChange.objects.create(connection=linked, run=run, external_id=uuid4(), number=name, kind=kind)
    figures = {kind: len(names) for kind, names in numbers.items()}
    ConnectionEvent.objects.create(connection=linked, kind="sync", detail={"run": run.pk, **figures})


def history(browser: Browser) -> str:
    return browser.get(reverse("portal:history", args=["10001", "lexware"])).content.decode()


def test_a_fetch_names_its_documents(linked: Connection, browser: Browser) -> None:
    fetched(linked, created=["RE-5", "RE-2", "RE-3", "RE-4"], changed=["ER-1"], withdrawn=["ER-9"])
    page = history(browser)
    assert "4 new documents (RE-2, RE-3, RE-4 …), 1 changed document (ER-1), 1 withdrawn document (ER-9)" in page
    assert "RE-5" not in page


def test_a_stranger_s_documents_are_not_named(linked: Connection, outsider: object, browser: Browser) -> None:
    other = connection_in(Client.objects.get(number="10002"), Status.ACTIVE)
    fetched(other, created=["FREMD-1"])
    ConnectionEvent.objects.create(
        connection=linked, kind="sync", detail={"run": other.runs.get().pk, "created": 1, "changed": 0}
    )
    assert "FREMD-1" not in history(browser)


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("hint", {"event": "payment.changed", "number": "RE-7", "outcome": "created"},
         ("Lexware Office told us at once.", "RE-7 was taken over.")),
        ("hint", {"event": "voucher.changed", "number": "", "outcome": "withdrawn"},
         ("A document without a number does not count any more.",)),
        ("webhooks", {"webhooks": "on", "made": 9}, ("From now on Lexware Office tells us at once what changes.",)),
        ("webhooks", {"webhooks": "refused"}, ("We look every morning, so nothing is lost.",)),
        ("key_end", {"days": 30, "reminded_of": "2026-04-10", "people": 2},
         ("We reminded you by mail that the API key ends on 10 April 2026.",)),
        ("key_end", {"before": "", "ends_on": "2028-03-01"}, ("The end of the API key was entered: 1 March 2028.",)),
        ("asked", {"number": "RE-9", "outcome": "not_there"}, ("There is no document “RE-9”.",)),
    ],
)  # fmt: skip
def test_new_kinds_have_plain_words(
    kind: str, detail: dict[str, object], words: tuple[str, ...], linked: Connection, browser: Browser
) -> None:
    ConnectionEvent.objects.create(connection=linked, kind=kind, detail=detail)
    page = history(browser)
    for sentence in words:
        assert sentence in page
    for technical in ("webhook", "payment.changed", "outcome", "sync"):
        assert f"{technical}<" not in page


def test_many_fetches_cost_as_many_queries_as_one(linked: Connection, browser: Browser) -> None:
    fetched(linked, created=["RE-1"])
    history(browser)
    with CaptureQueriesContext(database) as few:
        history(browser)
    for index in range(20):
        fetched(linked, created=[f"RE-{index}"], changed=[f"ER-{index}"])
    with CaptureQueriesContext(database) as many:
        history(browser)
    assert len(many) == len(few)


def vouchers(client: Client, count: int, *, read: int, complete: int = 0) -> None:
    Voucher.objects.bulk_create(
        Voucher(
            client=client, external_id=uuid4(), type="invoice", number=str(index), date="2026-01-05", total=10,
            status="paid", provider_updated_at=timezone.now(), payments_read=index < read, complete=index < complete,
        )
        for index in range(count)
    )  # fmt: skip


class TestProgress:
    @pytest.fixture(autouse=True)
    def real_time(self, settings: object) -> None:
        settings.LEXWARE_TIME_SCALE = 1.0

    def piece(self, browser: Browser) -> str:
        return browser.get(reverse("portal:progress", args=["10001", "lexware"])).content.decode()

    def run(self, linked: Connection, **fields: object) -> SyncRun:
        values = {"state": "running", "trigger": "connect", "phase": "list", "requests_left": 2800, **fields}
        return SyncRun.objects.create(connection=linked, **values)

    def test_phase_figures_and_time(self, linked: Connection, kontor_client: Client, browser: Browser) -> None:
        vouchers(kontor_client, 1200, read=1100)
        self.run(linked, listed_at=timezone.now())
        piece = self.piece(browser)
        assert "Fetching payments" in piece
        assert "1,100 of 1,200" in piece
        assert 'value="1100" max="1200"' in piece, "a number for browsers, whatever the language"
        assert "About 25 minutes left" in piece

    def test_a_restart_does_not_turn_it_back(self, linked: Connection, kontor_client: Client, browser: Browser) -> None:
        vouchers(kontor_client, 4, read=4, complete=3)
        run = self.run(linked, listed_at=timezone.now(), phase="documents", done=3, total=4)
        before = self.piece(browser)
        assert "3 of 4" in before
        for fields in ({"state": "queued"}, {"state": "running", "phase": "", "done": 0, "total": 0}):
            SyncRun.objects.filter(pk=run.pk).update(**fields)
            assert self.piece(browser) == before

    def test_waiting(self, linked: Connection, browser: Browser) -> None:
        self.run(linked, state="queued", phase="", requests_left=0)
        assert "Waiting for its turn" in self.piece(browser)
        assert "Begins in a moment" in self.piece(browser)

    def test_two_fetches_of_one_company_share_its_limit(
        self, linked: Connection, outsider: object, browser: Browser
    ) -> None:
        self.run(linked, requests_left=1140)
        assert "About 10 minutes left" in self.piece(browser)
        other = connection_in(Client.objects.get(number="10002"), Status.ACTIVE)
        self.run(other)
        assert "About 20 minutes left" in self.piece(browser)

    def test_it_is_on_the_card(self, linked: Connection, browser: Browser) -> None:
        self.run(linked, queued_at=timezone.now() - timedelta(minutes=1))
        page = browser.get("/portal/10001/connections/").content.decode()
        assert "Looking which documents there are" in page
        assert "About 25 minutes left" in page
