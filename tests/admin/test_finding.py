"""The page "Find a document" of the firm."""

import re

import pytest
from django.urls import reverse

from accounts.models import User
from integrations.models import Connection
from tests.admin.conftest import Login
from tests.integrations.finding.conftest import linked, stranger

__all__ = ["linked", "stranger"]
FIND = reverse("admin:find")


def test_the_answer_is_one_click_away(linked: Connection, support: User, login: Login) -> None:
    browser = login(support)
    page = browser.get(reverse("admin:integrations_connection_change", args=[linked.pk])).content.decode()
    assert f'action="{FIND}"' in page
    assert re.search(rf'name="connection"\s+value="{linked.pk}"', page)
    assert f'action="{FIND}"' in browser.get(reverse("admin:index")).content.decode()
    page = browser.get(FIND, {"connection": str(linked.pk), "q": "OPEN-1"}).content.decode()
    for words in (
        "Not taken over yet",
        "no payment is assigned to it",
        "1,190.00",
        "Ask Lexware Office now",
        "Overdue",
    ):
        assert (words in page) is (words != "Overdue")


def test_an_amount_is_no_number_to_ask_for(linked: Connection, support: User, login: Login) -> None:
    page = login(support).get(FIND, {"connection": str(linked.pk), "q": "1.190,00"}).content.decode()
    assert "OPEN-1" in page
    assert "Ask Lexware Office now" not in page


def test_nothing_found_says_so_and_offers_to_ask(linked: Connection, accountant: User, login: Login) -> None:
    page = login(accountant).get(FIND, {"connection": str(linked.pk), "q": "NOWHERE-9"}).content.decode()
    assert "Nothing is known about “NOWHERE-9”" in page
    assert "dated 1 Jan 2025 or later" in page
    assert "Ask Lexware Office now" in page


@pytest.mark.parametrize("typed", ["OPEN-1", "RE-2041", "SKIP-1", "1.190,00", "Fremde Firma"])
def test_an_outsider_finds_nothing(
    typed: str, linked: Connection, stranger: Connection, colleague: User, accountant: User, login: Login
) -> None:
    page = login(colleague).get(FIND, {"q": typed}).content.decode()
    assert "Nothing is known about" in page
    assert linked.client.name not in page
    assert login(colleague).get(FIND, {"q": typed, "connection": str(linked.pk)}).status_code == 404
    page = login(accountant).get(FIND, {"q": typed}).content.decode()
    assert stranger.client.name not in page
    assert 'class="k-quiet">Fremde' not in page


@pytest.mark.parametrize("pk", ["0", "x", "9" * 30, "-1", "²"])
def test_an_odd_connection_is_not_there(pk: str, linked: Connection, partner: User, login: Login) -> None:
    assert login(partner).get(FIND, {"q": "1", "connection": pk}).status_code == 404


def test_asking_needs_a_post_and_a_connection_of_ones_own(linked: Connection, colleague: User, login: Login) -> None:
    address = reverse("admin:find_ask")
    assert login(colleague).get(address).status_code == 405
    assert login(colleague).post(address, {"q": "OPEN-1", "connection": str(linked.pk)}).status_code == 404
    assert login(colleague).post(address, {"q": "OPEN-1"}).status_code == 404


def test_a_person_of_the_client_finds_no_page(linked: Connection, member: User, login: Login) -> None:
    assert login(member).get(FIND, {"q": "OPEN-1"}).status_code == 404


def test_the_command_palette_finds_documents(
    linked: Connection, accountant: User, colleague: User, login: Login
) -> None:
    search = reverse("admin:search")
    page = login(accountant).get(search, {"s": "open-1", "extended": "1"}).content.decode()
    assert "OPEN-1 Druckhaus Seeblick GmbH" in page
    assert f"{FIND}?q=OPEN-1&amp;connection={linked.pk}" in page
    assert "Druckhaus" not in login(colleague).get(search, {"s": "open-1", "extended": "1"}).content.decode()
