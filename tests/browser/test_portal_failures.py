"""Each way a connection can fail, walked against the sandbox: at the form or the card, in the banner, at support."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from accounts.models import Client, User
from integrations.models import Connection, Reason, Status, SupportRequest
from integrations.services import connections
from sandbox.server import RunningSandbox
from tests.browser.conftest import DESKTOP, Visit
from tests.browser.portal_window import Open, Window, window
from tests.integrations.portal.conftest import connection_in, lexware, lexware_server
from tests.integrations.portal.test_states import voucher

__all__ = ["lexware", "lexware_server", "window"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OVERVIEW = "/portal/10001/connections/"


@dataclass
class Stage:
    """What a way to fail needs."""

    window: Window
    lexware: RunningSandbox
    client: Client
    member: User

    def enter(self, key: str) -> None:
        """Type a key into the form and send it."""
        page = self.window.go(f"{OVERVIEW}lexware/key/")
        page.fill("[name=api_key]", key)
        page.get_by_test_id("submit-key").click()
        page.get_by_role("alert").wait_for()

    def works(self, number: int = 2) -> Connection:
        """A connection that has worked so far."""
        key = self.lexware.organizations[number]["key"]
        return connections.connect(connections.begin(self.client), key, actor=self.member, sync=False)

    def control(self, path: str, **body: Any) -> Any:
        answer = requests.post(f"{self.lexware.control_url}{path}", json=body, timeout=10)
        assert answer.ok, answer.text
        return answer.json()


def wrong_key(stage: Stage) -> None:
    stage.enter("this-is-not-a-key-of-anybody")


def plan_without_api(stage: Stage) -> None:
    stage.enter(stage.lexware.special_keys["plan_without_api"])


def permission_missing(stage: Stage) -> None:
    stage.enter(stage.lexware.special_keys["permission_missing"])


def expired_key(stage: Stage) -> None:
    """It worked, its last day went by, and Lexware Office refuses it."""
    connection = stage.works()
    yesterday = timezone.localdate() - timedelta(days=1)
    Connection.objects.filter(pk=connection.pk).update(key_expires_on=yesterday)
    connection.refresh_from_db()
    organization = stage.lexware.organizations[2]["organization_id"]
    stage.control(f"/organizations/{organization}/key/expire")
    connections.recheck(connection, revoked=True)
    stage.control(f"/organizations/{organization}/key/restore")


def other_organization(stage: Stage) -> None:
    connection_in(stage.client, Status.FAILED, Reason.KEY_EXPIRED)
    voucher(stage.client, 1)
    stage.enter(stage.lexware.organizations[1]["key"])


def outage(stage: Stage) -> None:
    """Three looks in a row find nobody; one alone would not be a failure."""
    connection = stage.works(0)
    stage.control("/faults", kind="status", path_prefix="/v1", status=503, count=None)
    for _ in range(3):
        assert connection.status == Status.ACTIVE
        connections.recheck(connection)
    stage.control("/faults/reset")


WAYS: list[tuple[str, Callable[[Stage], None], str, str]] = [
    (Reason.KEY_REJECTED, wrong_key, "API key rejected", "does not accept the API key"),
    (Reason.KEY_EXPIRED, expired_key, "API key expired", "24 months at most"),
    (Reason.PLAN_WITHOUT_API, plan_without_api, "Plan does not include the connection", "Only Lexware Office XL does"),
    (Reason.PERMISSION_MISSING, permission_missing, "Permission missing", "may not read everything"),
    (Reason.ORGANIZATION_CHANGED, other_organization, "Key of another company", "belongs to another company"),
    (Reason.UNREACHABLE, outage, "Lexware Office not reachable", "several times in a row"),
]


@pytest.mark.parametrize(("reason", "fail", "title", "what"), WAYS, ids=[way[0] for way in WAYS])
def test_each_failure_has_its_own_words_everywhere(
    window: Open, visit: Callable[..., Visit], kontor_client: Client, member: User, support: User,
    lexware: RunningSandbox, reason: str, fail: Callable[[Stage], None], title: str, what: str,
):  # fmt: skip
    opened = window(member, language="en")
    fail(Stage(opened, lexware, kontor_client, member))
    connection = kontor_client.connections.get()
    assert (connection.status, connection.reason) == (Status.FAILED, reason)

    page = opened.go(OVERVIEW)
    card = page.get_by_test_id("card-lexware")
    assert title in card.inner_text()
    assert what in card.inner_text()
    opened.look(f"portal-way-{reason}")
    assert title in page.get_by_test_id("failure-banner").inner_text()

    page = opened.go("/portal/10001/banks/")
    banner = page.get_by_test_id("failure-banner")
    assert what in banner.inner_text()
    banner.get_by_role("link", name="Contact Support").click()
    known = page.get_by_test_id("known")
    for words in ("Tischlerei Ahrens GmbH", "Lexware Office", "Connection Failed", title):
        assert words in known.inner_text()
    page.get_by_test_id("send").click()
    reference = page.get_by_test_id("reference").inner_text()
    assert title in page.get_by_test_id("request").inner_text()

    asked = SupportRequest.objects.get(reference=reference)
    assert (asked.status, asked.reason, asked.connection) == (Status.FAILED, reason, connection)
    desk = visit(support, size=DESKTOP, language="en")
    desk.open(f"/admin/integrations/supportrequest/{asked.pk}/change/")
    case = desk.page.inner_text("body")
    assert what in case
    assert reference in case
    desk.open(f"/admin/integrations/connection/{connection.pk}/change/")
    assert what in desk.page.inner_text("body")
    for organization in lexware.organizations:
        assert organization["key"] not in desk.page.content()
    assert opened.errors + desk.errors == []
