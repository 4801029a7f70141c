"""External transactions in a real browser: refused, kept as a draft, answered, and changed, on phone and desktop."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Client, User
from matching.models import ExternalPayment
from tests.browser.conftest import DESKTOP, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = Path(os.environ.get("KONTOR_SHOTS", "var/screenshots/external"))


def picture(at: Visit, name: str) -> None:
    """Keep the page's picture; no page scrolls sideways."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    at.page.screenshot(path=SHOTS / f"{name}.png", full_page=True, animations="disabled")
    assert at.sideways() <= 0, name
    assert at.errors == [], name


@pytest.mark.parametrize(
    ("role", "form"),
    [("portal", {"size": PHONE, "dark": True}), ("admin", {"size": DESKTOP})],
    ids=["portal", "admin"],
)
def test_a_payment_in_cash_goes_from_a_slip_to_a_draft_to_a_saved_one(
    visit: Callable[..., Visit], kontor_client: Client, member: User, accountant: User, role: str, form: dict[str, Any]
) -> None:
    at = visit(member if role == "portal" else accountant, language="en", **form)
    inside = f"/admin/external/new/{kontor_client.pk}/"
    at.open(f"/portal/{kontor_client.number}/external/new/" if role == "portal" else inside)
    at.page.fill("[name=amount]", "twelve")
    at.page.fill("[name=name]", "Bäckerei Lüttmann")
    at.page.click("button[value=draft]")
    for words in ("Please enter the day of the payment.", "Please enter an amount, for example 12.50."):
        at.page.get_by_text(words).wait_for()
    assert at.page.locator("[name=amount]").input_value() == "twelve"
    assert at.page.locator("[name=name]").input_value() == "Bäckerei Lüttmann"
    picture(at, f"{role}-refused")
    at.page.fill("[name=date]", "2025-03-14")
    at.page.fill("[name=amount]", "12.50")
    at.page.click("button[value=draft]")
    yes = at.page.locator("button[name=action][value=save]")
    yes.wait_for()
    payment = ExternalPayment.objects.get()
    assert (payment.state, str(payment.amount)) == ("draft", "-12.50")
    picture(at, f"{role}-draft")
    yes.click()
    yes.wait_for(state="detached")
    payment.refresh_from_db()
    assert payment.state == "saved"
    assert payment.transaction is not None
    picture(at, f"{role}-saved")
