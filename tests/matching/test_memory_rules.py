"""What is learned from a decision, how strongly it counts, and when it is forgotten."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from matching.memory_rules import (
    HALF_LIFE_DAYS,
    LEAST,
    Fact,
    FactKind,
    Line,
    facts_of,
    is_company,
    party_key,
    strength,
)

TODAY = date(2026, 3, 12)
counts = some.integers(0, 50)
ages = some.integers(0, 5000)


@given(counts, counts, ages)
def test_it_halves_with_time(yes: int, no: int, age: int) -> None:
    last = TODAY - timedelta(days=age)
    now = strength(yes, no, last, TODAY)
    assert now >= 0
    assert strength(yes, no, last, TODAY + timedelta(days=HALF_LIFE_DAYS)) == pytest.approx(now / 2)
    assert strength(yes + 1, no, last, TODAY) >= now
    assert strength(yes, no + 1, last, TODAY) <= now


def test_one_confirmation_lasts_two_years_and_a_rejection_outweighs_two() -> None:
    assert strength(1, 0, TODAY, TODAY + timedelta(days=730)) >= LEAST
    assert strength(1, 0, TODAY, TODAY + timedelta(days=731)) < LEAST
    assert strength(2, 1, TODAY, TODAY) == 0
    assert strength(3, 1, TODAY, TODAY) == 1
    assert strength(5, 0, None, TODAY) == 0


def test_a_decision_says_who_stands_behind_a_line() -> None:
    line = Line("DE02", "DE98ZZZ09999999999", "M-1", "SEEBLICK  Drück")
    evidence = [{"code": "customer_number", "params": {"found": "4711", "contact": "Druckhaus Seeblick GmbH"}}]
    contact = "Druckhaus Seeblick GmbH"
    assert facts_of(line, [contact, contact], evidence) == {
        Fact(FactKind.IBAN, "DE02", contact),
        Fact(FactKind.CREDITOR, "DE98ZZZ09999999999", contact),
        Fact(FactKind.MANDATE, "M-1", contact),
        Fact(FactKind.ALIAS, "seeblick druck", contact),
        Fact(FactKind.CUSTOMER_NUMBER, "4711", contact),
    }


@pytest.mark.parametrize("contacts", [["A GmbH", "B GmbH"], [], [""], ["Sammelkunde"], ["SAMMELLIEFERANT"]])
def test_a_line_for_several_or_for_nobody_says_nothing(contacts: list[str]) -> None:
    assert facts_of(Line("DE02", "C", "M", "Somebody"), contacts, []) == frozenset()


@pytest.mark.parametrize("name", ["Druckhaus Seeblick GmbH", "DRUCKHAUS SEEBLICK", "Druckhaus Seeblick  GmbH & Co. KG"])
def test_the_contacts_own_name_is_no_other_name(name: str) -> None:
    assert facts_of(Line(counterparty=name), ["Druckhaus Seeblick GmbH"], []) == frozenset()


@pytest.mark.parametrize(
    "name",
    [
        "Druckhaus Seeblick GmbH", "Holzhandel Petersen GmbH & Co. KG", "Deutsche Bahn AG", "Amazon EU S.à r.l.",
        "Software B.V.", "Papier Nord eG", "Kaufhaus KGaA", "Werkstatt UG (haftungsbeschränkt)", "Cloud Ltd.",
        "Hosting Inc", "Caffè Roma S.r.l.", "gemeinnützige gGmbH",
    ],
)  # fmt: skip
def test_companies_are_known_by_their_legal_form(name: str) -> None:
    assert is_company(name)


@pytest.mark.parametrize(
    "name",
    [
        "Müller, Sabine", "Schreinerei Karl Ohm", "Karl Ohm e.K.", "Ohm und Uhl GbR", "Sven Sebastian", "Inga Kgerland",
        "Co. Petersen", "Finanzamt Flensburg", "",
    ],
)  # fmt: skip
def test_private_persons_and_whoever_is_not_certain_are_no_companies(name: str) -> None:
    assert not is_company(name)


def test_spellings_of_a_party_have_one_key() -> None:
    spellings = ["Bäckerei Ohlsen GmbH", "BÄCKEREI  OHLSEN GMBH & CO. KG", "Bäckerei-Ohlsen"]
    assert len({party_key(name) for name in spellings}) == 1
    assert party_key("Ohlsen AG") != party_key("Petersen AG")
