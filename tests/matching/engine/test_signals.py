"""Months in texts, number series, remarks and named differences."""

from datetime import date
from decimal import Decimal

import pytest

from matching.engine import propose
from matching.engine.claim import Claim
from matching.engine.periods import periods_in
from matching.engine.purpose import paid_otherwise
from matching.engine.series import likely_parties
from matching.engine.text import dates_in
from matching.engine.types import Permission

from .make import automatic, best, booking, codes, noise, voucher

SEE = "Druckhaus Seeblick GmbH"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wartung 07/2025", [(7, 2025)]),
        ("Ihre Rechnung März", [(3, None)]),
        ("Abschlag Dezember 2024", [(12, 2024)]),
        ("Rechnung 2025/0712", []),
        ("vom 01.07.2025", []),
        ("RE-07/2025-11", []),
        ("Maiwald Druck", []),
    ],
)
def test_months_in_a_text(text: str, found: list[tuple[int, int | None]]) -> None:
    assert [(p.month, p.year) for p in periods_in(text)] == found


@pytest.mark.parametrize(("text", "months"), [("Juni 2025", 1), ("Juli", 0), ("August", -1), ("07/2024", 12)])
def test_months_from_the_named_one_to_the_document(text: str, months: int) -> None:
    (period,) = periods_in(text)
    assert period.distance(date(2025, 7, 3)) == months


def test_the_named_month_tells_equal_payments_apart() -> None:
    vouchers = [voucher(f"v{m}", f"4711-{m}", "412.83", SEE, on=f"2025-0{m}-01") for m in (3, 4)]
    bookings = [
        booking("t3", "2025-04-15", "-412.83", SEE, "Pauschale 03/2025"),
        booking("t4", "2025-04-16", "-412.83", SEE, "Pauschale 04/2025"),
    ]
    proposals = propose(vouchers, [*bookings, *noise()])
    for month in (3, 4):
        first = best(proposals, f"v{month}")
        assert first.allocations[0].transaction == f"t{month}"
        assert "period_in_text" in codes(first)


def claims(*rows: tuple[str, str]) -> list[Claim]:
    return [Claim(i, voucher(f"v{i}", number, "10.00", contact)) for i, (number, contact) in enumerate(rows)]


def test_a_suppliers_numbers_tell_whose_document_it_is() -> None:
    own = [(f"QX1000{n}A", "Papier Nord KG") for n in range(3)]
    asked = ("QX90577A", "Sammellieferant"), ("ZZ90577A", "Sammellieferant")
    assert {i: c.v.contact for i, c in likely_parties(claims(*own, *asked)).items()} == {3: "Papier Nord KG"}
    assert likely_parties(claims(*own[:2], *asked)) == {}
    assert likely_parties(claims(*own, ("QX10009A", SEE), *asked)) == {}


def test_a_collective_contact_is_found_by_its_suppliers_numbers() -> None:
    known = [
        voucher(f"k{n}", f"QX1000{n}A", f"{61 + n}.1{n}", "Papier Nord KG", on=f"2025-0{n}-03", paid=f"2025-0{n}-11")
        for n in range(1, 5)
    ]
    v = voucher("v", "QX90577A", "412.83", "Sammellieferant", on="2025-06-02", paid="2025-06-12")
    t = booking("t", "2025-06-12", "-412.83", "PAPIER NORD", "Danke")
    proposal = best(propose([*known, v], [t, *noise()]), "v")
    assert proposal.permission is Permission.AUTOMATIC
    assert {"number_series", "name_equal"} <= codes(proposal)
    assert automatic(propose([v], [t, *noise()])) == set()
    stranger = booking("t", "2025-06-12", "-412.83", "Karl Ohlsen", "Danke")
    assert automatic(propose([*known, v], [stranger, *noise()])) == set()


@pytest.mark.parametrize("remark", ["privat ausgelegt", "bar bezahlt", "Kasse", "Auslage GF", "Firmenkreditkarte Amex"])
def test_remarks_that_name_another_way_of_payment(remark: str) -> None:
    assert paid_otherwise(remark)
    v = voucher("v", "4711-A", "412.83", SEE, paid="2025-03-12")
    told = voucher("v", "4711-A", "412.83", SEE, paid="2025-03-12", remark=remark)
    t = booking("t", "2025-03-12", "-412.83", SEE, "Flyer")
    without, with_remark = best(propose([v], [t, *noise()]), "v"), best(propose([told], [t, *noise()]), "v")
    assert with_remark.probability < without.probability
    assert "paid_otherwise" in codes(with_remark)


@pytest.mark.parametrize("remark", ["geprüft", "Barbara fragen", "Kassel", "Skonto 2 %", ""])
def test_remarks_that_say_nothing_of_it(remark: str) -> None:
    assert paid_otherwise(remark) == ""


def test_the_day_of_a_card_purchase_stands_without_its_last_point() -> None:
    (found,) = dates_in("NR XXXX 3041 KIEL DE KAUFUMSATZ 22.07 24.90 192646")
    assert (found.day, found.month, found.year) == (22, 7, None)
    assert dates_in("SUMME 22.07 24.90") == []


def test_a_card_is_not_charged_before_the_receipt() -> None:
    v = voucher("v", "991-22", "31.90", "Taxi Hafen GmbH", on="2025-05-18", paid="2025-05-18")
    before = booking("t", "2025-05-15", "-31.90", "TAXI HAFEN", code="PMNT-CCRD-POSD")
    after = booking("t", "2025-05-20", "-31.90", "TAXI HAFEN", code="PMNT-CCRD-POSD")
    assert automatic(propose([v], [before, *noise()])) == set()
    assert automatic(propose([v], [after, *noise()])) == {("v", "t")}


def test_a_difference_that_the_text_names_counts_more() -> None:
    v = voucher("v", "4711-A", "412.83", SEE, on="2025-03-03")
    plain = booking("t", "2025-03-12", "-404.57", SEE, "Flyer")
    named = booking("t", "2025-03-12", "-404.57", SEE, "Flyer abzgl. Skonto 8,26")
    chances = [best(propose([v], [t, *noise()]), "v").probability for t in (plain, named)]
    assert chances[0] <= chances[1]
    assert best(propose([v], [named, *noise()]), "v").allocations[0].amount == Decimal("404.57")
