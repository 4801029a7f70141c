"""Bank files dropped on the page, chosen by hand, and sent without any script; the questions on phone and desktop."""

import os
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.models import Client, User
from integrations.models import StatementFile
from matching.models import PayoutReport
from matching.services.intake import TransactionData, account_for, import_transactions
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.integrations.payouts.reports import STRIPE
from tests.integrations.uploading.conftest import sample
from tests.integrations.uploading.test_questions import NO_ACCOUNT, OWN, TABLE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = Path(os.environ.get("KONTOR_SHOTS", "var/screenshots/uploads"))
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
LOOKS: list[dict[str, Any]] = [
    {"size": PHONE, "language": "en"},
    {"size": PHONE, "dark": True, "language": "de"},
    {"size": DESKTOP, "language": "en"},
    {"size": DESKTOP, "dark": True, "language": "en"},
]
MT940 = sample("bank/de_berliner_sparkasse.sta")
DROP = """([files]) => {
    const carried = new DataTransfer();
    for (const [name, content] of files)
        carried.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name));
    const at = document.querySelector("[data-drop]");
    for (const kind of ["dragenter", "dragover", "drop"])
        at.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def drop(at: Visit, *files: tuple[str, bytes]) -> None:
    """Drag files from outside onto the page."""
    at.page.evaluate(DROP, [[[name, b64encode(content).decode()] for name, content in files]])


def chosen(*files: tuple[str, bytes]) -> list[Any]:
    """Files as they are given to a file picker."""
    return [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files]


def picture(at: Visit, name: str, form: dict[str, Any]) -> None:
    """Keep the page's picture, and hold it to what holds for all pages."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    shape = f"{form['size'][0]}-{'dark' if form.get('dark') else 'light'}-{form['language']}"
    at.page.screenshot(path=SHOTS / f"{name}-{shape}.png", full_page=True, animations="disabled")
    assert at.sideways() <= 0, f"{name} {shape} scrolls sideways"
    found = Axe().run(at.page, context="main", options=RULES).response
    assert [(item["id"], [node["html"][:160] for node in item["nodes"]]) for item in found["violations"]] == []
    assert at.errors == []


@pytest.mark.parametrize("form", LOOKS, ids=str)
@pytest.mark.parametrize("role", ["portal", "admin"])
def test_drop_files_and_answer_what_is_asked(
    visit: Callable[..., Visit], kontor_client: Client, member: User, accountant: User, role: str, form: dict[str, Any]
) -> None:
    at = visit(member if role == "portal" else accountant, **form)
    inside = f"/admin/integrations/statementfile/add/?client={kontor_client.pk}"
    at.open("/portal/10001/banks/upload/" if role == "portal" else inside)
    picture(at, f"{role}-empty", form)
    drop(at, ("march.sta", MT940), ("cash.csv", TABLE), ("comdirect.csv", NO_ACCOUNT), ("photo.jpg", b"\xff\xd8\xff"))
    results = at.page.get_by_test_id("result")
    results.nth(3).wait_for()
    assert [one.get_attribute("data-tone") for one in results.all()] == ["green", "blue", "blue", "red"]
    assert kontor_client.transactions.exists()
    picture(at, f"{role}-results", form)

    results.nth(1).get_by_test_id("question").click()
    for name, value in {"role-0": "booking_date", "role-1": "counterparty", "role-2": "amount"}.items():
        at.page.select_option(f"[name={name}]", value)
    at.page.get_by_test_id("look").click()
    at.page.get_by_test_id("preview").wait_for()
    picture(at, f"{role}-columns", form)
    at.page.select_option("[name=date_format]", "D/M/Y")
    at.page.select_option("[name=account]", "new")
    at.page.fill("[name=iban]", OWN)
    at.page.get_by_test_id("look").click()
    at.page.get_by_test_id("import").wait_for()
    picture(at, f"{role}-preview", form)
    at.page.get_by_test_id("import").click()
    at.page.locator('[data-tone="green"]').wait_for()
    picture(at, f"{role}-answered", form)
    assert kontor_client.bank_accounts.filter(iban=OWN).exists()

    file = StatementFile.objects.get(name="comdirect.csv")
    asked = f"/portal/10001/banks/upload/{file.pk}/account/"
    at.open(asked if role == "portal" else f"/admin/integrations/statementfile/{file.pk}/account/")
    picture(at, f"{role}-account", form)


def test_files_are_chosen_with_the_picker_and_sent_at_once(
    visit: Callable[..., Visit], kontor_client: Client, member: User
) -> None:
    at = visit(member, size=PHONE, language="en")
    at.open("/portal/10001/banks/upload/")
    at.page.set_input_files("[name=files]", chosen(("march.sta", MT940), ("again.sta", MT940)))
    results = at.page.get_by_test_id("result")
    results.nth(1).wait_for()
    assert [one.get_attribute("data-tone") for one in results.all()] == ["green", "grey"]
    assert at.page.locator("[data-sum]").inner_text() == "Done: 2 of 2 files."
    assert at.errors == []


def test_a_failed_transfer_can_be_tried_again(visit: Callable[..., Visit], kontor_client: Client, member: User) -> None:
    at = visit(member, size=PHONE, language="en")
    at.open("/portal/10001/banks/upload/")
    at.page.context.set_offline(True)
    at.page.set_input_files("[name=files]", chosen(("march.sta", MT940)))
    at.page.get_by_role("button", name="Try again").wait_for()
    assert at.page.locator("[data-sum]").inner_text() == "Done: 0 of 1 files."
    at.page.context.set_offline(False)
    at.page.get_by_role("button", name="Try again").click()
    at.page.locator('[data-tone="green"]').wait_for()
    assert at.page.locator("[data-sum]").inner_text() == "Done: 1 of 1 files."
    assert kontor_client.transactions.exists()


def test_the_progress_is_a_bar_on_the_firms_pages_too(
    visit: Callable[..., Visit], kontor_client: Client, accountant: User
) -> None:
    at = visit(accountant, size=PHONE, language="en")
    at.page.route(
        "**/statementfile/add/**", lambda route: None if route.request.method == "POST" else route.continue_()
    )
    at.open(f"/admin/integrations/statementfile/add/?client={kontor_client.pk}")
    drop(at, ("march.sta", MT940), ("again.sta", MT940))
    bar = at.page.locator("progress")
    bar.wait_for()
    box = bar.bounding_box()
    assert box is not None
    assert (box["height"], box["width"] > 200) == (8, True)
    assert "waits" in at.page.locator("[data-results] li").nth(1).inner_text()


def test_without_script_a_plain_form_does_it(visit: Callable[..., Visit], kontor_client: Client, member: User) -> None:
    at = visit(member, size=PHONE, language="en", scripts=False)
    at.open("/portal/10001/banks/upload/")
    at.page.set_input_files("[name=files]", chosen(("march.sta", MT940), ("cash.csv", TABLE)))
    at.page.get_by_role("button", name="Upload").click()
    assert [one.get_attribute("data-tone") for one in at.page.get_by_test_id("result").all()] == ["green", "blue"]
    at.page.screenshot(path=_shots() / "without-script.png", full_page=True)
    at.page.get_by_test_id("question").click()
    at.page.get_by_test_id("look").click()
    assert at.page.get_by_test_id("preview").is_visible() or at.page.get_by_role("alert").first.is_visible()


def test_a_payout_is_taken_apart_by_its_report(
    visit: Callable[..., Visit], kontor_client: Client, accountant: User
) -> None:
    account = account_for(kontor_client, iban=OWN)
    day = date(2025, 3, 14)
    import_transactions(
        account, [TransactionData("k", day, day, Decimal("115.00"), "EUR", counterparty="Stripe Payments Europe")]
    )
    broken = STRIPE.replace("15.50,984.50", "15.50,900.00").replace("po_", "po_9")
    for form in (LOOKS[0], LOOKS[3]):
        at = visit(accountant, **form)
        at.open(f"/admin/integrations/statementfile/add/?client={kontor_client.pk}")
        drop(at, ("stripe.csv", STRIPE.encode()), ("broken.csv", broken.encode()), ("empty.csv", b""))
        results = at.page.get_by_test_id("result")
        results.nth(2).wait_for()
        assert [one.get_attribute("data-tone") for one in results.all()][1:] == ["amber", "red"]
        assert "1,000.00 less 15.50 is not 900.00" in results.nth(1).inner_text()
        picture(at, "admin-payouts", form)
        line = account.transactions.get()
        at.open(f"/admin/matching/transaction/{line.pk}/change/")
        parts = at.page.locator("table.k-sum").inner_text().split()
        assert [part for part in parts if "€" in part] == ["€169.00", "−€50.00", "−€4.00", "€115.00"] or [
            part.replace("\u00a0", "") for part in parts if any(sign.isdigit() for sign in part)
        ] == ["169.00", "−50.00", "−4.00", "115.00"]
        at.open(f"/admin/matching/payoutreport/{PayoutReport.objects.earliest('pk').pk}/change/")
        picture(at, "admin-report", form)


def _shots() -> Path:
    SHOTS.mkdir(parents=True, exist_ok=True)
    return SHOTS
