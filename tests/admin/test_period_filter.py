"""Days in filters, as a German or an English reader types them."""

from datetime import date

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, User
from matching.models import Decision
from tests.admin.conftest import Login
from tests.factories import booking, cases


def _days(browser: Browser, first: str, last: str) -> list[date]:
    query = {"booking_date_from": first, "booking_date_to": last}
    answer = browser.get(reverse("admin:matching_transaction_changelist"), query)
    assert answer.status_code == 200
    return sorted(row.booking_date for row in answer.context["cl"].result_list)


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("de", "14.03.2025", "15.03.2025"),
        ("de", "2025-03-14", "2025-03-15"),
        ("en", "2025-03-14", "2025-03-15"),
    ],
)
def test_both_days_are_included(
    language: str, first: str, last: str, kontor_client: Client, accountant: User, login: Login
) -> None:
    for index in range(4):
        booking(kontor_client, index, "-1.00", booking_date=date(2025, 3, 13 + index))
    browser = login(accountant)
    browser.cookies["django_language"] = language
    assert _days(browser, first, last) == [date(2025, 3, 14), date(2025, 3, 15)]
    assert len(_days(browser, "", last)) == 3
    assert len(_days(browser, first, "9999-12-31")) == 3


def test_what_is_no_day_is_named(kontor_client: Client, accountant: User, login: Login) -> None:
    booking(kontor_client, 1, "-1.00")
    query = {"booking_date_from": "<b>gestern"}
    answer = login(accountant).get(reverse("admin:matching_transaction_changelist"), query)
    assert len(answer.context["cl"].result_list) == 1
    assert "“&lt;b&gt;gestern” is not a date" in answer.content.decode()


def test_moments_are_counted_by_days_at_home(kontor_client: Client, accountant: User, login: Login) -> None:
    from datetime import UTC, datetime

    (case,) = cases(kontor_client, 1)
    # 00:30 on 2 July in Berlin.
    moment = datetime(2025, 7, 1, 22, 30, tzinfo=UTC)
    Decision.objects.create(
        proposal=case, kind="reopen", from_state="automatic", to_state="suggested", decided_at=moment
    )
    browser = login(accountant)

    def found(day: str) -> int:
        query = {"decided_at_from": day, "decided_at_to": day}
        return len(browser.get(reverse("admin:matching_decision_changelist"), query).context["cl"].result_list)

    assert (found("2025-07-01"), found("2025-07-02")) == (0, 1)
