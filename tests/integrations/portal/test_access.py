"""Who gets into which page."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, Membership, User
from integrations.models import Status, SupportRequest
from tests.integrations.portal.conftest import connection_in

PAGES = [
    ("company", {}),
    ("key", {"provider": "lexware"}),
    ("disconnect", {"provider": "lexware"}),
    ("history", {"provider": "lexware"}),
    ("left_out", {"provider": "lexware"}),
    ("support", {}),
    ("ask", {}),
    ("request", {"reference": "K-TEST22"}),
]
POSTS = ["begin", "disconnect"]


def address(name: str, number: str, **parts: str) -> str:
    return reverse(f"portal:{name}", kwargs={"number": number, **parts})


@pytest.fixture(autouse=True)
def asked(kontor_client: Client, member: User) -> SupportRequest:
    connection = connection_in(kontor_client, Status.ACTIVE)
    return SupportRequest.objects.create(
        client=kontor_client, connection=connection, author=member, reference="K-TEST22", message="Help"
    )


@pytest.mark.parametrize(("name", "parts"), PAGES)
class TestPages:
    def test_the_member_sees_it(self, browser: Browser, name: str, parts: dict[str, str]):
        answer = browser.get(address(name, "10001", **parts))
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert "Tischlerei Ahrens GmbH" in answer.content.decode()

    def test_an_outsider_gets_404(self, client: Browser, outsider: User, name: str, parts: dict[str, str]):
        client.force_login(outsider)
        answer = client.get(address(name, "10001", **parts))
        assert answer.status_code == 404
        assert "Ahrens" not in answer.content.decode()

    def test_nobody_gets_to_the_login(self, client: Browser, name: str, parts: dict[str, str]):
        url = address(name, "10001", **parts)
        assert client.get(url).url == f"/login/?next={url}"

    def test_staff_belong_to_the_admin(self, client: Browser, accountant: User, name: str, parts: dict[str, str]):
        client.force_login(accountant)
        assert client.get(address(name, "10001", **parts)).url == "/admin/"


@pytest.mark.django_db
class TestEntrance:
    def test_the_only_company_opens_at_once(self, browser: Browser):
        assert browser.get("/portal/").url == "/portal/10001/connections/"

    def test_several_companies_are_a_choice(self, browser: Browser, member: User, outsider: User):
        other = Client.objects.get(number="10002")
        Membership.objects.create(user=member, client=other)
        answer = browser.get("/portal/")
        page = answer.content.decode()
        assert 'name="number" value="10001"' in page
        assert 'name="number" value="10002"' in page
        assert page.count('data-testid="state"') == 2
        assert 'data-testid="change-company"' in browser.get("/portal/10002/connections/").content.decode()

    def test_no_company_says_whom_to_ask(self, client: Browser, db: None):
        client.force_login(User.objects.create_user("new@nowhere.example", "x"))
        answer = client.get("/portal/")
        assert answer.status_code == 200
        assert "support@kanzlei.example" in answer.content.decode()

    def test_staff_go_to_the_admin(self, client: Browser, accountant: User):
        client.force_login(accountant)
        assert client.get("/portal/").url == "/admin/"

    def test_a_staff_member_with_a_company_of_their_own_sees_only_that(
        self, client: Browser, colleague: User, outsider: User
    ):
        Membership.objects.create(user=colleague, client=Client.objects.get(number="10002"))
        client.force_login(colleague)
        assert client.get("/portal/10002/connections/").status_code == 200
        assert client.get("/portal/10001/connections/").status_code == 404

    def test_an_accountant_is_no_member_of_the_companies_they_keep(
        self, client: Browser, accountant: User, outsider: User
    ):
        Membership.objects.create(user=accountant, client=Client.objects.get(number="10002"))
        client.force_login(accountant)
        assert client.get("/portal/10001/connections/").status_code == 404

    def test_a_request_of_another_company_is_404(self, client: Browser, outsider: User):
        client.force_login(outsider)
        assert client.get(address("request", "10002", reference="K-TEST22")).status_code == 404

    @pytest.mark.parametrize("name", ["key", "history", "disconnect"])
    def test_an_unknown_provider_is_404(self, browser: Browser, name: str):
        assert browser.get(address(name, "10001", provider="sevdesk")).status_code == 404

    def test_somebody_who_may_not_log_in_any_more_is_out(self, browser: Browser, member: User):
        User.objects.filter(pk=member.pk).update(is_active=False)
        assert browser.get("/portal/10001/connections/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("name", POSTS)
class TestChanges:
    def test_without_a_token_nothing_is_changed(self, member: User, kontor_client: Client, name: str):
        strict = Browser(enforce_csrf_checks=True)
        strict.force_login(member)
        answer = strict.post(address(name, "10001", provider="lexware"))
        assert answer.status_code == 403
        assert 'href="/"' in answer.content.decode()
        assert kontor_client.connections.get().status == Status.ACTIVE

    def test_an_outsider_changes_nothing(self, client: Browser, outsider: User, kontor_client: Client, name: str):
        client.force_login(outsider)
        assert client.post(address(name, "10001", provider="lexware")).status_code == 404
        assert kontor_client.connections.get().status == Status.ACTIVE

    def test_staff_change_nothing(self, client: Browser, accountant: User, kontor_client: Client, name: str):
        client.force_login(accountant)
        assert client.post(address(name, "10001", provider="lexware")).url == "/admin/"
        assert kontor_client.connections.get().status == Status.ACTIVE


def test_beginning_is_no_link(browser: Browser):
    assert browser.get(address("begin", "10001", provider="lexware")).status_code == 405
