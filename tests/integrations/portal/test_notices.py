"""The mails that clients get without asking: once each, in their language, and without the mail server too."""

from datetime import date

import pytest
from django.utils import timezone

from accounts import mail as post
from accounts.models import Client, Mail, User
from integrations.models import Connection, Reason, SkippedRecord, Status, SupportRequest, SyncRun
from integrations.services import connections, notices, questions, support_answers
from integrations.services.connection_state import fail, move
from integrations.services.key_check import CheckResult
from sandbox.server import RunningSandbox
from tests.integrations.portal.conftest import connection_in
from vouchers.models import Voucher

ADDRESS = "ahrens@tischlerei.example"


def kinds() -> list[tuple[str, str]]:
    return list(Mail.objects.order_by("pk").values_list("kind", "recipient"))


@pytest.fixture(autouse=True)
def english(member: User) -> None:
    User.objects.filter(pk=member.pk).update(language="en")


def test_connected_and_later_failed_and_well_again(kontor_client: Client, lexware: RunningSandbox, member: User):
    key = lexware.organizations[0]["key"]
    connection = connections.connect(connections.begin(kontor_client), key, actor=member, sync=False)
    assert kinds() == [("connected", ADDRESS)]
    told = Mail.objects.get()
    assert told.subject == "Lexware Office is connected"
    assert connection.organization_name in told.text
    assert key not in told.text + told.html
    assert "/portal/10001/connections/" in told.text
    fail(connection, Reason.PLAN_WITHOUT_API, CheckResult(reason=Reason.PLAN_WITHOUT_API))
    failed = Mail.objects.get(kind="failed")
    assert "It is your turn." in failed.text
    assert "Lexware Office XL" in failed.text
    fail(connection, Reason.PLAN_WITHOUT_API, CheckResult(reason=Reason.PLAN_WITHOUT_API))
    assert Mail.objects.filter(kind="failed").count() == 1
    Connection.objects.filter(pk=connection.pk).update(last_sync_at=timezone.now())
    connection.refresh_from_db()
    connections.recheck(connection)
    assert Mail.objects.latest("pk").subject == "The connection to Lexware Office works again"


def test_an_outage_is_no_news(kontor_client: Client, member: User):
    connection = connection_in(kontor_client, Status.ACTIVE)
    fail(connection, Reason.UNREACHABLE, CheckResult(outage=True))
    move(connection, Status.ACTIVE)
    assert connection.status == Status.ACTIVE
    assert kinds() == []


def test_a_key_refused_at_the_form_is_told_there_only(kontor_client: Client, lexware: RunningSandbox, member: User):
    connections.connect(connections.begin(kontor_client), "not-a-key-of-anybody-at-all", actor=member, sync=False)
    assert kontor_client.connections.get().status == Status.FAILED
    assert kinds() == []


def test_the_first_fetch_is_told_with_its_figures_once(kontor_client: Client, member: User):
    connection = connection_in(kontor_client, Status.ACTIVE, synced_from=date(2025, 1, 1))
    run = SyncRun.objects.create(connection=connection, state="done", trigger="connect", created=411, changed=1)
    SkippedRecord.objects.create(run=run, external_id="1", reason="not_found")
    for _ in range(2):
        notices.fetched(run)
    notices.fetched(SyncRun.objects.create(connection=connection, state="done", trigger="schedule", created=4))
    [told] = Mail.objects.all()
    assert told.kind == "first_sync"
    assert "412 paid documents are here. We have looked from 1 January 2025 on." in told.text
    assert "1 was not taken over." in told.text


def test_questions_of_an_hour_are_one_mail(kontor_client: Client, accountant: User, member: User):
    subject = Voucher.objects.create(
        client=kontor_client, external_id="00000000-0000-4000-8000-000000000001", type="invoice", date="2026-01-05",
        total=1, status="paid", provider_updated_at=timezone.now(),
    )  # fmt: skip
    first = questions.ask(subject, "Which car was this for?", accountant)
    second = questions.ask(subject, "And who drove it?", accountant)
    notices.asked(first)
    notices.asked(second)
    same_hour = first.asked_at.hour == second.asked_at.hour
    assert Mail.objects.count() == (1 if same_hour else 2)
    assert "Which car was this for?" in Mail.objects.earliest("pk").text


class TestSupport:
    @pytest.fixture
    def asked(self, kontor_client: Client, member: User) -> SupportRequest:
        return SupportRequest.objects.create(client=kontor_client, author=member, reference="K-EEEEEE", message="Help")

    def test_both_sides_are_told(self, asked: SupportRequest, support: User, member: User):
        support_answers.answer(asked, "Make a new key.\nThen it works.", support)
        support_answers.write_again(asked, "Thank you!", member)
        assert kinds() == [("support_answer", ADDRESS), ("support_again", "support@kanzlei.example")]
        answer, again = Mail.objects.order_by("pk")
        assert "K-EEEEEE" in answer.subject
        assert "Then it works." in answer.text
        assert "K-EEEEEE" in again.subject

    def test_without_a_mail_server_everything_is_kept(self, asked: SupportRequest, support: User, settings: object):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
        support_answers.answer(asked, "Make a new key.", support)
        assert post.send_waiting() == 0
        assert asked.messages.get().text == "Make a new key."
        assert Mail.objects.get().state == Mail.State.WAITING
