"""Asking support: the row in the admin, the mail, the answer to the client."""

import pytest
from django.core import mail
from django.test import Client as Browser

from accounts.models import Client, User
from integrations.models import Reason, Status, SupportRequest
from tests.integrations.portal.conftest import connection_in

NEW = "/portal/10001/support/new/"
LIST = "/portal/10001/support/"


class TestAsking:
    def test_from_a_failed_connection_one_press_is_enough(
        self, browser: Browser, kontor_client: Client, member: User, support: User
    ):
        connection_in(kontor_client, Status.FAILED, Reason.PLAN_WITHOUT_API)
        form = browser.get(f"{NEW}?connection=lexware").content.decode()
        for known in ("Tischlerei Ahrens GmbH", "10001", "Lexware Office", "Connection Failed", "Ingo Ahrens"):
            assert known in form
        answer = browser.post(f"{NEW}?connection=lexware", {"message": ""}, follow=True)
        asked = SupportRequest.objects.get()
        assert asked.reference in answer.content.decode()
        assert (asked.client, asked.author, asked.status, asked.reason) == (
            kontor_client, member, Status.FAILED, Reason.PLAN_WITHOUT_API,
        )  # fmt: skip
        [sent] = mail.outbox
        assert sent.to == ["support@kanzlei.example"]
        assert sent.reply_to == [member.email]
        assert asked.reference in sent.subject
        browser.force_login(support)
        assert asked.reference in browser.get("/admin/integrations/supportrequest/").content.decode()

    def test_otherwise_something_must_be_written(self, browser: Browser, kontor_client: Client):
        connection_in(kontor_client, Status.ACTIVE)
        page = browser.post(NEW, {"message": "  "}).content.decode()
        assert 'aria-invalid="true"' in page
        assert not SupportRequest.objects.exists()
        browser.post(NEW, {"message": "Where is my invoice 17?"})
        assert SupportRequest.objects.get().message == "Where is my invoice 17?"

    def test_what_was_written_survives_an_error(self, browser: Browser):
        page = browser.post(NEW, {"message": "long " * 1000}).content.decode()
        assert "long long" in page
        assert not SupportRequest.objects.exists()

    def test_the_page_repeats_no_key_and_runs_no_script(self, browser: Browser, kontor_client: Client):
        connection_in(kontor_client, Status.ACTIVE)
        key = "AGBwOGY9fS8xkp9KG4TWcH1XEelxMOkOEqe0"
        answer = browser.post(NEW, {"message": f"My key is {key} <script>alert(1)</script>"}, follow=True)
        assert key not in answer.content.decode()
        assert "<script>alert" not in answer.content.decode()
        assert key not in mail.outbox[0].body

    def test_the_mail_server_is_down(self, browser: Browser, settings, kontor_client: Client):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        answer = browser.post(NEW, {"message": "Hello?"}, follow=True)
        assert answer.status_code == 200
        asked = SupportRequest.objects.get()
        assert asked.mailed_at is None
        assert asked.reference in answer.content.decode()


@pytest.mark.django_db
class TestList:
    def test_own_requests_with_whose_turn_it_is(self, browser: Browser, kontor_client: Client, member: User):
        for reference, state in (("K-AAAAAA", "open"), ("K-BBBBBB", "closed")):
            SupportRequest.objects.create(client=kontor_client, author=member, reference=reference, state=state)
        page = browser.get(LIST).content.decode()
        assert page.index("K-BBBBBB") < page.index("K-AAAAAA")
        assert "we are at it" in page
        assert "settled" in page

    def test_nothing_asked_yet(self, browser: Browser):
        assert "You have not asked us anything yet." in browser.get(LIST).content.decode()

    def test_another_company_sees_nothing_of_it(self, client: Browser, outsider: User, kontor_client: Client):
        SupportRequest.objects.create(client=kontor_client, reference="K-CCCCCC")
        client.force_login(outsider)
        assert "K-CCCCCC" not in client.get("/portal/10002/support/").content.decode()


class TestTheConversation:
    @pytest.fixture
    def asked(self, kontor_client: Client, member: User) -> SupportRequest:
        connection = connection_in(kontor_client, Status.FAILED, Reason.KEY_EXPIRED)
        return SupportRequest.objects.create(
            client=kontor_client, connection=connection, author=member, reference="K-DDDDDD", reason=Reason.KEY_EXPIRED
        )

    def test_answer_and_answer_back(self, browser: Browser, support: User, asked: SupportRequest):
        desk = Browser()
        desk.force_login(support)
        desk.cookies["django_language"] = "en"
        case = f"/admin/integrations/supportrequest/{asked.pk}/"
        page = desk.get(f"{case}change/").content.decode()
        assert 'id="timeline"' in page
        assert "What can be done" in page
        desk.post(f"{case}answer/", {"text": "Please make a new key."})
        asked.refresh_from_db()
        assert asked.state == "answered"
        assert "we have answered" in browser.get(LIST).content.decode()
        assert "Please make a new key." in browser.get(f"{LIST}K-DDDDDD/").content.decode()
        key = "AGBwOGY9fS8xkp9KG4TWcH1XEelxMOkOEqe0"
        browser.post(f"{LIST}K-DDDDDD/write/", {"message": f"Like this? {key}"})
        asked.refresh_from_db()
        assert asked.state == "open"
        page = desk.get(f"{case}change/").content.decode()
        assert "Like this?" in page
        assert key not in page
        desk.post(f"{case}close/")
        asked.refresh_from_db()
        assert asked.state == "closed"
        browser.post(f"{LIST}K-DDDDDD/write/", {"message": "Still not."})
        asked.refresh_from_db()
        assert asked.state == "open"

    def test_nothing_written_is_no_answer(self, browser: Browser, support: User, asked: SupportRequest):
        desk = Browser()
        desk.force_login(support)
        desk.post(f"/admin/integrations/supportrequest/{asked.pk}/answer/", {"text": "  "})
        page = browser.post(f"{LIST}K-DDDDDD/write/", {"message": " "}).content.decode()
        assert 'aria-invalid="true"' in page
        assert not asked.messages.exists()

    def test_others_write_nothing(self, client: Browser, outsider: User, accountant: User, asked: SupportRequest):
        client.force_login(outsider)
        for number in ("10001", "10002"):
            written = client.post(f"/portal/{number}/support/K-DDDDDD/write/", {"message": "x"})
            assert written.status_code == 404
        client.force_login(accountant)
        assert client.post(f"/admin/integrations/supportrequest/{asked.pk}/answer/", {"text": "x"}).status_code == 403
        assert not asked.messages.exists()

    def test_how_else_support_is_reached_is_a_setting(self, browser: Browser, settings):
        assert 'data-testid="book"' not in browser.get(LIST).content.decode()
        settings.SUPPORT_PHONE, settings.CONSULTATION_URL = "+49 431 123", "https://termin.kanzlei.example"
        page = browser.get(LIST).content.decode()
        assert 'href="tel:+49431123"' in page
        assert 'href="https://termin.kanzlei.example"' in page
