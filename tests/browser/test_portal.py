"""The client's pages in a real browser: every state, phone and desktop, light and dark, German and English."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from playwright.sync_api import Page

from accounts.models import Client, Membership, User
from accounts.services import add_client
from integrations.models import ConnectionEvent, Reason, SkippedRecord, Status, SupportRequest, SyncRun
from tests.browser.portal_window import LOOKS, Open, window
from tests.integrations.portal.conftest import connection_in, lexware, lexware_server
from tests.integrations.portal.test_states import voucher

__all__ = ["lexware", "lexware_server", "window"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OVERVIEW = "/portal/10001/connections/"


def with_history(client: Client, member: User) -> None:
    """An active connection with everything a card and its pages can show."""
    connection = connection_in(client, Status.ACTIVE)
    now = timezone.now()
    for number in range(12):
        voucher(client, number)
    run = SyncRun.objects.create(connection=connection, state="done", trigger="schedule")
    for external_id, name, reason in [
        ("1", "RE-2026-0114", "not_downloadable"),
        ("2", "Kassenbon 88", "no_payment_information"),
        ("3", "", "record_unreadable"),
    ]:
        SkippedRecord.objects.create(run=run, external_id=external_id, number=name, reason=reason)
    happened: list[tuple[int, dict[str, Any]]] = [
        (40, {"kind": "status", "from_status": "none", "to_status": "activate", "actor": member}),
        (40, {"kind": "status", "from_status": "activate", "to_status": "active", "actor": member}),
        (39, {"kind": "sync", "detail": {"created": 412, "changed": 0}}),
        (20, {"kind": "status", "from_status": "active", "to_status": "failed", "reason": "key_rejected"}),
        (20, {"kind": "support", "detail": {"reference": "K-7MQ2XR"}, "actor": member}),
        (19, {"kind": "status", "from_status": "failed", "to_status": "active", "actor": member}),
        (2, {"kind": "sync", "detail": {"created": 0, "changed": 0}}),
        (1, {"kind": "sync", "detail": {"created": 0, "changed": 0}}),
        (0, {"kind": "sync", "detail": {"created": 4, "changed": 1, "skipped": 3}}),
    ]
    for days, fields in happened:
        ConnectionEvent.objects.create(connection=connection, at=now - timedelta(days=days), **fields)
    for reference, state, text in [
        ("K-7MQ2XR", "closed", "Der Schlüssel von letzter Woche geht nicht mehr. Was muss ich tun?"),
        ("K-H4T9PD", "open", ""),
    ]:
        SupportRequest.objects.create(
            client=client, connection=connection, author=member, reference=reference, state=state, message=text,
            reason="" if text else "key_rejected",
        )  # fmt: skip


@dataclass
class Hand:
    """A person's hand: every field that is filled and everything that is pressed counts as one interaction."""

    page: Page
    interactions: int = 0

    def fill(self, field: str, value: str) -> None:
        self.interactions += 1
        self.page.fill(field, value)

    def click(self, thing: str) -> None:
        self.interactions += 1
        self.page.click(thing)


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
class TestLooks:
    def test_without_a_login(self, window: Open, width: int, theme: str, language: str):
        opened = window(width=width, theme=theme, language=language)
        for name, path in [
            ("login", "/login/"),
            ("logged-out", "/logged-out/"),
            ("password", "/password/"),
            ("password-sent", "/password/sent/"),
            ("password-link-used", "/password/MQ/x-y/"),
        ]:
            opened.go(path)
            opened.look(f"portal-{name}")
        opened.go("/login/")
        opened.page.fill("[name=username]", "somebody@nowhere.example")
        opened.page.fill("[name=password]", "wrong")
        opened.page.click("button.primary")
        assert opened.page.get_by_role("alert").count() == 1
        opened.look("portal-login-wrong")

    def test_the_four_states(
        self, window: Open, kontor_client: Client, member: User, width: int, theme: str, language: str
    ):
        opened = window(member, width=width, theme=theme, language=language)
        for status in Status:
            connection = connection_in(
                kontor_client, status, Reason.KEY_REJECTED if status == Status.FAILED else "", success_seen=False
            )
            if status == Status.ACTIVE:
                SyncRun.objects.create(
                    connection=connection, state="running", trigger="connect", phase="documents", done=37, total=412
                )
            opened.go(OVERVIEW)
            opened.look(f"portal-{status}")
            assert opened.page.get_by_test_id("card-lexware").get_attribute("data-status") == status
            opened.go(f"{OVERVIEW}lexware/key/")
            opened.look(f"portal-{status}-key")
            opened.go("/portal/10001/support/new/?connection=lexware")
            opened.look(f"portal-{status}-ask")
        for reason in Reason if (width, theme) == (390, "light") else ():
            connection_in(kontor_client, Status.FAILED, reason)
            opened.go(OVERVIEW)
            opened.look(f"portal-failed-{reason}", rules=False)
        opened.go(f"{OVERVIEW}lexware/key/")
        opened.page.fill("[name=api_key]", "https://app.lexware.de/addons/public-api")
        opened.page.get_by_test_id("submit-key").click()
        opened.page.get_by_role("alert").wait_for()
        opened.look("portal-key-error")

    def test_everything_else(
        self, window: Open, kontor_client: Client, member: User, width: int, theme: str, language: str
    ):
        opened = window(member, width=width, theme=theme, language=language)
        opened.go("/portal/10001/support/")
        opened.look("portal-support-empty")
        with_history(kontor_client, member)
        for name, path in [
            ("active-quiet", OVERVIEW),
            ("history", f"{OVERVIEW}lexware/history/"),
            ("left-out", f"{OVERVIEW}lexware/left-out/"),
            ("disconnect", f"{OVERVIEW}lexware/disconnect/"),
            ("key-end", f"{OVERVIEW}lexware/key-end/"),
            ("support", "/portal/10001/support/"),
            ("request", "/portal/10001/support/K-H4T9PD/"),
        ]:
            opened.go(path)
            opened.look(f"portal-{name}")
        opened.go(OVERVIEW)
        opened.page.locator("summary").click()
        opened.look("portal-explained")
        other = add_client(name="Ahrens Grundbesitz GbR", email="", number="10077", today=timezone.localdate())
        Membership.objects.create(user=member, client=other)
        opened.go("/portal/")
        opened.look("portal-choose")
        opened.go("/portal/10077/connections/")
        opened.look("portal-second-company")
        person = urlsafe_base64_encode(str(member.pk).encode())
        opened.go(f"/password/{person}/{default_token_generator.make_token(member)}/")
        assert opened.page.locator("[name=new_password1]").is_visible()
        opened.look("portal-password-choose")
        opened.go("/portal/99999/connections/")
        opened.visit.errors = [line for line in opened.visit.errors if "404" not in line]
        opened.look("portal-404")


@pytest.mark.parametrize("script", [True, False])
def test_a_newcomer_is_active_after_six_interactions(
    window: Open, kontor_client: Client, member: User, lexware: Any, script: bool
):
    """Address, password, log in, "+ Connect", paste, connect; the same without JavaScript."""
    opened = window(script=script)
    page = opened.go("/login/")
    hand = Hand(page)
    hand.fill("[name=username]", member.email)
    hand.fill("[name=password]", "correct horse battery")
    hand.click("button.primary")
    hand.click("[data-testid=connect]")
    hand.fill("[name=api_key]", f"  {lexware.organizations[0]['key']}\n")
    hand.click("[data-testid=submit-key]")
    page.get_by_test_id("success-banner").wait_for()
    assert page.get_by_test_id("card-lexware").get_attribute("data-status") == "active"
    assert lexware.organizations[0]["key"] not in page.content()
    assert hand.interactions <= 6
    assert opened.errors == []


@pytest.mark.parametrize("script", [True, False])
def test_a_company_that_moved_says_so_with_one_tick(
    window: Open, kontor_client: Client, member: User, lexware: Any, script: bool
):
    connection_in(kontor_client, Status.FAILED, Reason.KEY_EXPIRED)
    voucher(kontor_client, 1)
    opened = window(member, language="en", script=script)
    page = opened.go(f"{OVERVIEW}lexware/key/")
    key = lexware.organizations[1]["key"]
    page.fill("[name=api_key]", key)
    page.get_by_test_id("submit-key").click()
    box = page.get_by_label("Yes, we have moved from “Ahrens Möbel”")
    box.wait_for()
    assert not box.is_checked()
    assert page.locator("[name=api_key]").input_value() == ""
    if script:
        opened.look("portal-key-move")
    box.check()
    page.fill("[name=api_key]", key)
    page.fill("[name=key_expires_on]", (timezone.localdate() + timedelta(days=370)).isoformat())
    page.get_by_test_id("submit-key").click()
    page.get_by_test_id("success-banner").wait_for()
    assert page.get_by_test_id("card-lexware").get_attribute("data-status") == "active"
    assert "expires in 12 months" in page.get_by_test_id("key-end").inner_text()
    assert key not in page.content()


def test_by_keyboard_alone(window: Open, kontor_client: Client, member: User, lexware: Any):
    opened = window(member, width=1440)
    page = opened.go(OVERVIEW)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # the page that shows whether the plan is right
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.testid") == "connect"
    page.keyboard.press("Enter")
    page.wait_for_url("**/key/")
    field = page.locator("[name=api_key]")
    for _ in range(20):
        page.keyboard.press("Tab")
        if field.evaluate("field => field === document.activeElement"):
            break
    page.keyboard.type("not-the-right-key-but-long-enough")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert field.evaluate("field => field === document.activeElement"), "goes on where the error is"
    assert field.input_value() == ""
    page.keyboard.type(lexware.organizations[0]["key"])
    page.keyboard.press("Enter")
    page.get_by_test_id("success-banner").wait_for()


def test_progress_moves_by_itself_and_ends_with_the_whole_card(window: Open, kontor_client: Client, member: User):
    connection = connection_in(kontor_client, Status.ACTIVE)
    run = SyncRun.objects.create(connection=connection, state="running", trigger="connect", phase="list")
    opened = window(member, language="en")
    page = opened.go(OVERVIEW)
    SyncRun.objects.filter(pk=run.pk).update(phase="documents", done=7, total=9)
    page.get_by_text("7 of 9").wait_for(timeout=8000)
    SyncRun.objects.filter(pk=run.pk).update(state="done")
    page.get_by_test_id("progress").wait_for(state="detached", timeout=8000)
    assert opened.errors == []


def test_the_language_is_switched_where_one_is(window: Open, member: User):
    opened = window(member, language="de")
    page = opened.go(f"{OVERVIEW}lexware/key/")
    page.get_by_role("button", name="English").click()
    assert page.url.endswith(f"{OVERVIEW}lexware/key/")
    assert page.locator("html").get_attribute("lang") == "en"


def test_asking_support_from_the_banner(window: Open, kontor_client: Client, member: User):
    connection_in(kontor_client, Status.FAILED, Reason.KEY_EXPIRED)
    opened = window(member)
    page = opened.go(OVERVIEW)
    page.get_by_test_id("contact-support").click()
    page.get_by_test_id("send").dblclick()
    page.get_by_test_id("reference").wait_for()
    assert SupportRequest.objects.count() == 1, "a double click asks once"


@pytest.mark.parametrize("path", ["/login/", OVERVIEW, f"{OVERVIEW}lexware/key/"])
def test_a_page_is_small_and_its_targets_are_large(window: Open, kontor_client: Client, member: User, path: str):
    connection_in(kontor_client, Status.FAILED, Reason.KEY_REJECTED)
    opened = window(None if path == "/login/" else member)
    sizes: list[int] = []
    opened.page.on("response", lambda answer: sizes.append(len(answer.body())))
    page = opened.go(path)
    page.wait_for_load_state("networkidle")
    assert sum(sizes) < 60_000, "uncompressed, and still below what the first page may transfer"
    small = page.evaluate(
        """[...document.querySelectorAll("a, button, input:not([type=hidden]), summary")]
           .filter(e => !e.closest("p") && e.checkVisibility() && !e.matches(".skip"))
           .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
           .filter(([, height]) => height < 44)"""
    )
    assert small == []
