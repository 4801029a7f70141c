"""The page of a connection, and what support does there."""

import pytest
import responses
from django.conf import settings
from django.urls import reverse

from accounts.models import Client, User
from integrations.models import ConnectionSecret, Reason, Status, SupportRequest, SyncRun
from tests.admin.conftest import Login
from tests.factories import World, connection, world

KEY = "kQ3sT9vLm2-a-key-that-nobody-may-see-x7Qk"


@pytest.fixture
def failed(kontor_client: Client, member: User) -> World:
    made = world(kontor_client, member, failed=True)
    ConnectionSecret.objects.create(connection=made.connection, api_key=KEY)
    return made


def test_the_case_is_on_the_page_and_the_key_is_not(failed: World, support: User, login: Login) -> None:
    browser = login(support)
    page = browser.get(reverse("admin:integrations_connection_change", args=[failed.connection.pk])).content.decode()
    for words in (
        "Connection failed",
        "key_rejected",
        "The client has to act.",
        "Ask the client for a new API key.",
        "The client reads:",
        "1f0c2f0e-7a53-4c4e-90d1-7a0fdd4a2b11",
        "…x7Qk",
        "Der Schlüssel wird nicht angenommen.",
    ):
        assert words in page
    assert KEY not in page
    assert KEY[:12] not in page
    assert failed.connection.key_fingerprint[:12] in page
    assert page.index("The client wrote") < page.index("State changed"), "newest first"


def test_checking_and_fetching_need_a_post(failed: World, partner: User, login: Login) -> None:
    browser = login(partner)
    for name in ("check", "sync"):
        address = reverse(f"admin:integrations_connection_{name}", args=[failed.connection.pk])
        assert browser.get(address).status_code == 405


def test_accountants_act_on_the_connections_of_their_own_clients(
    failed: World, accountant: User, colleague: User, login: Login
) -> None:
    page = reverse("admin:integrations_connection_change", args=[failed.connection.pk])
    assert "Check now" in login(accountant).get(page).content.decode()
    for name in ("check", "sync"):
        address = reverse(f"admin:integrations_connection_{name}", args=[failed.connection.pk])
        assert login(colleague).post(address).status_code == 404


@responses.activate
def test_a_check_that_fails_says_why(failed: World, support: User, login: Login) -> None:
    responses.get(f"{settings.LEXWARE_API_URL}/v1/profile", status=401, json={"message": "Unauthorized"})
    browser = login(support)
    address = reverse("admin:integrations_connection_check", args=[failed.connection.pk])
    page = browser.post(address, follow=True).content.decode()
    failed.connection.refresh_from_db()
    assert (failed.connection.status, failed.connection.reason) == (Status.FAILED, Reason.KEY_REJECTED)
    assert "Connection failed: API key rejected" in page


def test_fetching_twice_asks_once(kontor_client: Client, support: User, login: Login) -> None:
    linked = connection(kontor_client)
    browser = login(support)
    for _ in range(2):
        browser.post(reverse("admin:integrations_connection_sync", args=[linked.pk]))
    run = SyncRun.objects.get(connection=linked)
    assert run.trigger == SyncRun.Trigger.MANUAL


def test_nothing_is_fetched_while_the_connection_failed(failed: World, support: User, login: Login) -> None:
    before = SyncRun.objects.count()
    address = reverse("admin:integrations_connection_sync", args=[failed.connection.pk])
    page = login(support).post(address, follow=True).content.decode()
    assert "only while the connection is active" in page
    assert SyncRun.objects.count() == before


def test_skipped_vouchers_come_with_reasons(failed: World, accountant: User, login: Login) -> None:
    page = login(accountant).get(reverse("admin:integrations_syncrun_change", args=[failed.run.pk])).content.decode()
    for words in ("RE-1999", "no_payment_information", "No payment found"):
        assert words in page


def test_a_request_is_closed_once(failed: World, support: User, accountant: User, login: Login) -> None:
    address = reverse("admin:integrations_supportrequest_close", args=[failed.request.pk])
    assert login(accountant).post(address).status_code == 403
    browser = login(support)
    assert browser.get(address).status_code == 405
    assert "Marked as settled." in browser.post(address, follow=True).content.decode()
    assert "It was settled already." in browser.post(address, follow=True).content.decode()
    assert SupportRequest.objects.get().state == SupportRequest.State.CLOSED
