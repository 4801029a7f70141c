"""The tax adviser access: what to type, the client says "invited", the firm says "confirmed"."""

import pytest
from django.test import Client as Browser

from accounts.models import Client, User
from integrations.models import AdviserAccess, Status
from integrations.services.adviser_access import set_access
from integrations.services.connection_state import StateMoved
from tests.integrations.portal.conftest import connection_in

PAGE = "/portal/10001/connections/lexware/adviser/"


def test_from_not_set_up_to_confirmed(browser: Browser, kontor_client: Client, accountant: User, settings: object):
    settings.ADVISER_EMAIL = "Kanzlei Hafenkante <berater@kanzlei.example>"
    connection = connection_in(kontor_client, Status.ACTIVE)
    page = browser.get(PAGE).content.decode()
    assert 'value="berater@kanzlei.example"' in page
    assert "not set up" in browser.get("/portal/10001/connections/").content.decode()
    said = browser.post(PAGE, {"sent": "yes"}, follow=True).content.decode()
    assert "we accept the invitation" in said
    connection.refresh_from_db()
    assert connection.adviser_access == AdviserAccess.INVITED
    desk = Browser()
    desk.force_login(accountant)
    desk.post(f"/admin/integrations/connection/{connection.pk}/adviser/", {"access": "confirmed"})
    connection.refresh_from_db()
    assert connection.adviser_access == AdviserAccess.CONFIRMED
    assert "nothing left to do" in browser.get(PAGE).content.decode()
    history = browser.get("/portal/10001/connections/lexware/history/").content.decode()
    assert history.index("We accepted the invitation") < history.index("You invited us")
    desk.cookies["django_language"] = "en"
    case = desk.get(f"/admin/integrations/connection/{connection.pk}/change/").content.decode()
    assert "There is none any more" in case


def test_a_client_neither_confirms_nor_takes_back_what_the_firm_said(browser: Browser, kontor_client: Client):
    connection = connection_in(kontor_client, Status.ACTIVE, adviser_access=AdviserAccess.CONFIRMED)
    assert browser.post(PAGE, {"sent": "no"}).status_code == 404
    browser.post(PAGE, {"sent": "confirmed"})
    connection.refresh_from_db()
    assert connection.adviser_access == AdviserAccess.CONFIRMED


def test_saying_it_twice_is_one_entry(kontor_client: Client, member: User):
    connection = connection_in(kontor_client, Status.ACTIVE)
    assert set_access(connection, AdviserAccess.INVITED, member)
    assert not set_access(connection, AdviserAccess.INVITED, member)
    assert connection.events.filter(kind="adviser").count() == 1
    set_access(connection, AdviserAccess.CONFIRMED, member)
    with pytest.raises(StateMoved):
        set_access(connection, AdviserAccess.INVITED, member)


def test_there_is_none_for_a_bank(browser: Browser, kontor_client: Client):
    assert browser.get("/portal/10001/connections/qonto/adviser/").status_code == 404
    assert browser.get(PAGE).status_code == 404


def test_an_outsider_gets_404(client: Browser, outsider: User, kontor_client: Client):
    connection_in(kontor_client, Status.ACTIVE)
    client.force_login(outsider)
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"sent": "yes"}).status_code == 404
