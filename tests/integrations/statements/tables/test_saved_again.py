"""Tables that went through a spreadsheet or were written by hand: read as they were, or refused with the reason."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import Entry, ReadError, Statement
from integrations.statements.tables import Mapping, read_table
from integrations.statements.tables.columns import Columns
from integrations.statements.tables.dates import is_date, read_day

MAPPING = Mapping(columns=Columns(booking_date=("Datum",), amount=("Betrag",), purpose=("Text",)), decimal=",")
VR = (
    "Bezeichnung Auftragskonto;IBAN Auftragskonto;Buchungstag;Valutadatum;Name Zahlungsbeteiligter;Verwendungszweck;"
    "Betrag;Waehrung;Saldo nach Buchung;Mandatsreferenz\n"
)
MONTHS = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]
ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def entries(content: str, mapping: Mapping | None = None) -> list[tuple[date | None, Decimal]]:
    records = read_table(content.encode(), mapping)
    return [(record.booking_date, record.signed) for record in records if isinstance(record, Entry)]


def problems(content: str, mapping: Mapping | None = None) -> list[ReadError]:
    return [record for record in read_table(content.encode(), mapping) if isinstance(record, ReadError)]


def vr(*rows: str) -> str:
    return VR + "".join(f"{row}\n" for row in rows)


@given(day=st.dates(date(1975, 1, 1), date(2069, 12, 31)))
def test_the_name_of_a_month_leaves_one_reading(day: date) -> None:
    german, english = MONTHS[day.month - 1], ENGLISH[day.month - 1]
    texts = (
        f"{day.day}. {german} {day.year}",
        f"{day:%d}. {german} {day:%y}",
        f"{day:%d} {english[:3]} {day.year}",
        f"{day:%d}-{english[:3].upper()}-{day:%y}",
        f"{english} {day.day}, {day.year}",
        f"{english[:3]} {day:%d}, {day.year}, 10:15",
    )
    assert [read_day(text, "D.M.Y") for text in texts] == [day] * len(texts)


@pytest.mark.parametrize(
    "text", ["5. Brumaire 2026", "May", "12 May", "32. Mai 2026", "5 May 2026 in Rome", "Mai 2026"]
)
def test_what_only_resembles_a_day_is_none(text: str) -> None:
    assert not is_date(text)


def test_a_table_with_names_of_months_is_read_with_its_mapping() -> None:
    content = "Datum;Text;Betrag\n05. März 2026;Miete;-5,00\n17. Dez. 2025;Kundin;7,00\n"
    assert entries(content, MAPPING) == [(date(2026, 3, 5), Decimal(-5)), (date(2025, 12, 17), Decimal(7))]


def test_days_that_a_spreadsheet_kept_as_numbers_are_refused_with_that_reason() -> None:
    (problem,) = problems("Datum;Text;Betrag\n46023;Miete;-5,00\n46024;Kundin;7,00\n")
    assert (problem.code, problem.params, problem.place.line) == (Code.DATE_NUMBER, {"value": "46023"}, 2)
    known = vr("Giro;DE89370400440532013000;46023;46023;Kundin;RE-1;5,00;EUR;10,00;")
    assert [problem.code for problem in problems(known)] == [Code.DATE_NUMBER]


def test_an_id_that_a_spreadsheet_shortened_is_none() -> None:
    content = vr("Giro;DE89370400440532013000;01.12.2025;01.12.2025;Laden;x;-5,00;EUR;10,00;6,17761250170673E+025")
    (entry,) = (record for record in read_table(content.encode()) if isinstance(record, Entry))
    assert entry.details[0].mandate_id == ""
    assert "6,17761250170673E+025" in entry.raw


def test_a_sum_below_a_table_is_no_row_of_it() -> None:
    content = vr(
        "Giro;DE89370400440532013000;01.12.2025;01.12.2025;Kundin;RE-1;175,00;EUR;1175,00;", ";;;;;Summe;175,00;EUR;;"
    )
    (problem,) = problems(content)
    assert (problem.code, problem.severity) == (Code.NO_BOOKING, Severity.WARNING)
    (statement,) = (record for record in read_table(content.encode()) if isinstance(record, Statement))
    assert (statement.entries, statement.unreadable, statement.credit_total) == (1, 0, Decimal(175))


def test_a_separator_in_a_text_moves_nothing_although_the_last_cell_is_empty() -> None:
    content = vr("Giro;DE89370400440532013000;01.12.2025;01.12.2025;Laden;Bier; Wein;-5,00;EUR;10,00;")
    (entry,) = (record for record in read_table(content.encode()) if isinstance(record, Entry))
    assert (entry.signed, entry.currency, entry.details[0].purpose) == (Decimal(-5), "EUR", "Bier Wein")
    assert [problem.code for problem in problems(content)] == [Code.ROW_MOVED]


def test_the_list_of_transfers_of_wise_is_refused_with_what_to_export_instead() -> None:
    content = (
        "ID,Status,Direction,Created on,Finished on,Source fee amount,Source fee currency,Source name,"
        "Source amount (after fees),Source currency,Target name,Target amount (after fees),Target currency\n"
        "T-1,COMPLETED,OUT,2026-08-03 14:20:05,2026-08-03 14:23:11,0.45,EUR,Ich,120.00,EUR,Du,138.00,USD\n"
    )
    (problem,) = problems(content)
    assert problem.code is Code.TRANSFERS
    assert "statement of each balance" in problem.message
