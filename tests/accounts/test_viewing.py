"""Staff see the portal as the client sees it: marked, written down, for an hour, and without changing anything."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from accounts import viewing
from accounts.models import Client, PortalVisit, User
from integrations.models import Connection, Status
from integrations.portal.urls import urlpatterns
from tests.factories import world
from tests.integrations.portal.conftest import connection_in

pytestmark = pytest.mark.django_db
PAGES = ["connections/", "to-do/", "banks/", "external/", "external/new/", "support/", "support/new/", "banks/new/"]


@pytest.fixture
def page(kontor_client: Client) -> str:
    return f"/admin/accounts/client/{kontor_client.pk}/"


@pytest.fixture
def looking(client: Browser, accountant: User, member: User, kontor_client: Client, page: str) -> Browser:
    """The accountant's browser, looking at a portal with everything in it."""
    world(kontor_client, member)
    client.force_login(accountant)
    assert client.post(f"{page}portal/").url == "/portal/"
    assert client.get("/portal/").url == "/portal/10001/connections/"
    return client


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_marked_and_nothing_is_written(looking: Browser, path: str):
    before = {model: list(model.objects.order_by("pk").values()) for model in models_with_rows()}
    answer = looking.get(f"/portal/10001/{path}")
    assert answer.status_code == 200
    assert 'data-testid="viewing"' in answer.content.decode()
    assert {model: list(model.objects.order_by("pk").values()) for model in before} == before


def models_with_rows() -> list[Any]:
    return [model for model in apps.get_models() if model._meta.app_label in ("accounts", "matching", "integrations")]


def test_what_would_act_for_the_client_is_refused_in_words(looking: Browser):
    for pattern in urlpatterns:
        path = str(pattern.pattern)
        for kind, value in (("<str:number>", "10001"), ("<slug:provider>", "lexware"), ("<slug:reference>", "K-ABC23")):
            path = path.replace(kind, value)
        answer = looking.post("/portal/" + re.sub(r"<int:\w+>", "1", path))
        assert answer.status_code == 403, path
        assert 'class="viewing"' in answer.content.decode(), "the page says that one is only looking"
    assert Connection.objects.get(client__number="10001").status == Status.ACTIVE


def test_a_page_that_writes_by_the_way_is_stopped(kontor_client: Client):
    with connection.execute_wrapper(viewing.refuse_writes):
        assert Client.objects.count() == 1
        for write in (lambda: Client.objects.update(name="x"), Client.objects.all().delete):
            with pytest.raises(PermissionDenied), transaction.atomic():
                write()
    assert Client.objects.get().name == "Tischlerei Ahrens GmbH"


def test_the_banner_of_success_is_not_used_up(client: Browser, accountant: User, kontor_client: Client, page: str):
    connection_in(kontor_client, Status.ACTIVE, success_seen=False)
    client.force_login(accountant)
    client.post(f"{page}portal/")
    assert client.get("/portal/10001/connections/").status_code == 200
    assert not Connection.objects.get().success_seen


def test_it_is_written_down_and_shown_on_the_client_s_page(looking: Browser, accountant: User, page: str):
    visit = PortalVisit.objects.get()
    assert (visit.staff, visit.client.number, visit.ended_at) == (accountant, "10001", None)
    assert looking.post("/viewing/leave/").url == f"{page}change/"
    visit.refresh_from_db()
    assert visit.ended_at
    shown = looking.get(f"{page}change/").content.decode()
    assert 'id="visits-title"' in shown
    assert accountant.name in shown
    assert looking.get("/portal/10001/connections/").url == "/admin/"


def test_the_admin_works_as_ever_meanwhile(looking: Browser, page: str):
    assert looking.get(f"{page}change/").status_code == 200
    assert looking.post("/language/setlang/", {"language": "en"}).status_code == 302


def test_only_this_client_s_portal(looking: Browser, outsider: User):
    assert looking.get("/portal/10002/connections/").status_code == 404


def test_after_an_hour_it_is_over(looking: Browser):
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert looking.get("/portal/10001/connections/").url == "/admin/"


def test_who_loses_the_client_sees_nothing_more(looking: Browser, colleague: User, kontor_client: Client):
    Client.objects.filter(pk=kontor_client.pk).update(accountant=colleague)
    assert looking.get("/portal/10001/connections/").url == "/admin/"


@pytest.mark.parametrize(("who", "expected"), [("colleague", 404), ("support", 403), ("member", 404)])
def test_who_may_not(client: Browser, request: pytest.FixtureRequest, page: str, who: str, expected: int):
    client.force_login(request.getfixturevalue(who))
    assert client.post(f"{page}portal/").status_code == expected
    assert not PortalVisit.objects.exists()


def test_not_by_a_link(client: Browser, accountant: User, page: str):
    client.force_login(accountant)
    assert client.get(f"{page}portal/").status_code == 405
    assert client.get("/viewing/leave/").status_code == 405


def test_the_list_of_views_is_limited_to_own_clients(looking: Browser, colleague: User, kontor_client: Client):
    assert "Tischlerei Ahrens" in looking.get("/admin/accounts/portalvisit/").content.decode()
    other = Browser()
    other.force_login(colleague)
    assert "Tischlerei Ahrens" not in other.get("/admin/accounts/portalvisit/").content.decode()
