"""What a person sees as equally probable stands in an order that means something, the same in every run."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, User
from matching.engine.types import Permission, Transaction, Voucher
from matching.models import Proposal
from matching.services.drafts import Draft, best_first, tenths_of_percent
from matching.services.usage import Share
from tests.factories import booking, proposal, voucher

DAY = date(2026, 3, 2)


def claim(pk: int) -> Voucher:
    return Voucher(
        id=str(pk),
        type="purchaseinvoice",
        number="",
        date=DAY,
        due_date=None,
        total=Decimal(10),
        currency="EUR",
        contact="",
        status="paid",
        open_amount=Decimal(0),
        payments=(),
        remark="",
    )


def line(pk: int, after: int) -> Transaction:
    day = DAY + timedelta(days=after)
    return Transaction(
        id=str(pk),
        account="",
        booking_date=day,
        value_date=day,
        amount=Decimal(-10),
        currency="EUR",
        counterparty="",
        counterparty_iban="",
        purpose="",
        end_to_end_id="",
        mandate_id="",
        creditor_id="",
        code="",
        is_reversal=False,
    )


def draft(probability: str, *lines: int) -> Draft:
    shares = tuple(Share(1, pk, Decimal(5)) for pk in lines)
    return Draft(shares, f"{lines}", "single", Permission.SUGGEST, Decimal(probability), [], None)


def test_equal_percentages_are_ordered_by_what_people_would_look_at() -> None:
    lines = [line(1, 30), line(2, 1), line(3, 12), line(4, -12)]
    near, far, both = draft("0.4711", 2), draft("0.4719", 1), draft("0.4718", 2, 3)
    late, early, surer = draft("0.4712", 3), draft("0.4712", 4), draft("0.5000", 1)
    for given in permutations([near, far, both, late, early, surer]):
        assert best_first(given, [claim(1)], lines) == [surer, near, early, late, far, both]


@pytest.mark.parametrize(
    ("probability", "tenths"), [("0.9999", 999), ("1", 999), ("0.9989", 998), ("0.0004", 0), ("0", 0)]
)
def test_it_is_compared_as_it_is_shown(probability: str, tenths: int) -> None:
    assert tenths_of_percent(Decimal(probability)) == tenths


@pytest.mark.django_db
def test_two_lines_that_fit_alike_are_called_equally_good(kontor_client: Client, accountant: User) -> None:
    pays = voucher(kontor_client, 0, "100.00", payments_read=True)
    first = proposal(pays, booking(kontor_client, 0, "-100.00", "eins"), probability="0.4801")
    second = proposal(pays, booking(kontor_client, 1, "-100.00", "zwei"), rank=2, probability="0.4809")
    third = proposal(pays, booking(kontor_client, 2, "-100.00", "drei"), rank=3, probability="0.0300")
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(accountant)
    text = browser.get(reverse("admin:review_case", args=[first.pk])).content.decode()
    assert "Another possibility is equally good" in text
    assert text.count("<strong>equally good</strong>") == 1
    Proposal.objects.filter(pk=second.pk).update(probability="0.4700")
    text = browser.get(reverse("admin:review_case", args=[first.pk])).content.decode()
    assert "equally good" not in text
    assert third.state == "suggested"
