"""Where a file can be read in two ways, it is asked about, and nothing of it counts until a person has said."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.statements.problems import Code
from integrations.statements.shapes import Entry, Opened, ReadError, Record, Statement, StatementHeader
from integrations.statements.tables import Mapping, MappingError, describe_table, read_table, table_key
from integrations.statements.tables.columns import Columns
from integrations.statements.tables.dates import FORMATS, read_day
from integrations.statements.tables.numbers import read_number
from integrations.statements.tables.profile import Sign

COLUMNS = Columns(
    booking_date=("Tag",), amount=("Wert in Euro",), counterparty=("Wer",), purpose=("Wofür",), currency=("Whg",)
)
HEADER = "Tag;Wer;Wofür;Wert in Euro;Whg\n"


def table(*rows: tuple[str, str]) -> bytes:
    return (HEADER + "".join(f"{day};Kundin;RE-1;{amount};EUR\n" for day, amount in rows)).encode()


def entries(records: list[Record]) -> list[tuple[date | None, Decimal]]:
    return [(record.booking_date, record.signed) for record in records if isinstance(record, Entry)]


def problems(records: list[Record]) -> list[ReadError]:
    return [record for record in records if isinstance(record, ReadError)]


@pytest.mark.parametrize(
    ("rows", "first", "second"),
    [
        ([("01.02.03", "-5,00")], "2003-02-01", "2001-02-03"),
        ([("03/04/2025", "-5,00"), ("05/06/2025", "1,00")], "2025-04-03", "2025-03-04"),
        ([("03.04.2025", "1.234"), ("03.04.2025", "-5")], "1234.00", "1.234"),
        ([("03.04.2025", "10,00"), ("03.04.2025", "7,50")], "+10,00", "−10,00"),
    ],
)
def test_two_readings_are_asked_about(rows: list[tuple[str, str]], first: str, second: str) -> None:
    records = list(read_table(table(*rows), Mapping(columns=COLUMNS)))
    (problem,) = problems(records)
    assert (problem.code, problem.params["first"], problem.params["second"]) == (Code.AMBIGUOUS, first, second)
    assert len(records) == 2
    assert isinstance(records[0], Opened)


@pytest.mark.parametrize(
    "rows",
    [
        [("13/04/2025", "-5,00"), ("03/04/2025", "1,00")],
        [("01.02.03", "-5,00"), ("31.12.99", "2,00")],
        [("01.02.2003", "-1.234"), ("01.02.2003", "2,5")],
    ],
)
def test_one_row_that_tells_is_enough(rows: list[tuple[str, str]]) -> None:
    records = list(read_table(table(*rows), Mapping(columns=COLUMNS)))
    assert not problems([record for record in records if getattr(record, "code", "") != Code.NO_ACCOUNT])
    assert len(entries(records)) == 2


def test_decimals_of_both_kinds_are_asked_about() -> None:
    records = list(read_table(table(("01.02.2003", "-1,50"), ("01.02.2003", "2.50")), Mapping(columns=COLUMNS)))
    assert [problem.code for problem in problems(records)] == [Code.MIXED_DECIMALS]
    assert not entries(records)


@given(
    form=st.sampled_from(FORMATS[:5]), decimal=st.sampled_from([",", "."]), sign=st.sampled_from(["signed", "reversed"])
)
@settings(deadline=None, max_examples=40)
def test_an_answer_settles_it(form: str, decimal: str, sign: str) -> None:
    text = {"Y": "2003-01-02", "y": "01.02.03"}.get(form[0], "01.02.03" if "y" in form else "01.02.2003")
    text = "2003.01.02" if form == "Y.M.D" else text
    mapping = Mapping(
        columns=COLUMNS, date_format=form, decimal=decimal, sign=Sign(sign), account="DE89370400440532013000"
    )
    records = list(read_table(table((text, "1.234")), mapping))
    amount = read_number("1.234", decimal) * (-1 if sign == "reversed" else 1)
    assert entries(records) == [(read_day(text, form), amount)]
    header = next(record for record in records if isinstance(record, StatementHeader))
    assert (header.account, header.format) == ("DE89370400440532013000", "csv")


def test_an_unknown_table_is_not_guessed_at() -> None:
    records = list(read_table(table(("01.02.2003", "-5,00"))))
    assert [problem.code for problem in problems(records)] == [Code.UNKNOWN_TABLE]
    assert not entries(records)


def test_a_mapping_of_another_table_does_not_fit() -> None:
    mapping = Mapping(columns=replace(COLUMNS, counterparty=("Name",)))
    records = list(read_table(table(("01.02.2003", "-5,00")), mapping))
    assert [problem.code for problem in problems(records)] == [Code.MAPPING_FITS_NOT]


def test_the_states_of_a_table_that_nobody_knows_keep_what_is_no_money_apart() -> None:
    content = (
        b"Completed Date,Description,Amount,Currency,State\n"
        b"2026-03-02 11:00:00,Laden,-5.00,EUR,COMPLETED\n"
        b"2026-03-03 11:00:00,Taxi,-7.00,EUR,PENDING\n"
        b"2026-03-04 11:00:00,Bahn,-9.00,EUR,DECLINED\n"
    )
    shape = describe_table(content)
    assert shape is not None
    assert shape.suggestion is not None
    assert shape.suggestion.columns.status == ("State",)
    records = list(read_table(content, Mapping.from_json(shape.suggestion.to_json())))
    said = [(record.status, record.signed) for record in records if isinstance(record, Entry)]
    assert said == [("BOOK", Decimal(-5)), ("PDNG", Decimal(-7))]
    assert [problem.code for problem in problems(records)] == [Code.NO_BOOKING]


def test_an_english_report_of_paypal_asks_for_the_order_of_day_and_month_and_keeps_what_is_known() -> None:
    header = '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID"\n'
    rows = (
        '"03/04/2026","10:00:00","CET","Customer","Payment","Completed","EUR","1,100.00","-3.49","1,096.51","1A"\n'
        '"03/04/2026","10:00:00","CET","","General Account Hold","Pending","EUR","-9.00","0.00","-9.00","2B"\n'
    )
    content = (header + rows).encode()
    (question,) = problems(list(read_table(content)))
    assert (question.params["first"], question.params["second"]) == ("2026-04-03", "2026-03-04")
    shape = describe_table(content)
    assert shape is not None
    assert shape.suggestion is not None
    answered = replace(shape.suggestion, date_format="M/D/Y")
    records = list(read_table(content, answered))
    assert entries(records) == [(date(2026, 3, 4), Decimal("1096.51"))]
    assert [problem.code for problem in problems(records)] == [Code.NO_BOOKING]
    assert records[0] == Opened("csv:paypal")


def test_debit_and_credit_in_words() -> None:
    content = (
        "Datum;Text;Betrag;S/H;Währung\n01.02.2003;a;1,00;S;EUR\n01.02.2003;b;2,00;H;EUR\n01.02.2003;c;3,00;?;EUR\n"
    ).encode()
    shape = describe_table(content)
    assert shape is not None
    assert shape.suggestion is not None
    assert {column.name: column.role for column in shape.columns} == {
        "Datum": "booking_date",
        "Text": "purpose",
        "Betrag": "amount",
        "S/H": "direction",
        "Währung": "currency",
    }
    records = list(read_table(content, shape.suggestion))
    assert [amount for _, amount in entries(records)] == [Decimal("-1.00"), Decimal("2.00")]
    assert [problem.code for problem in problems(records)] == [Code.DIRECTION]
    (statement,) = [record for record in records if isinstance(record, Statement)]
    assert (statement.entries, statement.unreadable) == (3, 1)


def test_a_table_without_names_is_described_and_read_by_position() -> None:
    content = b"Notes of the bank\n\n2003-02-01|Shop|-5.00\n2003-02-13|Customer|7.50\n"
    shape = describe_table(content)
    assert shape is not None
    assert (shape.separator, shape.has_header, shape.first_line, shape.rows) == ("|", False, 3, 2)
    mapping = Mapping(
        columns=Columns(booking_date=("#1",), counterparty=("#2",), amount=("#3",)), has_header=False, separator="|"
    )
    records = list(read_table(content, mapping))
    assert entries(records) == [(date(2003, 2, 1), Decimal("-5.00")), (date(2003, 2, 13), Decimal("7.50"))]


def test_a_mapping_survives_json_and_nonsense_is_refused() -> None:
    mapping = Mapping(columns=COLUMNS, date_format="D.M.y", decimal=",", sign=Sign.REVERSED, pending=("offen",), skip=2)
    assert Mapping.from_json(mapping.to_json()) == mapping
    for wrong in (
        {},
        {"columns": {"amount": ["a"]}},
        {"columns": {"booking_date": ["a"]}},
        {"columns": {"booking_date": ["a"], "amount": ["b"], "colour": ["c"]}},
        {"columns": {"booking_date": ["a"], "amount": ["b"]}, "date_format": "Q"},
        {"columns": {"booking_date": ["a"], "amount": ["b"]}, "decimal": ";"},
        {"columns": {"booking_date": [1], "amount": ["b"]}},
        {"columns": {"booking_date": ["a"], "amount": ["b"]}, "base": "csv:nobody"},
    ):
        with pytest.raises(MappingError):
            Mapping.from_json(wrong)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_the_encoding_is_that_of_most_lines(encoding: str) -> None:
    rows = "".join(f"0{day}.03.2003;Bäckerei Größe {day};Brötchen;-1,50;EUR\n" for day in range(1, 9))
    # in Windows-1252 these two letters happen to be one of UTF-8
    odd = "" if encoding == "latin-1" else "09.03.2003;Maß€;Brötchen;-1,50;EUR\n".replace("ö", "o")
    records = list(read_table((HEADER + rows + odd).encode(encoding), Mapping(columns=COLUMNS)))
    names = [record.details[0].counterparty for record in records if isinstance(record, Entry)]
    assert names == [f"Bäckerei Größe {day}" for day in range(1, 9)] + (["Maß€"] if odd else [])


def test_an_open_quotation_mark_costs_one_text_and_no_row() -> None:
    content = (HEADER + '01.02.2003;"Kundin;RE-1;-5,00;EUR\n02.02.2003;Laden "Zur Post";RE-2;-6,00;EUR\n').encode()
    records = list(read_table(content, Mapping(columns=COLUMNS)))
    assert [amount for _, amount in entries(records)] == [Decimal("-5.00"), Decimal("-6.00")]
    assert not [problem for problem in problems(records) if problem.code is not Code.ROW_MOVED]


def test_a_line_break_in_a_purpose() -> None:
    content = (HEADER + '01.02.2003;Kundin;"RE-1\nund RE-2";-5,00;EUR\n02.02.2003;Laden;x;-6,00;EUR\n').encode()
    records = list(read_table(content, Mapping(columns=COLUMNS)))
    found = [record for record in records if isinstance(record, Entry)]
    assert [entry.details[0].purpose for entry in found] == ["RE-1\nund RE-2", "x"]
    assert [entry.place.line for entry in found] == [2, 4]


def test_what_cannot_be_read_is_named_and_costs_only_its_row() -> None:
    rows = (
        "01.02.2003;a;x;-5,00;EUR\n31.02.2003;b;x;-5,00;EUR\n02.02.2003;c;x;viel;EUR\n03.02.2003;d;x;-7,00;EUR\n"
        ";e;x;-1,00;EUR\nSumme;;;;\n"
    )
    records = list(read_table((HEADER + rows).encode(), Mapping(columns=COLUMNS)))
    assert [amount for _, amount in entries(records)] == [Decimal("-5.00"), Decimal("-7.00")]
    assert [(problem.code, problem.place.line) for problem in problems(records)] == [
        (Code.DATE, 3),
        (Code.AMOUNT, 4),
        (Code.NO_DATE, 6),
        (Code.NO_BOOKING, 7),
    ]
    (statement,) = [record for record in records if isinstance(record, Statement)]
    assert (statement.entries, statement.unreadable) == (5, 3)


def test_a_huge_line_is_refused() -> None:
    huge = b"Datum;Betrag;Text\n" + b"x" * 1_000_000
    assert [problem.code for problem in problems(list(read_table(huge)))] == [Code.ENTRY_TOO_LARGE]


def test_two_open_quotation_marks_do_not_swallow_the_rows_between_them() -> None:
    rows = '01.02.2003;"Kundin;RE-1;-5,00;EUR\n02.02.2003;Laden;RE-2;-6,00;EUR\n03.02.2003;"Wirt;RE-3;-7,00;EUR\n'
    records = list(read_table((HEADER + rows).encode(), Mapping(columns=COLUMNS)))
    assert [amount for _, amount in entries(records)] == [Decimal("-5.00"), Decimal("-6.00"), Decimal("-7.00")]


def test_debits_with_and_without_a_minus_are_asked_about() -> None:
    content = b"Datum;Text;Soll;Haben\n13.02.2003;a;-1,00;\n13.02.2003;b;2,00;\n13.02.2003;c;;3,00\n"
    shape = describe_table(content)
    assert shape is not None
    assert [problem.code for problem in shape.questions] == [Code.AMBIGUOUS]
    assert not entries(list(read_table(content, shape.suggestion)))


def test_the_key_of_a_table_is_that_of_its_header() -> None:
    one = table(("01.02.2003", "-5,00"))
    shape = describe_table(one)
    assert shape is not None
    assert shape.key == table_key(one) == table_key(b"notes above\n\n" + table(("31.12.2004", "1"), ("1.2.2005", "2")))
    assert table_key(one.replace(b"Wer;", b"Wen;")) != shape.key
    assert table_key(b"no table") == ""
    assert table_key(b"Datum;Betrag;Text\n" + b"x" * 1_000_000) == ""


def test_equally_wide_tables_without_names_are_not_taken_for_one_another() -> None:
    one = table_key(b"2003-02-01;Shop;-5.00\n2003-02-13;Customer;7.50\n")
    assert one == table_key(b"2004-02-01;Inn;-1.00\n")
    assert one != table_key(b"Shop;2003-02-01;-5.00\n")


def test_a_spoilt_day_at_the_top_does_not_turn_the_others() -> None:
    rows = [("2003-02-01", "-1,00"), ("13.02.2003", "-2,00"), ("14.02.2003", "-3,00")]
    records = list(read_table(table(*rows), Mapping(columns=COLUMNS)))
    assert [day for day, _ in entries(records)] == [date(2003, 2, 13), date(2003, 2, 14)]
    assert [problem.code for problem in problems(records)] == [Code.DATE]


def test_days_that_speak_against_one_another_are_asked_about() -> None:
    rows = [("13/04/2025", "-1,00"), ("14/04/2025", "-1,00"), ("04/13/2025", "-2,00"), ("03/04/2025", "-3,00")]
    records = list(read_table(table(*rows), Mapping(columns=COLUMNS)))
    assert [problem.code for problem in problems(records)] == [Code.AMBIGUOUS]


def roles(text: str) -> dict[str, str]:
    """What each column of a table seems to be."""
    shape = describe_table(text.encode())
    assert shape is not None
    return {column.name: column.role for column in shape.columns}


def test_a_name_is_believed_only_where_the_values_agree() -> None:
    free = "Datum;Betrag;Name;Info\n03.04.2026;-10,00;A;Rechnung 1\n04.05.2026;20,00;B;Rechnung 2\n"
    assert roles(free)["Info"] == "purpose"
    states = "Datum;Betrag;Name;Info\n03.04.2026;-10,00;A;Umsatz gebucht\n04.05.2026;20,00;B;Umsatz vorgemerkt\n"
    assert roles(states)["Info"] == "status"


def test_different_ibans_are_those_of_the_other_side() -> None:
    header, rows = "Tag;Betrag;Wer;Konto dort\n", ("DE02120300000000202051", "DE02500105170137075030")
    lines = [f"0{day}.04.2026;-1{day},00;Kunde {day};{iban}\n" for day, iban in enumerate(rows, 1)]
    assert roles(header + "".join(lines))["Konto dort"] == "iban"
    same = [line.replace(rows[1], rows[0]) for line in lines]
    assert roles(header + "".join(same))["Konto dort"] != "iban"


def test_a_column_without_a_name_can_be_named() -> None:
    """The side of an amount behind the last name: without it, money out would be money in."""
    content = b"Datum;Wer;Zweck;Umsatz;\r\n03.03.2026;Otto;Miete;45,00;S\r\n14.03.2026;Kunde;RE;145,00;H\r\n"
    shape = describe_table(content)
    assert shape is not None
    assert [column.name for column in shape.columns] == ["Datum", "Wer", "Zweck", "Umsatz", "#5"]
    assert shape.columns[4].role == "direction"
    columns = Columns(booking_date=("Datum",), amount=("Umsatz",), direction=("#5",), purpose=("Zweck",))
    for mapping in (Mapping(columns=columns), shape.suggestion):
        entries = [record for record in read_table(content, mapping) if isinstance(record, Entry)]
        assert [entry.signed for entry in entries] == [-45, 145]


@pytest.mark.parametrize("amount", ["9" * 25 + " H", "9" * 25 + " EUR", "(" + "9" * 25 + ")"])
def test_a_number_without_end_is_no_amount(amount: str) -> None:
    content = f"Datum;Wer;Zweck;Umsatz\r\n03.03.2026;Otto;Miete;{amount}\r\n14.03.2026;Kunde;RE;-145,00\r\n".encode()
    columns = Columns(booking_date=("Datum",), amount=("Umsatz",), purpose=("Zweck",))
    records = list(read_table(content, Mapping(columns=columns)))
    assert [record.signed for record in records if isinstance(record, Entry)] == [-145]
    assert [record.code for record in records if isinstance(record, ReadError)] == [Code.AMOUNT]
