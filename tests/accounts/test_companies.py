"""A person with several companies chooses one, which is remembered; with one there is no question."""

import pytest
from django.test import Client as Browser

from accounts.models import Client, Membership, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(kontor_client: Client, member: User, outsider: User) -> User:
    """The person acts for both companies."""
    Membership.objects.create(user=member, client=Membership.objects.get(user=outsider).client)
    return member


def test_one_company_no_question(client: Browser, member: User):
    client.force_login(member)
    assert client.get("/portal/").url == "/portal/10001/connections/"
    assert "change-company" not in client.get("/portal/10001/connections/").content.decode()


def test_the_choice_is_remembered_for_the_next_login(client: Browser, both: User):
    client.force_login(both)
    page = client.get("/portal/").content.decode()
    assert "Tischlerei Ahrens GmbH" in page
    assert "Bäckerei Ohlsen" in page
    assert client.post("/company/", {"number": "10002"}, follow=True).redirect_chain[-1][0].startswith("/portal/10002/")
    later = Browser()
    later.force_login(both)
    assert later.get("/portal/").url == "/portal/10002/connections/"
    assert later.post("/company/", {"number": "10001"}).status_code == 302
    assert later.get("/portal/").url == "/portal/10001/connections/"


@pytest.mark.parametrize("path", ["connections/", "banks/", "external/", "support/", "to-do/"])
def test_every_page_offers_the_others(client: Browser, both: User, path: str):
    client.force_login(both)
    page = client.get(f"/portal/10001/{path}").content.decode()
    assert 'data-testid="change-company"' in page
    assert 'value="10002"' in page


def test_somebody_else_s_company_cannot_be_chosen(client: Browser, member: User, outsider: User):
    client.force_login(member)
    assert client.post("/company/", {"number": "10002"}).status_code == 404
    assert client.post("/company/", {"number": ""}).status_code == 404
    assert client.get("/company/").status_code == 405


def test_staff_choose_nothing(client: Browser, accountant: User, kontor_client: Client):
    client.force_login(accountant)
    assert client.post("/company/", {"number": "10001"}).status_code == 404


def test_a_company_that_was_left_is_not_returned_to(client: Browser, both: User):
    client.force_login(both)
    client.post("/company/", {"number": "10002"})
    Membership.objects.filter(user=both, client__number="10002").delete()
    assert client.get("/portal/").url == "/portal/10001/connections/"
