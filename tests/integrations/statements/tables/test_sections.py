"""Exports that were put behind one another, and files with a section for each account: no row goes to another's."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.statements.problems import Code
from integrations.statements.shapes import Entry, Opened, ReadError, Statement, StatementHeader
from integrations.statements.tables import read_table
from integrations.statements.tables.banks import PROFILES
from integrations.statements.tables.profile import Profile

from .writer import OWN, Line, Style, write

OTHER = "DE02120300000000202051"
# the account of these stands above the table, if the file says it at all
ABOVE = [profile for profile in PROFILES if not profile.header and "account" not in dict(profile.columns.roles())]

amounts = st.integers(-9_999_999, 9_999_999).filter(bool).map(lambda cents: Decimal(cents) / 100)
lines = st.lists(st.builds(Line, day=st.dates(date(2025, 1, 13), date(2025, 12, 31)), amount=amounts), min_size=1)

SECTIONS = """
"Umsätze Girokonto";"Zeitraum: 01.03.2026 - 31.03.2026";
"Neuer Kontostand";"90,00 EUR";

"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";
"12.03.2026";"12.03.2026";"Lastschrift";"Empfänger: AKto/IBAN: DE02120300000000202051 Buchungstext: x";"-10,00";
"Alter Kontostand";"100,00 EUR";

"Umsätze Visa-Karte";"Zeitraum: 01.03.2026 - 31.03.2026";

"Buchungstag";"Umsatztag";"Vorgang";"Referenz";"Buchungstext";"Umsatz in EUR";
"13.03.2026";"11.03.2026";"Visa-Umsatz";"1";"LADEN";"-20,00";

"Umsätze Tagesgeld PLUS-Konto";"Zeitraum: 01.03.2026 - 31.03.2026";
"Neuer Kontostand";"7.000,00 EUR";

"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";
"14.03.2026";"14.03.2026";"Übertrag";"Auftraggeber: X Buchungstext: Sparen";"7.000,00";
"""


def found(content: bytes) -> tuple[list[tuple[str, list[Decimal]]], list[ReadError]]:
    """The amounts of each statement with its account, and the problems."""
    statements: list[tuple[str, list[Decimal]]] = []
    problems = []
    amounts_so_far: list[Decimal] = []
    for record in read_table(content):
        if isinstance(record, Entry):
            amounts_so_far.append(record.signed)
        elif isinstance(record, Statement):
            statements.append((record.header.account, amounts_so_far))
            amounts_so_far = []
        elif isinstance(record, ReadError):
            problems.append(record)
    return statements, problems


@pytest.mark.parametrize("profile", ABOVE, ids=lambda profile: f"{profile.name}-{PROFILES.index(profile)}")
@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(first=lines, second=lines)
def test_two_exports_behind_one_another_are_two_accounts(
    profile: Profile, first: list[Line], second: list[Line]
) -> None:
    style = Style(encoding="utf-8", above=("Export;heute", f"IBAN;{OWN}", ""))
    content = write(profile, first, style) + write(
        profile, second, Style(encoding="utf-8", above=("Export;heute", f"IBAN;{OTHER}", ""))
    )
    statements, problems = found(content)
    assert statements == [(OWN, [line.amount for line in first]), (OTHER, [line.amount for line in second])]
    assert Code.OTHER_TABLE not in {problem.code for problem in problems}


@pytest.mark.parametrize("profile", ABOVE, ids=lambda profile: f"{profile.name}-{PROFILES.index(profile)}")
def test_a_second_export_without_its_account_is_named_and_not_read(profile: Profile) -> None:
    one, other = [Line(date(2025, 3, 13), Decimal("-1.50"))], [Line(date(2025, 3, 14), Decimal("2.50"))]
    above = Style(encoding="utf-8", above=("Umsätze", ""))
    content = write(profile, one, Style(encoding="utf-8")) + write(profile, other, above)
    statements, problems = found(content)
    assert statements == [("", [Decimal("-1.50")])]
    (problem,) = (problem for problem in problems if problem.code is Code.OTHER_TABLE)
    assert problem.params["columns"] == "Umsätze"
    assert problem.place.line > len(one)


def test_an_export_of_another_bank_behind_one_is_read_as_what_it_is() -> None:
    ing, dkb = (next(profile for profile in PROFILES if profile.name == name) for name in ("ing", "dkb"))
    one, other = [Line(date(2025, 3, 13), Decimal("-1.50"))], [Line(date(2025, 3, 14), Decimal("2.50"))]
    content = write(ing, one, Style(encoding="utf-8", above=(f"IBAN;{OWN}",))) + write(
        dkb, other, Style(encoding="utf-8", above=(f"Girokonto;{OTHER}",))
    )
    headers = [record for record in read_table(content) if isinstance(record, StatementHeader)]
    assert [(header.account, header.format, header.number) for header in headers] == [
        (OWN, "csv:ing", 1),
        (OTHER, "csv:dkb", 2),
    ]


def test_the_names_of_the_columns_again_go_on_with_the_same_table() -> None:
    profile = next(profile for profile in PROFILES if profile.name == "ing")
    one, other = [Line(date(2025, 3, 13), Decimal("-1.50"))], [Line(date(2025, 3, 14), Decimal("2.50"))]
    style = Style(encoding="utf-8", above=(f"IBAN;{OWN}",))
    statements, problems = found(write(profile, one, style) + write(profile, other, Style(encoding="utf-8")))
    assert statements == [(OWN, [Decimal("-1.50"), Decimal("2.50")])]
    assert Code.OTHER_TABLE not in {problem.code for problem in problems}


def test_of_several_sections_the_first_is_read_and_every_other_one_named() -> None:
    records = list(read_table(SECTIONS.encode("cp1252")))
    (statement,) = (record for record in records if isinstance(record, Statement))
    assert (statement.entries, statement.debit_total, statement.difference) == (1, Decimal(10), Decimal(0))
    titles = [record.params["columns"] for record in records if isinstance(record, ReadError)]
    assert [title.partition(" Zeitraum")[0] for title in titles] == [
        "Umsätze Visa-Karte",
        "Umsätze Tagesgeld PLUS-Konto",
    ]


def test_a_later_table_with_more_of_the_known_names_does_not_hide_the_first() -> None:
    assert next(iter(read_table(SECTIONS.encode("cp1252")))) == Opened("csv:comdirect")
    statements, _ = found(SECTIONS.encode("cp1252"))
    # the account named in a purpose is not the own one
    assert statements == [("", [Decimal(-10)])]
