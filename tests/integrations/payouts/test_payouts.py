"""Payouts taken apart: each provider's report, the bank line it belongs to, and what the page of the line says."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Client, User
from accounts.operator_command import Failed
from integrations.payouts.read import read_report
from integrations.payouts.shapes import Kind, Report, UnknownReport
from integrations.services.payouts import Refused, import_payout_report, problem_words
from matching.models import Allocation, PayoutItem, PayoutReport
from matching.services import payouts, run_matching
from tests.factories import booking, proposal, voucher
from tests.integrations.payouts.reports import AMAZON, PAYPAL, STRIPE, SUMUP

DAY = date(2025, 3, 14)


def sums(report: Report, payout: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for item in report.items:
        if item.payout == payout:
            found[item.kind.value] += item.amount
    return dict(found)


def read(text: str) -> Report:
    return read_report(text.encode())


def test_stripe():
    report = read(STRIPE)
    assert (report.provider, report.problems) == ("stripe", [])
    assert sums(report, "po_1") == {"sale": Decimal(169), "refund": Decimal(-50), "fee": Decimal(-4)}
    assert sums(report, "po_2") == {"sale": Decimal(1000), "fee": Decimal("-15.50")}


def test_sumup_takes_what_was_paid_out():
    report = read(SUMUP)
    assert sums(report, "77") == {"sale": Decimal(30), "fee": Decimal("-0.42")}
    assert len(report.items) == 4


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("03/04/2025", "13/04/2025"), [date(2025, 4, 3), date(2025, 4, 13)]),
        (("03/04/2025", "04/13/2025"), [date(2025, 3, 4), date(2025, 4, 13)]),
        (("3 Apr 2025, 09:12", "13 Apr 2025, 10:00"), [date(2025, 4, 3), date(2025, 4, 13)]),
        (("03/04/2025", "05/06/2025"), []),
    ],
)
def test_which_part_of_a_day_is_the_month_is_told_by_the_file_or_not_at_all(days: tuple[str, str], said: list[date]):
    first, second = days
    report = read_report(SUMUP.replace("2025-03-10", f'"{first}"').replace("2025-03-11", f'"{second}"').encode())
    assert [item.day for item in report.items if item.kind is Kind.SALE] == said[:1] * 2
    assert len(report.problems) == (0 if said else 2)


def test_amazon_adds_up_to_the_settlement():
    report = read(AMAZON)
    assert [(payout.amount, payout.day) for payout in report.payouts] == [(Decimal("1069.50"), date(2025, 3, 16))]
    assert sum(sums(report, "118").values()) == Decimal("1069.50")
    assert sums(report, "118")["fee"] == Decimal("-100.50")


def test_paypal_between_two_withdrawals():
    report = read(PAYPAL)
    assert report.provider == "paypal"
    assert [(payout.id, payout.amount) for payout in report.payouts] == [("T3", Decimal("164.09"))]
    assert sums(report, "T3") == {"sale": Decimal(169), "fee": Decimal("-4.91")}


def test_paypal_that_does_not_add_up_is_not_guessed():
    report = read(PAYPAL.replace('"-164,09","0,00","-164,09"', '"-100,00","0,00","-100,00"'))
    assert {item.payout for item in report.items} == {""}
    assert [problem.code for problem in report.problems] == ["not_emptied"]


@pytest.mark.parametrize("text", ["", "Datum;Betrag\n1;2", "<Document/>", "\0\1\2"])
def test_anything_else_is_refused(text: str):
    with pytest.raises(UnknownReport):
        read(text)


@given(st.lists(st.tuples(st.integers(-100000, 100000), st.integers(0, 5000)), min_size=1, max_size=20))
def test_items_add_up_to_the_net_of_every_row(rows: list[tuple[int, int]]):
    header = STRIPE.splitlines()[0]
    lines = [header]
    for number, (gross, fee) in enumerate(rows):
        cells = [Decimal(gross) / 100, Decimal(fee) / 100, Decimal(gross - fee) / 100]
        money = ",".join(f"{cell:.2f}" for cell in cells)
        lines.append(f"po_1,2025-03-14,txn_{number},2025-03-10,eur,{money},charge,ch,,")
    report = read("\n".join(lines))
    assert report.problems == []
    assert sum(item.amount for item in report.items) == Decimal(sum(gross - fee for gross, fee in rows)) / 100


@pytest.mark.django_db
class TestImport:
    def test_finds_the_line_and_does_nothing_twice(self, kontor_client: Client, accountant: User):
        line = booking(kontor_client, 0, "115.00", "STRIPE PAYOUT", counterparty="Stripe Technology Europe Ltd",
                       booking_date=date(2025, 3, 17))  # fmt: skip
        first = import_payout_report(kontor_client, "po.csv", STRIPE.encode(), accountant)
        assert (first.items, first.new, first.found) == (8, 8, 1)
        again = import_payout_report(kontor_client, "other name.csv", STRIPE.encode())
        assert (again.new, again.found) == (0, 0)
        assert PayoutReport.objects.count() == 1
        parts = payouts.parts_of(line)
        assert parts is not None
        assert (parts.known, parts.sales, parts.refunds, parts.fees, parts.difference) == (
            True, Decimal(169), Decimal(-50), Decimal(-4), Decimal(0),
        )  # fmt: skip

    def test_the_line_comes_later(self, kontor_client: Client):
        import_payout_report(kontor_client, "po.csv", AMAZON.encode())
        line = booking(kontor_client, 0, "1069.50", "118", counterparty="AMAZON PAYMENTS EUROPE",
                       booking_date=date(2025, 3, 18))  # fmt: skip
        run_matching(kontor_client)
        assert line.payout_items.count() == 4

    def test_two_that_fit_are_asked(self, kontor_client: Client, accountant: User, client: Browser):
        import_payout_report(kontor_client, "po.csv", SUMUP.encode())
        lines = [
            booking(kontor_client, n, "29.58", "SUMUP PID", counterparty="SumUp Ltd", booking_date=DAY) for n in (0, 1)
        ]
        run_matching(kontor_client)
        assert not PayoutItem.objects.exclude(transaction=None).exists()
        client.force_login(accountant)
        page = f"/admin/matching/transaction/{lines[1].pk}/change/"
        assert 'name="payout" value="77"' in client.get(page).content.decode()
        client.post(f"/admin/payouts/{lines[1].pk}/choose/", {"payout": "77"})
        assert lines[1].payout_items.count() == 4
        assert client.get(page).status_code == 200
        client.post(f"/admin/payouts/{lines[0].pk}/choose/", {"payout": "77"})
        assert lines[0].payout_items.count() == 0
        client.post(f"/admin/payouts/{lines[1].pk}/choose/", {"payout": ""})
        assert lines[1].payout_items.count() == 0

    def test_of_two_that_fit_the_one_that_names_it_is_taken(self, kontor_client: Client):
        import_payout_report(kontor_client, "po.csv", SUMUP.encode())
        named, other = (
            booking(kontor_client, n, "29.58", purpose, counterparty="SumUp Ltd", booking_date=DAY)
            for n, purpose in enumerate(("PID77-SUMUP", "SUMUP PID1771"))
        )
        run_matching(kontor_client)
        assert (named.payout_items.count(), other.payout_items.count()) == (4, 0)

    def test_other_amounts_providers_and_days_are_not_taken(self, kontor_client: Client):
        booking(kontor_client, 0, "115.01", "STRIPE", counterparty="Stripe", booking_date=DAY)
        booking(kontor_client, 1, "115.00", "Miete", counterparty="Müller", booking_date=DAY)
        booking(kontor_client, 2, "115.00", "STRIPE", counterparty="Stripe", booking_date=date(2025, 5, 1))
        assert import_payout_report(kontor_client, "po.csv", STRIPE.encode()).found == 0

    def test_without_a_report_the_difference_is_named_a_fee(self, kontor_client: Client):
        sold = voucher(kontor_client, 0, type="invoice", total="100.00")
        line = booking(kontor_client, 0, "97.10", "PAYPAL AUSZAHLUNG", counterparty="PayPal Europe")
        proposal(sold, line, amount="97.10", state="confirmed")
        Allocation.objects.update(standing=True)
        parts = payouts.parts_of(line)
        assert parts is not None
        assert (parts.known, parts.sales, parts.fees) == (False, Decimal(100), Decimal("-2.90"))

    def test_a_broken_line_is_told_and_the_rest_taken(self, kontor_client: Client):
        outcome = import_payout_report(kontor_client, "po.csv", STRIPE.replace("50.00,1.00", "fünfzig,1.00").encode())
        assert outcome.items == 6
        assert "fünfzig" in problem_words(outcome.problems[0])
        assert "3" in problem_words(outcome.problems[0])

    def test_something_else_is_refused_with_words(self, kontor_client: Client):
        with pytest.raises(Refused, match=r"Kontoauszug\.pdf"):
            import_payout_report(kontor_client, "Kontoauszug.pdf", b"%PDF-1.7")
        assert not PayoutReport.objects.exists()

    def test_the_command(self, kontor_client: Client, tmp_path: Path):
        good, bad = tmp_path / "po.csv", tmp_path / "x.csv"
        good.write_text(STRIPE)
        bad.write_text("nothing")
        out = StringIO()
        call_command("import_payout", kontor_client.number, str(good), stdout=out)
        assert "8" in out.getvalue()
        with pytest.raises(Failed):
            call_command("import_payout", kontor_client.number, str(bad), stdout=out)

    def test_a_colleague_chooses_nothing(self, kontor_client: Client, colleague: User, client: Browser):
        line = booking(kontor_client, 0, "115.00", "STRIPE", counterparty="Stripe", booking_date=DAY)
        client.force_login(colleague)
        assert client.post(f"/admin/payouts/{line.pk}/choose/", {"payout": "po_1"}).status_code == 404
