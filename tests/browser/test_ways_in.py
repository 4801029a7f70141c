"""Every way in, in a real browser: password, code, passkey, second factor; phone and desktop, both languages."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.utils import timezone

from accounts.invitations import invite
from accounts.mail import send_waiting
from accounts.models import Client, Invitation, Membership, User
from integrations.models import Connection
from tests.browser.test_portal import LOOKS, Open, window

__all__ = ["window"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery"


def newest_mail() -> str:
    """The newest mail, once the workers have sent what waits."""
    send_waiting()
    return str(mail.outbox[-1].body)


def code_of_mail() -> str:
    return str(re.findall(r"^ {4}(\d{6})$", newest_mail(), re.M)[0])


@pytest.fixture
def passkeys() -> Callable[[Any], Any]:
    """``passkeys(page)``: a device of the browser that makes passkeys and uses them without asking anybody."""

    def attach(page: Any) -> Any:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        return session

    return attach


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_in_with_a_code(window: Open, member: User, width: int, theme: str, language: str):
    opened = window(width=width, theme=theme, language=language)
    page = opened.go("/portal/10001/banks/")
    opened.look("login")
    page.fill("[name=username]", member.email)
    page.get_by_test_id("by-code").click()
    page.wait_for_url("**/login/code/enter/**")
    opened.look("login-code")
    page.fill("[name=code]", "000000")
    page.click("button.primary")
    page.get_by_role("alert").wait_for()
    opened.look("login-code-wrong")
    page.fill("[name=code]", code_of_mail())
    page.click("button.primary")
    page.wait_for_url("**/portal/10001/banks/")
    page.get_by_test_id("my-account").click()
    opened.look("account")


def test_in_with_a_code_without_script(window: Open, member: User):
    opened = window(script=False)
    page = opened.go("/login/")
    assert not page.get_by_test_id("by-passkey").is_visible()
    page.fill("[name=username]", member.email)
    page.get_by_test_id("by-code").click()
    page.fill("[name=code]", code_of_mail())
    page.click("button.primary")
    page.wait_for_url("**/portal/10001/connections/")


@pytest.mark.parametrize(("width", "language"), [(390, "de"), (1440, "en")])
def test_a_passkey_is_added_used_and_removed(
    window: Open, kontor_client: Client, member: User, passkeys: Any, width: int, language: str
):
    opened = window(width=width, language=language)
    passkeys(opened.page)
    page = opened.go("/login/")
    page.fill("[name=username]", member.email)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.get_by_test_id("my-account").click()
    page.get_by_test_id("add-passkey").click()
    page.wait_for_url("**/account/again/**")
    opened.look("account-again")
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/account/passkeys/add/**")
    opened.look("passkey-add")
    page.fill("[name=name]", "Telefon")
    page.get_by_test_id("save-passkey").click()
    page.wait_for_url("**/account/")
    page.get_by_text("Telefon").wait_for()
    opened.look("account-passkey")

    page.get_by_test_id("logout").click()
    page.wait_for_url("**/logged-out/")
    opened.go("/login/")
    page.get_by_test_id("by-passkey").click()
    page.wait_for_url("**/portal/10001/connections/")

    page.get_by_test_id("logout").click()
    opened.go("/login/")
    page.fill("[name=username]", member.email)
    page.fill("[name=password]", PASSWORD)
    page.click("form button.primary")
    page.wait_for_url("**/portal/10001/connections/")

    page.get_by_test_id("my-account").click()
    page.locator("a[href$='/remove/']").click()
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/remove/**")
    opened.look("passkey-remove")
    page.click("button.primary")
    page.wait_for_url("**/account/")
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()
    assert opened.errors == []


def test_a_passkey_that_is_unknown_here_says_so(window: Open, kontor_client: Client, passkeys: Any):
    opened = window(language="en")
    passkeys(opened.page)
    page = opened.go("/login/")
    page.get_by_test_id("by-passkey").click()
    page.get_by_text("The passkey was not used.").wait_for()


def test_a_passkey_is_the_second_factor_of_staff(window: Open, accountant: User, passkeys: Any, settings: Any):
    settings.STAFF_SECOND_FACTOR = True
    opened = window(width=1440, language="en")
    passkeys(opened.page)
    page = opened.go("/login/?next=/admin/")
    page.fill("[name=username]", accountant.email)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/account/")
    opened.look("account-staff")
    page.get_by_test_id("add-passkey").click()
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.get_by_test_id("save-passkey").click()
    page.wait_for_url("**/account/recovery/")
    opened.look("recovery-codes")
    page.get_by_test_id("logout").click()
    opened.go("/login/?next=/admin/")
    page.fill("[name=username]", accountant.email)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/login/second/**")
    opened.look("second-factor")
    page.get_by_test_id("by-passkey").click()
    page.wait_for_url("**/admin/")
    page.goto(f"{opened.visit.base}/account/app/")
    page.locator("a[href*='/account/again/passkey/']").click()
    opened.look("again-passkey")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/account/app/")
    opened.look("app-add")
    assert opened.errors == []


def link_of_mail() -> str:
    return str(re.findall(r"http://localhost:8000(/invitation/\S+/)", newest_mail())[0])


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_from_the_admin_by_mail_to_connect(
    window: Open, kontor_client: Client, accountant: User, width: int, theme: str, language: str
):
    desk = window(accountant, width=1440, language=language)
    desk.go(f"/admin/accounts/client/{kontor_client.pk}/change/")
    desk.page.get_by_test_id("invite").click()
    desk.page.fill("[name=email]", "nele@tischlerei.example")
    desk.page.fill("[name=name]", "Nele Ahrens")
    desk.page.select_option("select[name=language]", language)
    desk.page.click("form.k-panel button.k-primary")
    desk.page.get_by_text("nele@tischlerei.example").first.wait_for()
    opened = window(width=width, theme=theme, language=language)
    page = opened.go(link_of_mail())
    opened.look("invitation")
    page.get_by_test_id("begin").click()
    page.wait_for_url("**/invitation/")
    opened.look("invitation-accept")
    page.fill("[name=new_password1]", "tidewater lantern 9")
    page.fill("[name=new_password2]", "tidewater lantern 9")
    page.click("button.primary")
    page.wait_for_url("**/portal/10001/connections/")
    page.get_by_test_id("connect").first.wait_for()
    desk.page.reload()
    desk.look("admin-invitations", rules=False)
    assert opened.errors == []


def test_an_invitation_without_password_and_script(window: Open, kontor_client: Client, accountant: User):
    invite(kontor_client, "nele@tischlerei.example", "", "de", accountant)
    opened = window(script=False)
    page = opened.go(link_of_mail())
    page.get_by_test_id("begin").click()
    page.get_by_test_id("by-code").click()
    page.wait_for_url("**/portal/10001/connections/")
    opened.go(link_of_mail())
    page.get_by_role("link", name=re.compile("Anmelden|Log in")).wait_for()
    assert page.locator("[name=new_password1]").count() == 0


@pytest.mark.parametrize(("width", "language"), [(390, "de"), (390, "en"), (1440, "en")])
def test_links_that_do_not_work_say_what_to_do(
    window: Open, kontor_client: Client, accountant: User, width: int, language: str
):
    made = invite(kontor_client, "nele@tischlerei.example", "", language, accountant)
    link = link_of_mail()
    opened = window(width=width, language=language)
    for name, change in (
        ("expired", {"expires_at": timezone.now() - timedelta(minutes=1)}),
        ("withdrawn", {"withdrawn_at": timezone.now()}),
        ("used", {"withdrawn_at": None, "accepted_at": timezone.now()}),
    ):
        Invitation.objects.filter(pk=made.pk).update(**change)
        page = opened.go(link)
        page.locator("main a[href^='mailto:']").wait_for()
        opened.visit.errors = [line for line in opened.visit.errors if "410" not in line]
        opened.look(f"invitation-{name}")


@pytest.mark.parametrize(("width", "language"), [(390, "de"), (390, "en"), (1440, "en")])
def test_an_account_takes_over_a_second_company_and_switches(
    window: Open, kontor_client: Client, member: User, outsider: User, accountant: User, width: int, language: str
):
    User.objects.filter(pk=outsider.pk).update(last_login=timezone.now())
    invite(kontor_client, outsider.email, "", language, accountant)
    opened = window(width=width, language=language)
    page = opened.go(link_of_mail())
    page.get_by_test_id("begin").click()
    opened.look("invitation-login")
    page.get_by_test_id("log-in").click()
    page.fill("[name=username]", outsider.email)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/invitation/")
    opened.look("invitation-add")
    page.get_by_test_id("add-company").click()
    page.wait_for_url("**/portal/10001/connections/")
    page.get_by_test_id("change-company").click()
    opened.look("company-switch")
    page.locator("button[value='10002']").click()
    page.wait_for_url("**/portal/10002/connections/")
    page.get_by_test_id("logout").click()
    opened.go("/login/")
    page.fill("[name=username]", outsider.email)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url("**/portal/10002/connections/")


@pytest.mark.parametrize(("width", "language"), [(390, "de"), (390, "en"), (1440, "en")])
def test_the_choice_of_a_company(
    window: Open, kontor_client: Client, member: User, outsider: User, width: int, language: str
):
    Membership.objects.create(user=member, client=outsider.memberships.get().client)
    opened = window(member, width=width, language=language)
    page = opened.go("/portal/")
    opened.look("companies")
    page.locator("button[value='10002']").click()
    page.wait_for_url("**/portal/10002/connections/")


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_staff_look_and_leave(
    window: Open, kontor_client: Client, member: User, accountant: User, width: int, theme: str, language: str
):
    opened = window(accountant, width=width, theme=theme, language=language)
    page = opened.go(f"/admin/accounts/client/{kontor_client.pk}/change/")
    page.get_by_test_id("view-portal").click()
    page.wait_for_url("**/portal/10001/connections/")
    opened.look("viewing")
    page.get_by_test_id("connect").first.click()
    page.locator(".card a.button").wait_for()
    opened.visit.errors = [line for line in opened.visit.errors if "403" not in line]
    opened.look("viewing-refused")
    assert not Connection.objects.exists()
    page.get_by_test_id("leave").click()
    page.wait_for_url("**/change/")
    page.locator("#visits-title").wait_for()
