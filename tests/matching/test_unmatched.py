"""For what has no proposal the pages say why, and what would have to be different."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, User
from matching.models import BankAccount, OwnTransfer
from matching.services import confirm, reject
from matching.services.unmatched import why_no_payment, why_no_voucher
from matching.unmatched_words import WORDS, why_words
from tests.factories import FIRST, booking, proposal, voucher
from vouchers.models import PaymentItem, Voucher

pytestmark = pytest.mark.django_db


def bill(client: Client, index: int = 0, total: str = "100.00", **fields: Any) -> Voucher:
    return voucher(client, index, total, **{"payments_read": True, **fields})


def codes(whys: list[Any]) -> list[str]:
    return [why.code for why in whys]


def test_a_voucher_whose_payment_no_bank_shows(kontor_client: Client, accountant: User) -> None:
    pays = bill(kontor_client, payments_read=False)
    assert codes(why_no_payment(pays)) == ["payments_unread"]
    pays.payments_read = True
    assert codes(why_no_payment(pays)) == ["no_lines", "no_equal_line"]
    booking(kontor_client, 0, "-7.77")
    assert codes(why_no_payment(pays)) == ["no_equal_line"]
    pays.remark = "bar bezahlt"
    assert codes(why_no_payment(pays)) == ["remark", "no_equal_line"]
    PaymentItem.objects.filter(voucher=pays).update(type="partPaymentCashBox")
    assert codes(why_no_payment(pays)) == ["no_bank"]


def test_a_line_of_the_amount_that_is_not_free(kontor_client: Client, accountant: User) -> None:
    pays = bill(kontor_client)
    line = booking(kontor_client, 0, "-100.00", booking_date=FIRST + timedelta(days=60))
    (why,) = why_no_payment(pays)[-1:]
    assert (why.code, why.line, why.days) == ("line_unlikely", line, 49)
    refused = proposal(pays, line)
    assert why_no_payment(pays) == []
    reject(refused, accountant)
    assert codes(why_no_payment(pays))[-1] == "line_rejected"
    assert codes(why_no_voucher(line)) == ["voucher_rejected"]
    other = bill(kontor_client, 1)
    confirm(proposal(other, line), accountant)
    (why,) = why_no_payment(pays)[-1:]
    assert (why.code, why.other) == ("line_taken", other)
    assert why_no_voucher(line) == []


def test_what_comes_nearest(kontor_client: Client, accountant: User) -> None:
    pays = bill(kontor_client)
    line = booking(kontor_client, 0, "-98.50", "Danke")
    booking(kontor_client, 1, "-90.00", "Danke")
    booking(kontor_client, 2, "100.00", "Danke")
    (why,) = why_no_payment(pays)
    assert (why.code, why.line, str(why.difference)) == ("near_line", line, "1.50")
    (why,) = why_no_voucher(line)
    assert (why.code, why.voucher, str(why.difference)) == ("near_voucher", pays, "1.50")


def test_a_line_without_a_voucher(kontor_client: Client, accountant: User) -> None:
    wages = booking(kontor_client, 0, "-1800.00", "Lohn Februar")
    (why,) = why_no_voucher(wages)
    assert (why.code, why.found) == ("no_voucher_expected", "LOHN")
    line = booking(kontor_client, 1, "-100.00", "Danke")
    assert codes(why_no_voucher(line)) == ["no_equal_voucher"]
    pays = bill(kontor_client, payments_read=False)
    assert codes(why_no_voucher(line)) == ["voucher_unread"]
    Voucher.objects.update(payments_read=True)
    assert codes(why_no_voucher(line)) == ["voucher_unlikely"]
    confirm(proposal(pays, booking(kontor_client, 2, "-100.00")), accountant)
    assert codes(why_no_voucher(line)) == ["voucher_taken"]
    Voucher.objects.update(withdrawn_at="2026-01-01T00:00Z")
    assert codes(why_no_voucher(line)) == ["voucher_withdrawn"]


def test_an_own_transfer_and_a_line_that_does_not_count(kontor_client: Client, accountant: User) -> None:
    pays = bill(kontor_client)
    line = booking(kontor_client, 0, "-100.00")
    account = BankAccount.objects.create(client=kontor_client, key="other")
    back = booking(kontor_client, 1, "100.00", account=account)
    pair = OwnTransfer.objects.create(client=kontor_client, outgoing=line, incoming=back)
    assert codes(why_no_payment(pays)) == ["line_own_transfer"]
    pair.delete()
    line.withdrawn_at = "2026-01-01T00:00Z"
    line.save()
    assert codes(why_no_payment(pays)) == ["line_withdrawn"]


def test_the_pages_say_it(kontor_client: Client, accountant: User, django_assert_max_num_queries: Any) -> None:
    pays = bill(kontor_client)
    line = booking(kontor_client, 0, "-98.50", "Danke")
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(accountant)
    with django_assert_max_num_queries(24):
        text = browser.get(reverse("admin:vouchers_voucher_change", args=[pays.pk])).content.decode()
    assert "Why nothing is proposed" in text
    assert "the amount differs by 1.50" in text
    with django_assert_max_num_queries(24):
        text = browser.get(reverse("admin:matching_transaction_change", args=[line.pk])).content.decode()
    assert "The nearest is RE-2041" in text
    proposal(pays, line)
    for page in ("admin:vouchers_voucher_change", "admin:matching_transaction_change"):
        row = pays if "voucher_" in page else line
        assert "Why nothing is proposed" not in browser.get(reverse(page, args=[row.pk])).content.decode()


def test_every_code_has_its_sentence(kontor_client: Client) -> None:
    pays, line = bill(kontor_client), booking(kontor_client, 0, "-98.50", "Danke")
    (near,) = why_no_voucher(line)
    for code in WORDS:
        about = replace(near, code=code, first=FIRST, last=FIRST, other=line, found="bar")
        words = why_words(about)
        assert "%" not in words
        assert "None" not in words
    assert "RE-2041" in why_words(near)
    assert why_no_payment(pays)
