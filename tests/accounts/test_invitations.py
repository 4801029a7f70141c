"""Invitations: a link that works once, for seven days, and that looking at it does not use up."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outgoing
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from accounts import invitations
from accounts.invitations import Gone, UnableToInvite, accept_as, accept_new, hash_of, invite, send
from accounts.mail import send_waiting
from accounts.models import Client, Invitation, Mail, Membership, User
from tests.threads import in_threads, join

pytestmark = pytest.mark.django_db
ADDRESS = "nele@tischlerei.example"
NEW = "tidewater lantern 9"


def invited(client: Client, by: User, address: str = ADDRESS, language: str = "en") -> tuple[Invitation, str]:
    """An invitation, and the path of the link in its mail."""
    made = invite(client, address, "Nele Ahrens", language, by)
    outgoing.outbox.clear()
    send_waiting()
    return made, path_of_mail()


def path_of_mail() -> str:
    return str(re.findall(r"http://localhost:8000(/invitation/\S+/)", str(outgoing.outbox[-1].body))[0])


def begin(browser: Browser, path: str) -> Any:
    assert browser.post(path).url == "/invitation/"
    return browser.get("/invitation/")


def test_in_with_a_password_to_the_company(client: Browser, kontor_client: Client, accountant: User):
    made, path = invited(kontor_client, accountant)
    assert outgoing.outbox[0].to == [ADDRESS]
    assert "Nele Ahrens" in outgoing.outbox[0].body
    page = begin(client, path).content.decode()
    assert 'autocomplete="new-password"' in page
    answer = client.post("/invitation/", {"way": "password", "new_password1": NEW, "new_password2": NEW}, follow=True)
    assert answer.redirect_chain[-1][0] == "/portal/10001/connections/"
    user = User.objects.get(email=ADDRESS)
    assert (user.name, user.language, user.check_password(NEW)) == ("Nele Ahrens", "en", True)
    made.refresh_from_db()
    assert (made.state_at(timezone.now()), made.accepted_by) == (Invitation.State.ACCEPTED, user)


def test_in_without_a_password(client: Browser, kontor_client: Client, accountant: User):
    begin(client, invited(kontor_client, accountant)[1])
    assert client.post("/invitation/", {"way": "code"}, follow=True).redirect_chain[-1][0].endswith("/connections/")
    assert not User.objects.get(email=ADDRESS).has_usable_password()


def test_a_weak_password_is_explained_and_uses_nothing_up(client: Browser, kontor_client: Client, accountant: User):
    begin(client, invited(kontor_client, accountant)[1])
    page = client.post("/invitation/", {"way": "password", "new_password1": "1234", "new_password2": "1234"})
    assert 'role="alert"' in page.content.decode()
    assert not User.objects.filter(email=ADDRESS).exists()


def test_looking_changes_nothing(client: Browser, kontor_client: Client, accountant: User):
    """Programs that look for viruses, and previews of messengers, open every link."""
    made, path = invited(kontor_client, accountant)
    before = Invitation.objects.filter(pk=made.pk).values().get()
    for method in (client.get, client.head, client.get):
        assert method(path).status_code == 200
    assert Invitation.objects.filter(pk=made.pk).values().get() == before
    assert client.post(path).status_code == 302
    assert Invitation.objects.get(pk=made.pk).state_at(timezone.now()) == Invitation.State.OPENED


def test_the_link_is_nowhere_in_the_database(kontor_client: Client, accountant: User):
    made = invite(kontor_client, ADDRESS, "", "de", accountant)
    token = re.findall(r"/invitation/(\S+)/", Mail.objects.get().text)[0]
    assert made.token_hash == hash_of(token)
    with connection.cursor() as cursor:
        for table in ("accounts_invitation", "accounts_mail", "django_q_ormq"):
            cursor.execute(f"SELECT * FROM {table}")
            assert token not in str([bytes(v) if isinstance(v, memoryview) else v for r in cursor for v in r])


def test_the_link_works_once(client: Browser, kontor_client: Client, accountant: User):
    path = invited(kontor_client, accountant)[1]
    begin(client, path)
    other = Browser()
    begin(other, path)
    client.post("/invitation/", {"way": "code"})
    late = other.post("/invitation/", {"way": "password", "new_password1": NEW, "new_password2": NEW})
    assert late.status_code == 410
    used = Browser().get(path)
    assert (used.status_code, "/login/" in used.content.decode()) == (410, True)
    assert not User.objects.get(email=ADDRESS).has_usable_password()


@pytest.mark.parametrize(("language", "words"), [("en", "seven days"), ("de", None)])
def test_an_old_link_says_what_to_do(
    client: Browser, kontor_client: Client, accountant: User, language: str, words: str | None
):
    _, path = invited(kontor_client, accountant, language=language)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        answer = client.get(path)
        page = answer.content.decode()
        assert answer.status_code == 410
        assert client.post(path).status_code == 410
    assert "mailto:support@kanzlei.example" in page
    assert f'lang="{language}"' in page
    assert words is None or words in page


def test_a_broken_link_says_what_to_do(client: Browser, db: None):
    answer = client.get("/invitation/not-a-token/")
    assert (answer.status_code, "mailto:" in answer.content.decode()) == (404, True)
    assert client.get("/invitation/").status_code == 404


def test_sent_again_only_the_newest_link_works(client: Browser, kontor_client: Client, accountant: User):
    made, old = invited(kontor_client, accountant)
    again, new = invited(kontor_client, accountant)
    assert again.pk == made.pk
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    assert Invitation.objects.count() == 1


def test_sent_again_before_the_first_was_mailed_is_one_mail(kontor_client: Client, accountant: User):
    made = invite(kontor_client, ADDRESS, "", "de", accountant)
    assert send(made)
    assert send_waiting() == 1
    assert Mail.objects.get(state=Mail.State.EXPIRED).text == ""


def test_withdrawn_it_does_not_work_and_cannot_be_sent(client: Browser, kontor_client: Client, accountant: User):
    made, path = invited(kontor_client, accountant)
    begin(client, path)
    assert [invitations.withdraw(made), invitations.withdraw(made)] == [True, False]
    assert client.post("/invitation/", {"way": "code"}).status_code == 410
    assert client.get(path).status_code == 410
    assert not send(made)


def test_an_account_that_is_there_logs_in_first(
    client: Browser, kontor_client: Client, accountant: User, outsider: User
):
    _, path = invited(kontor_client, accountant, outsider.email)
    page = begin(client, path).content.decode()
    assert "new_password1" not in page
    assert client.post("/invitation/", {"way": "code"}).status_code == 200
    assert not Membership.objects.filter(client=kontor_client, user=outsider).exists()
    login = client.post(
        "/login/", {"username": outsider.email, "password": "correct horse battery", "next": "/invitation/"}
    )
    assert login.url == "/invitation/"
    client.get("/invitation/")
    assert not Membership.objects.filter(client=kontor_client, user=outsider).exists()
    assert client.post("/invitation/", follow=True).redirect_chain[-1][0] == "/portal/10001/connections/"
    assert {m.client.number for m in outsider.memberships.all()} == {"10001", "10002"}


def test_somebody_else_cannot_take_it(client: Browser, kontor_client: Client, accountant: User, outsider: User):
    made, path = invited(kontor_client, accountant)
    client.force_login(outsider)
    begin(client, path)
    assert outsider.email in client.post("/invitation/").content.decode()
    with pytest.raises(Gone):
        accept_as(made, outsider)
    assert not Membership.objects.filter(client=kontor_client, user=outsider).exists()


def test_a_person_without_a_password_who_was_never_here_is_new(
    client: Browser, kontor_client: Client, accountant: User
):
    """The person that ``add_client`` makes."""
    _, path = invited(kontor_client, accountant, "ahrens@tischlerei.example")
    begin(client, path)
    client.post("/invitation/", {"way": "password", "new_password1": NEW, "new_password2": NEW})
    user = User.objects.get(email="ahrens@tischlerei.example")
    assert user.check_password(NEW)
    assert user.memberships.count() == 1


def test_staff_never_get_a_password_by_invitation(client: Browser, kontor_client: Client, accountant: User):
    fresh = User.objects.create_user("neu@kanzlei.example", is_staff=True)
    made, path = invited(kontor_client, accountant, fresh.email)
    assert "new_password1" not in begin(client, path).content.decode()
    with pytest.raises(Gone):
        accept_new(made, NEW)


def test_somebody_switched_off_stays_out(client: Browser, kontor_client: Client, accountant: User, outsider: User):
    User.objects.filter(pk=outsider.pk).update(is_active=False)
    made, path = invited(kontor_client, accountant, outsider.email)
    begin(client, path)
    with pytest.raises(Gone):
        accept_new(made, NEW)


def test_who_acts_for_the_client_already_is_not_invited(kontor_client: Client, accountant: User, member: User):
    User.objects.filter(pk=member.pk).update(last_login=timezone.now())
    with pytest.raises(UnableToInvite):
        invite(kontor_client, member.email.upper(), "", "de", accountant)


def test_the_database_knows_one_open_invitation_for_an_address(kontor_client: Client, accountant: User):
    made = invite(kontor_client, ADDRESS, "", "de", accountant)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            client=kontor_client, email=ADDRESS.upper(), language="de", token_hash="x", expires_at=made.expires_at
        )


@pytest.mark.django_db(transaction=True)
def test_accepted_twice_at_once_makes_one_person(kontor_client: Client, accountant: User):
    made = invite(kontor_client, ADDRESS, "", "de", accountant)
    outcomes: list[str] = []

    def take() -> None:
        try:
            accept_new(made, NEW)
            outcomes.append("in")
        except Gone:
            outcomes.append("gone")
        finally:
            connection.close()

    join(in_threads(take, take))
    assert sorted(outcomes) == ["gone", "in"]
    assert User.objects.filter(email=ADDRESS).count() == 1
    assert Membership.objects.filter(user__email=ADDRESS).count() == 1


def test_a_mail_server_that_fails_is_seen_and_nothing_is_lost(kontor_client: Client, accountant: User, settings: Any):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    invite(kontor_client, ADDRESS, "", "en", accountant)
    send_waiting()
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(accountant)
    page = f"/admin/accounts/client/{kontor_client.pk}/change/"
    assert "the mail waits for the mail server" in browser.get(page).content.decode()
    settings.EMAIL_BACKEND = backend
    assert send_waiting(timezone.now() + timedelta(minutes=2)) == 1
    assert "the mail waits for the mail server" not in browser.get(page).content.decode()
    assert Browser().get(path_of_mail()).status_code == 200


class TestInAdmin:
    @pytest.fixture
    def page(self, kontor_client: Client) -> str:
        return f"/admin/accounts/client/{kontor_client.pk}/"

    def test_invite_send_again_withdraw(self, client: Browser, accountant: User, page: str):
        client.force_login(accountant)
        form = {"email": ADDRESS, "name": "Nele", "language": "de"}
        assert client.post(f"{page}invite/", form).url == f"{page}change/"
        made = Invitation.objects.get()
        assert made.invited_by == accountant
        shown = client.get(f"{page}change/").content.decode()
        assert ADDRESS in shown
        first = made.token_hash
        client.post(f"{page}invitations/{made.pk}/", {"do": "send"})
        made.refresh_from_db()
        assert (made.mails, made.token_hash == first) == (2, False)
        client.post(f"{page}invitations/{made.pk}/", {"do": "withdraw"})
        made.refresh_from_db()
        assert made.withdrawn_at

    def test_outsiders_find_nothing_and_support_adds_nobody(
        self, client: Browser, accountant: User, colleague: User, support: User, page: str, kontor_client: Client
    ):
        made = invite(kontor_client, ADDRESS, "", "de", accountant)
        for user, expected in ((colleague, 404), (support, 403)):
            client.force_login(user)
            assert client.get(f"{page}invite/").status_code == expected
            assert client.post(f"{page}invite/", {"email": "me@x.example", "language": "de"}).status_code == expected
        client.force_login(colleague)
        assert client.post(f"{page}invitations/{made.pk}/", {"do": "withdraw"}).status_code == 404
        assert Invitation.objects.count() == 1
        assert client.get("/admin/accounts/mail/").content.decode().count(ADDRESS) == 0

    def test_another_client_s_invitation_is_not_there(
        self, client: Browser, accountant: User, page: str, outsider: User
    ):
        other = invite(outsider.memberships.get().client, ADDRESS, "", "de", None)
        client.force_login(accountant)
        assert client.post(f"{page}invitations/{other.pk}/", {"do": "withdraw"}).status_code == 404
