"""Mails before a key ends: once, the most urgent one, to the right people in their language, never the key."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils.module_loading import import_string
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Client, User
from accounts.services import add_client
from config.schedules import SCHEDULES
from integrations.models import Connection, ConnectionEvent, KeyReminder, Reason, Status
from integrations.services.key_reminders import DAYS, due, remind
from integrations.services.sync_times import BERLIN
from tests.conftest import TODAY
from tests.integrations.portal.conftest import connection_in

pytestmark = pytest.mark.django_db
END = date(2026, 9, 1)


def morning(days_before: int, *, hour: int = 9) -> datetime:
    return datetime.combine(END - timedelta(days=days_before), datetime.min.time(), BERLIN) + timedelta(hours=hour)


@pytest.fixture
def ending(kontor_client: Client, member: User) -> Connection:
    return connection_in(kontor_client, Status.ACTIVE, key_expires_on=END)


def addresses() -> list[str]:
    return [message.to[0] for message in mail.outbox]


def test_one_mail_a_person_on_each_of_the_five_days(ending: Connection) -> None:
    sent = {}
    for days in range(70, -5, -1):
        mail.outbox.clear()
        for hour in range(0, 24, 3):
            remind(morning(days, hour=hour))
        if mail.outbox:
            sent[days] = addresses()
    assert list(sent) == list(DAYS)
    assert all(people == ["ahrens@tischlerei.example", "anna@kanzlei.example"] for people in sent.values())
    assert KeyReminder.objects.filter(sent_at__isnull=False).count() == 5
    assert ending.events.filter(kind=ConnectionEvent.Kind.KEY_END).count() == 5


def test_nothing_in_the_middle_of_the_night(ending: Connection) -> None:
    assert remind(morning(30, hour=3)) == 0
    assert not KeyReminder.objects.exists()
    assert remind(morning(30, hour=8)) == 1


def test_after_an_outage_of_ours_only_the_most_urgent_one(ending: Connection) -> None:
    remind(morning(60))
    mail.outbox.clear()
    assert remind(morning(5)) == 1
    assert " 5 " in mail.outbox[0].subject
    assert list(KeyReminder.objects.order_by("-days").values_list("days", flat=True)) == [60, 7]
    assert remind(morning(3)) == 0


@given(st.lists(st.integers(-3, 80), min_size=1, max_size=12).map(lambda days: sorted(set(days), reverse=True)))
def test_whatever_days_we_were_awake_each_threshold_is_met_once(awake: list[int]) -> None:
    met: list[int] = []
    for left in awake:
        wanted = due(END, END - timedelta(days=left))
        if wanted is not None and (not met or wanted < met[-1]):
            met.append(wanted)
    assert met == sorted(set(met), reverse=True)
    for left in awake:
        if left >= 1:
            assert all(threshold in met or any(t < threshold for t in met) for threshold in DAYS if left <= threshold)


def test_the_words_the_link_and_no_key(ending: Connection, member: User, settings: Any) -> None:
    member.language = "en"
    member.save()
    remind(morning(30))
    to_client, to_firm = mail.outbox
    assert to_client.subject == "Your key for Lexware Office expires in 30 days"
    html = to_client.alternatives[0]
    assert html.mimetype == "text/html"
    for text in (to_client.body, html.content):
        assert f"{settings.PUBLIC_URL}/portal/10001/connections/lexware/key/" in text
        assert "It is your turn" in text
        assert "1 September 2026" in text
        assert "Tischlerei Ahrens GmbH" in text
    assert f"/admin/integrations/connection/{ending.pk}/change/" in to_firm.body
    assert "10001 Tischlerei Ahrens GmbH" in to_firm.subject
    assert to_firm.body != to_client.body
    for message in mail.outbox:
        whole = message.message().as_string()
        assert ending.key_last_four not in whole
        assert ending.key_fingerprint not in whole


def test_the_reader_s_language_and_the_firm_s_where_none_is_known(ending: Connection, accountant: User) -> None:
    accountant.language = "en"
    accountant.save()
    remind(morning(14))
    to_client, to_firm = mail.outbox
    assert 'lang="de"' in to_client.alternatives[0].content
    assert 'lang="en"' in to_firm.alternatives[0].content
    assert "The client was told, too." in to_firm.body


def test_without_an_accountant_support_is_told(ending: Connection, settings: Any) -> None:
    Client.objects.update(accountant=None)
    remind(morning(7))
    assert addresses() == ["ahrens@tischlerei.example", settings.SUPPORT_EMAIL]


def test_somebody_who_left_is_not_told(ending: Connection, member: User) -> None:
    User.objects.filter(pk=member.pk).update(is_active=False)
    remind(morning(7))
    assert addresses() == ["anna@kanzlei.example"]


def test_markup_in_a_name_stays_text(ending: Connection) -> None:
    Client.objects.update(name="<b>Ahrens</b> & Söhne\r\nBcc: all@example.org")
    remind(morning(7))
    for message in mail.outbox:
        assert "<b>" not in message.alternatives[0].content
        assert "\n" not in message.subject
        assert list(message.recipients()) == message.to


@pytest.mark.parametrize(
    ("status", "reason"),
    [(Status.FAILED, Reason.KEY_REJECTED), (Status.FAILED, Reason.PLAN_WITHOUT_API), (Status.NONE, "")],
)
def test_a_key_that_does_not_work_anyway_is_not_talked_about(
    kontor_client: Client, member: User, status: str, reason: str
) -> None:
    connection_in(kontor_client, status, reason, key_expires_on=END)
    assert remind(morning(7)) == 0


def test_an_outage_does_not_keep_the_reminder_back(kontor_client: Client, member: User) -> None:
    connection_in(kontor_client, Status.FAILED, Reason.UNREACHABLE, key_expires_on=END)
    assert remind(morning(7)) == 1


def test_a_mail_server_that_is_down_loses_nothing(ending: Connection, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert remind(morning(14)) == 0
    reminder = KeyReminder.objects.get()
    assert (reminder.sent_at, reminder.told) == (None, [])
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    # At once somebody else may still be at it.
    assert remind(morning(14) + timedelta(minutes=5)) == 0
    assert remind(morning(14) + timedelta(minutes=30)) == 1
    assert len(mail.outbox) == 2
    assert remind(morning(13)) == 0


def test_what_waited_too_long_is_left_for_the_next(ending: Connection, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    remind(morning(14))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert remind(morning(6)) == 1
    assert {row.days: row.sent_at is not None for row in KeyReminder.objects.all()} == {14: False, 7: True}
    assert len(mail.outbox) == 2


def test_who_was_written_to_is_not_written_to_again(ending: Connection) -> None:
    """As if the worker had died after the first of two mails."""
    remind(morning(14))
    KeyReminder.objects.update(sent_at=None, told=["ahrens@tischlerei.example"], planned_at=morning(14))
    mail.outbox.clear()
    assert remind(morning(13)) == 1
    assert addresses() == ["anna@kanzlei.example"]


def test_a_new_key_with_another_end_ends_the_reminders(ending: Connection) -> None:
    remind(morning(30))
    Connection.objects.update(key_expires_on=END + timedelta(days=700))
    mail.outbox.clear()
    assert [remind(morning(days)) for days in (14, 7, 1)] == [0, 0, 0]
    assert mail.outbox == []


def test_many_clients_cost_the_same_queries_to_plan(accountant: User, django_assert_max_num_queries: Any) -> None:
    for index in range(20):
        made = add_client(name=f"Firma {index}", email="", number=f"3{index:04}", accountant=accountant, today=TODAY)
        connection_in(made, Status.ACTIVE, key_expires_on=END)
    remind(morning(30))
    with django_assert_max_num_queries(4):
        assert remind(morning(29)) == 0
    assert len(mail.outbox) == 20


def test_it_is_on_the_schedule() -> None:
    name = "integrations.tasks.remind_of_key_ends"
    assert name in {entry["func"] for entry in SCHEDULES.values()}
    assert callable(import_string(name))
