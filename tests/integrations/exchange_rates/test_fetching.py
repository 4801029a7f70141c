"""Rates are fetched from the simulator, stored once, used by a run; failures are said and tried again."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import Client, User
from integrations.services.exchange_rates import HISTORY, RECENT, fetch, fetch_due_rates, take_over
from integrations.tasks import fetch_exchange_rates
from matching.models import MatchingRequest, Proposal, RateFetch, ReferenceRate
from matching.services import run_matching
from sandbox.rates import BASES, rate
from sandbox.server import start
from tests.factories import booking, voucher
from tests.integrations.exchange_rates.test_reading import file

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(settings: Any) -> Any:
    """A central bank that answers."""
    with start(world="empty") as running:
        settings.EXCHANGE_RATES_URL = f"{running.url}/stats/eurofxref"
        yield running


def test_recent_rates_are_fetched_once_a_day(bank: Any) -> None:
    fetch_exchange_rates()
    row = RateFetch.objects.get()
    assert (row.file, row.problem, row.refused) == (RECENT, "", 0)
    assert row.added == ReferenceRate.objects.count() > 50 * len(BASES)
    stored = ReferenceRate.objects.filter(currency="USD").latest("day")
    assert stored.units == Decimal(rate("USD", stored.day))
    fetch_exchange_rates()
    assert RateFetch.objects.count() == 1
    RateFetch.objects.update(at=timezone.now() - timedelta(hours=21))
    fetch_exchange_rates()
    assert RateFetch.objects.latest("at").added == 0


def test_older_days_are_fetched_once_where_they_are_needed(bank: Any, kontor_client: Client) -> None:
    old = timezone.localdate() - timedelta(days=400)
    bill = voucher(kontor_client, 0, currency="USD", date=old, paid_on=old)
    fetch_due_rates()
    assert list(RateFetch.objects.order_by("pk").values_list("file", flat=True)) == [RECENT, HISTORY]
    first = ReferenceRate.objects.earliest("day").day
    assert bill.date - timedelta(days=14) <= first <= bill.date
    assert MatchingRequest.objects.count() == 0  # nothing is committed inside a test's transaction
    fetch_due_rates()
    assert RateFetch.objects.count() == 2


def test_nothing_is_fetched_without_an_address(settings: Any) -> None:
    settings.EXCHANGE_RATES_URL = ""
    fetch_due_rates()
    assert not RateFetch.objects.exists()


def test_a_failure_says_what_and_is_tried_again(bank: Any, settings: Any) -> None:
    right = settings.EXCHANGE_RATES_URL
    settings.EXCHANGE_RATES_URL = "http://127.0.0.1:9/nothing"
    fetch_due_rates()
    settings.EXCHANGE_RATES_URL = f"{bank.url}/elsewhere"
    fetch_due_rates()
    assert [(row.problem, row.detail) for row in RateFetch.objects.order_by("pk")] == [
        ("no_answer", "ConnectionError"),
        ("status", "401"),
    ]
    settings.EXCHANGE_RATES_URL = right
    fetch_due_rates()
    assert RateFetch.objects.latest("pk").problem == ""


def test_what_is_stored_does_not_change(bank: Any) -> None:
    fetch(RECENT)
    row = ReferenceRate.objects.filter(currency="USD").latest("day")
    wrong = (row.units * Decimal("1.01")).quantize(Decimal("0.0001"))
    content = file({row.day.isoformat(): {"USD": str(wrong)}})
    stored, refused = take_over(content)
    assert (stored.added, stored.contradicting, refused) == (0, 1, ())
    assert ReferenceRate.objects.get(pk=row.pk).units == row.units


def test_files_are_imported_without_the_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "rates.xml", tmp_path / "page.xml"
    good.write_bytes(file({"2026-03-11": {"USD": "1.09", "XXX": "no"}}))
    bad.write_text("<html/>")
    call_command("import_rates", str(good), "--json")
    assert json.loads(capsys.readouterr().out)["files"][0]["new"] == 1
    with pytest.raises(CommandError):
        call_command("import_rates", str(bad), "--json")
    assert "holds no exchange rates" in capsys.readouterr().out


def test_a_run_uses_the_rates_of_the_days_in_question(kontor_client: Client) -> None:
    bill = voucher(kontor_client, 0, "119.00", currency="USD", contact_name="Seaview Printing Inc", payments_read=True)
    day = bill.paid_on
    assert day is not None
    ReferenceRate.objects.create(day=day, currency="USD", units=Decimal("1.1000"))
    bill.payments.all().delete()
    booking(
        kontor_client, 0, "-108.18", f"RG {bill.number} SEAVIEW PRINTING", counterparty="Seaview Printing Inc",
        booking_date=bill.paid_on,
    )  # fmt: skip
    run_matching(kontor_client)
    found = Proposal.objects.get()
    assert "amount_converted" in {item["code"] for item in found.evidence}
    assert found.allocations.get().amount == Decimal("108.18")


def test_the_pages_show_rates_and_failures(accountant: User, support: User) -> None:
    ReferenceRate.objects.create(day="2026-03-11", currency="USD", units=Decimal("1.0876"))
    RateFetch.objects.create(file=RECENT, problem="too_large")
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(accountant)
    assert "1.0876" in browser.get(reverse("admin:matching_referencerate_changelist")).content.decode()
    text = browser.get(reverse("admin:matching_ratefetch_changelist")).content.decode()
    assert "larger than any list of exchange rates" in text
    browser.force_login(support)
    assert browser.get(reverse("admin:matching_referencerate_changelist")).status_code == 403
