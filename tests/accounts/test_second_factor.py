"""The second factor of staff: asked for, enforced by a setting, and its secret encrypted."""

from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import InvalidToken
from django.test import Client as Browser

from accounts.models import User

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery"


def now_code() -> str:
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


@pytest.fixture
def protected(accountant: User) -> User:
    TOTP.activate(accountant, SECRET)
    return accountant


def test_after_the_password_comes_the_code_of_the_app(client: Browser, protected: User):
    answer = client.post("/login/", {"username": protected.email, "password": PASSWORD})
    assert answer.url == "/login/second/"
    assert "_auth_user_id" not in client.session
    assert client.post("/login/second/", {"code": "000000"}).status_code == 200
    assert client.get("/admin/").status_code == 302
    assert client.post("/login/second/", {"code": now_code()}).url == "/"
    assert client.get("/admin/").status_code == 200


def test_a_code_of_the_app_works_once(client: Browser, protected: User):
    code = now_code()
    for browser, inside in ((client, True), (Browser(), False)):
        browser.post("/login/", {"username": protected.email, "password": PASSWORD})
        browser.post("/login/second/", {"code": code})
        assert ("_auth_user_id" in browser.session) == inside


def test_the_secret_is_not_readable_in_the_database(protected: User, settings: Any):
    stored = Authenticator.objects.get(user=protected).data["secret"]
    assert SECRET not in stored
    assert get_adapter().decrypt(stored) == SECRET
    settings.FERNET_KEYS = ["newer", *settings.FERNET_KEYS]
    assert get_adapter().decrypt(stored) == SECRET, "an older key still reads it"
    settings.FERNET_KEYS = ["quite another"]
    with pytest.raises(InvalidToken):
        get_adapter().decrypt(stored)


def test_the_setting_closes_the_admin_until_there_is_one(client: Browser, accountant: User, settings: Any):
    client.force_login(accountant)
    assert client.get("/admin/").status_code == 200
    settings.STAFF_SECOND_FACTOR = True
    assert client.get("/admin/").url == "/account/"
    assert client.get("/account/").status_code == 200
    TOTP.activate(accountant, SECRET)
    assert client.get("/admin/").status_code == 200


def test_clients_are_not_asked_for_one(client: Browser, member: User, settings: Any):
    settings.STAFF_SECOND_FACTOR = True
    client.force_login(member)
    assert client.get("/portal/10001/connections/").status_code == 200


def test_an_app_is_added_after_the_password_once_more(client: Browser, accountant: User):
    client.post("/login/", {"username": accountant.email, "password": PASSWORD})
    asked = client.get("/account/app/")
    assert asked.url.startswith("/account/again/")
    assert client.post(asked.url, {"password": "wrong"}).status_code == 200
    assert client.post(asked.url, {"password": PASSWORD}).url == "/account/app/"
    page = client.get("/account/app/")
    assert "data:image/svg+xml" in page.content.decode()
    assert client.post("/account/app/", {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("path", ["/account/", "/account/app/", "/account/passkeys/add/", "/account/recovery/"])
def test_strangers_are_led_to_the_login(client: Browser, db: None, path: str):
    assert client.get(path).url.startswith("/login/")


def test_somebody_else_s_passkey_is_not_there(client: Browser, accountant: User, member: User):
    theirs = Authenticator.objects.create(user=accountant, type=Authenticator.Type.WEBAUTHN, data={"name": "x"})
    client.post("/login/", {"username": member.email, "password": PASSWORD})
    client.post("/account/again/", {"password": PASSWORD})
    assert client.post(f"/account/passkeys/{theirs.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()
