"""Reviewing by keyboard in a real browser; and the same by buttons, where scripts are off."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import Page

from accounts.groups import ACCOUNTANT, install
from accounts.models import Client, User
from accounts.services import add_client
from matching.models import Proposal
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.conftest import TODAY
from tests.factories import attach, booking, cases, pdf, proposal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Visit]


@pytest.fixture
def keeper(transactional_db: None) -> User:
    """The accountant; the groups are made anew, because these tests empty the whole database."""
    install()
    user = User.objects.create_user("anna@kanzlei.example", "x", name="Anna Albers", is_staff=True)
    user.groups.add(Group.objects.get(name=ACCOUNTANT))
    return user


@pytest.fixture
def books(keeper: User) -> Client:
    """The client whose cases are reviewed."""
    return add_client(
        name="Tischlerei Ahrens GmbH", email="a@example.org", number="10001", accountant=keeper, today=TODAY
    )


def _case(made: Proposal) -> str:
    return reverse("admin:review_case", args=[made.pk])


def _press(page: Page, key: str, then: str) -> None:
    page.keyboard.press(key)
    page.wait_for_url(f"**{then}")


def _state(made: Proposal) -> str:
    made.refresh_from_db()
    return made.state


def test_a_queue_is_worked_off_without_the_mouse(visit: Open, keeper: User, books: Client, media: Path) -> None:
    first, second, third, fourth = cases(books, 4)
    pays = third.allocations.get().voucher
    other = proposal(pays, booking(books, 60, f"-{pays.total}", "OHNE NUMMER"), rank=2, probability="0.4100")
    at = visit(keeper, language="en")
    at.open(_case(first))
    page = at.page
    assert page.locator(".k-case-document img").first.evaluate("image => image.decode().then(() => true)")
    assert page.get_by_text("case 1 of 4").is_visible()
    _press(page, "j", _case(second))
    _press(page, "k", _case(first))
    _press(page, "Enter", _case(second))
    assert _state(first) == Proposal.State.CONFIRMED
    _press(page, "z", _case(first))
    assert _state(first) == Proposal.State.SUGGESTED
    _press(page, "Enter", _case(second))
    _press(page, "r", _case(third))
    assert _state(second) == Proposal.State.REJECTED
    _press(page, "2", _case(fourth))
    assert _state(other) == Proposal.State.CONFIRMED
    page.keyboard.press("?")
    assert page.get_by_text("undo your last decision").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_text("undo your last decision").is_visible()
    _press(page, "Enter", reverse("admin:review"))
    assert page.get_by_text("Everything is reviewed").is_visible()
    assert at.errors == []


def test_typing_a_reason_presses_no_keys(visit: Open, keeper: User, books: Client, media: Path) -> None:
    first, second = cases(books, 2)
    at = visit(keeper, language="en")
    at.open(_case(first))
    at.page.locator("#reason").click()
    at.page.keyboard.type("jkzr2 falsche Rechnung?")
    assert at.page.url.endswith(_case(first))
    # Enter in the reason's field rejects: a reason is written for a refusal.
    _press(at.page, "Enter", _case(second))
    assert _state(first) == Proposal.State.REJECTED
    assert first.decisions.get().reason == "jkzr2 falsche Rechnung?"


def test_a_held_key_decides_one_case_only(visit: Open, keeper: User, books: Client, media: Path) -> None:
    first, second, third = cases(books, 3)
    at = visit(keeper, language="en")
    at.open(_case(first))
    at.page.keyboard.down("Enter")
    for _ in range(20):
        at.page.keyboard.down("Enter")
    at.page.wait_for_url(f"**{_case(second)}")
    for _ in range(20):
        at.page.keyboard.down("Enter")
    at.page.keyboard.up("Enter")
    at.page.wait_for_load_state()
    assert [_state(made) for made in (first, second, third)] == ["confirmed", "suggested", "suggested"]


def test_everything_works_without_scripts(visit: Open, keeper: User, books: Client, media: Path) -> None:
    first, second = cases(books, 2)
    at = visit(keeper, language="en", scripts=False)
    at.open(_case(first))
    at.page.get_by_role("button", name="Confirm").click()
    at.page.wait_for_url(f"**{_case(second)}")
    assert _state(first) == Proposal.State.CONFIRMED
    at.page.get_by_role("button", name="Undo").click()
    at.page.wait_for_url(f"**{_case(first)}")
    assert _state(first) == Proposal.State.SUGGESTED


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_decision_is_within_reach(
    size: tuple[int, int], visit: Open, keeper: User, books: Client, media: Path
) -> None:
    (first,) = cases(books, 1)
    attach(first.allocations.get().voucher, pdf("eins", "zwei", "drei"), "zweite Datei.pdf")
    at = visit(keeper, size=size, language="en")
    at.open(_case(first))
    button = at.page.get_by_role("button", name="Confirm")
    box = button.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size[1]
    assert at.sideways() <= 0
    at.page.get_by_role("link", name="zweite Datei.pdf").first.click()
    assert at.page.locator(".k-document:visible").count() == 1
    assert at.page.locator(".k-document:visible img").count() == 3
    assert at.errors == []
