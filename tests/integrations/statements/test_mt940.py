"""MT940 and MT942: what the bank wrote comes out, whatever way it wrote it."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.statements.mt940 import read_mt940
from integrations.statements.problems import Code
from integrations.statements.shapes import Entry, EntryDetail, Opened, ReadError, Record, Statement
from integrations.statements.transactions import bank_lines

from .mt940_builder import Move, file, german, message, move_lines, today

D = Decimal


def read(*messages: list[str], end: str = "\r\n", encoding: str = "utf-8") -> list[Record]:
    return list(read_mt940(file(*messages, end=end, encoding=encoding)))


def problems(records: list[Record]) -> list[Code]:
    return [record.code for record in records if isinstance(record, ReadError)]


def entries(records: list[Record]) -> list[Entry]:
    return [record for record in records if isinstance(record, Entry)]


def statements(records: list[Record]) -> list[Statement]:
    return [record for record in records if isinstance(record, Statement)]


def detail(details: str, **changes: str) -> EntryDetail:
    records = read(message(replace(Move(details=details), **changes)))
    assert problems(records) == []
    return entries(records)[0].details[0]


def test_an_entry_with_everything() -> None:
    text = german(
        "109",
        ("00", "RETOURE LASTSCHRIFT"),
        ("10", "9310"),
        ("20", "EREF+R-2026-0001"),
        ("21", "MREF+M-77"),
        ("22", "CRED+DE98ZZZ09999999999"),
        ("23", "OAMT+50,00"),
        ("24", "COAM+3,00"),
        ("25", "SVWZ+Rechnung 0815 vom zweit"),
        ("26", "en Maerz"),
        ("27", "ABWA+Schreinerei Nordlicht"),
        ("30", "GENODEF1ABC"),
        ("31", "DE89370400440532013000"),
        ("32", "Schreinerei Nordlicht Inhab"),
        ("33", "er Otto Hansen"),
        ("34", "914"),
    )
    move = Move("53,00", "D", "251231", "0102", "R", "NRTIREF 1//BANK-1", "/OCMT/EUR50,00//CHGS/EUR3,00/", details=text)
    records = read(message(move, days=("251231", "260102")))
    assert problems(records) == []
    (entry,) = entries(records)
    (part,) = entry.details
    assert (entry.amount, entry.signed, entry.status, entry.reversal) == (D("53.00"), D("-53.00"), "BOOK", False)
    assert (entry.value_date, entry.booking_date) == (date(2025, 12, 31), date(2026, 1, 2))
    assert (entry.bank_reference, entry.more["customer_reference"], entry.place.line) == ("BANK-1", "REF 1", 5)
    assert (entry.code.gvc, entry.code.proprietary) == ("109", "NRTI+109+9310+914")
    assert (part.end_to_end_id, part.mandate_id, part.creditor_id) == ("R-2026-0001", "M-77", "DE98ZZZ09999999999")
    assert part.purpose == "Rechnung 0815 vom zweiten Maerz"
    assert part.counterparty == "Schreinerei Nordlicht Inhaber Otto Hansen"
    assert (part.counterparty_iban, part.counterparty_bic) == ("DE89370400440532013000", "GENODEF1ABC")
    assert (part.ultimate_debtor, part.return_reason) == ("Schreinerei Nordlicht", "914")
    assert (part.charges, part.charges_currency) == (D("3.00"), "EUR")
    assert (part.instructed_amount, part.instructed_currency) == (D("50.00"), "EUR")
    assert (entry.additional_info, part.more["primanota"]) == ("RETOURE LASTSCHRIFT", "9310")
    assert entry.raw.startswith(":61:2512310102DR53,00NRTIREF 1//BANK-1")
    assert ":86:109?00RETOURE" in entry.raw


@pytest.mark.parametrize(
    ("mark", "funds", "signed", "reversal"),
    [
        ("C", "", "10.00", False),
        ("D", "", "-10.00", False),
        ("C", "R", "10.00", False),
        ("D", "R", "-10.00", False),
        ("RC", "", "-10.00", True),
        ("RD", "", "10.00", True),
        ("RC", "R", "-10.00", True),
        ("RD", "R", "10.00", True),
        ("D", "K", "-10.00", False),
    ],
)
def test_marks(mark: str, funds: str, signed: str, reversal: bool) -> None:
    records = read(message(Move(mark=mark, funds=funds)))
    assert problems(records) == []
    assert [(entry.signed, entry.reversal) for entry in entries(records)] == [(D(signed), reversal)]
    assert statements(records)[0].difference == 0


@pytest.mark.parametrize(
    ("written", "amount"), [("200,", "200"), ("0,4", "0.4"), ("000000000400,00", "400"), ("7", "7")]
)
def test_amounts(written: str, amount: str) -> None:
    records = read(message(Move(amount=written), closing=str(D(100) - D(amount))))
    assert problems(records) == []
    assert entries(records)[0].amount == D(amount)


@pytest.mark.parametrize("amount", ["1.23,56", "12,34,56", "-5,00", "5,0 0", "٣,00"])
def test_an_amount_that_is_none_is_said(amount: str) -> None:
    records = read(message(Move(amount=amount), closing="100.00"))
    assert problems(records)[0] is Code.ENTRY_LINE
    assert (entries(records), statements(records)[0].unreadable) == ([], 1)


@pytest.mark.parametrize(
    ("value", "booked", "wanted"),
    [
        ("251231", "0102", date(2026, 1, 2)),
        ("260102", "1231", date(2025, 12, 31)),
        ("260615", "0701", date(2026, 7, 1)),
        ("260302", "", date(2026, 3, 2)),
        ("260302", "    ", date(2026, 3, 2)),
        ("240301", "0229", date(2024, 2, 29)),
    ],
)
def test_the_year_of_the_booking_date(value: str, booked: str, wanted: date) -> None:
    records = read(message(Move(value=value, booked=booked)))
    assert problems(records) == []
    assert entries(records)[0].booking_date == wanted


def test_days_that_do_not_exist_become_the_last_of_the_month() -> None:
    records = read(message(Move(value="260230", booked="0301"), days=("251131", "260301")))
    assert problems(records) == [Code.NO_SUCH_DAY, Code.NO_SUCH_DAY]
    assert entries(records)[0].value_date == date(2026, 2, 28)
    assert statements(records)[0].header.opening.on == date(2025, 11, 30)


def test_no_day_at_all_costs_one_entry() -> None:
    records = read(message(Move(value="261345"), Move(amount="5,00")))
    assert problems(records) == [Code.DATE]
    assert [entry.amount for entry in entries(records)] == [D("5.00")]


@pytest.mark.parametrize("mark", ["?", "*", "@", "<", "!", "~"])
def test_any_separator(mark: str) -> None:
    part = detail(german("166", ("00", "GUTSCHRIFT"), ("20", "SVWZ+Miete A+B"), ("32", "Otto"), mark=mark))
    assert (part.purpose, part.counterparty, part.code.gvc) == ("Miete A+B", "Otto", "166")


def test_a_plus_in_a_text_is_no_keyword() -> None:
    part = detail(german("166", ("20", "SVWZ+Bestellung EREF+1 und M"), ("21", "REF+2, Mehl+Zucker")))
    assert part.purpose == "Bestellung EREF+1 und MREF+2, Mehl+Zucker"
    assert (part.end_to_end_id, part.mandate_id) == ("", "")


@pytest.mark.parametrize(
    "subfields",
    [
        [("20", "EREF+E-1"), ("21", "MREF+M-1"), ("22", "CRED+DE98ZZZ09999999999"), ("23", "SVWZ+Strom")],
        [("20", "EREF+E-1 MREF+M-1 CRED+DE98ZZ"), ("21", "Z09999999999 SVWZ+Strom")],
        [("20", "EREF+E-1MREF+M-1CRED+DE98ZZZ"), ("21", "09999999999SVWZ+Strom")],
        [("20", "EREF: E-1 MREF: M-1 CRED: D"), ("21", "E98ZZZ09999999999 SVWZ: Strom")],
    ],
)
def test_disobedient_banks(subfields: list[tuple[str, str]]) -> None:
    part = detail(german("105", *subfields))
    assert (part.end_to_end_id, part.mandate_id, part.creditor_id) == ("E-1", "M-1", "DE98ZZZ09999999999")
    assert part.purpose.endswith("Strom")


def test_the_seam_of_two_lines() -> None:
    full = "SVWZ+Rechnungsnummer 2026-1"
    assert len(full) == 27
    assert detail(german("166", ("20", full), ("21", "234 Danke"))).purpose == "Rechnungsnummer 2026-1234 Danke"
    assert detail(german("166", ("20", "SVWZ+Rechnung"), ("21", "1234"))).purpose == "Rechnung 1234"
    assert detail(german("166", ("20", "SVWZ+A"), ("60", "B"))).purpose == "A B"


def test_placeholders_are_nothing() -> None:
    part = detail(german("166", ("20", "EREF+NOTPROVIDED"), ("21", "SVWZ+Danke")))
    assert (part.end_to_end_id, part.purpose, dict(part.sepa)) == ("", "Danke", {"SVWZ": "Danke"})


def test_text_keys_of_ordinary_bookings_are_no_reasons() -> None:
    assert detail(german("105", ("00", "Basislastschrift"), ("34", "992"))).return_reason == ""
    assert detail(german("159", ("00", "RETOURE"), ("34", "914"))).return_reason == "914"


@pytest.mark.parametrize("text", ["Kartenzahlung Baeckerei", "0111111111 V. DE JONG", "Kd-Nr. 5/REMI/Test", "2?20"])
def test_free_text(text: str) -> None:
    part = detail(text)
    assert (part.purpose, part.counterparty) == (text, "")


def test_a_time_of_day_at_the_beginning_of_a_line_is_no_field() -> None:
    lines = message(Move(details=""))
    at = lines.index(":61:2603020302DR10,00NMSCNONREF") + 1
    lines[at:at] = [":86:106?00KARTE?20SVWZ+Baeckerei 2026-03-02T13", ":20:08 Kiel", "-", "- nichts", ":12:11"]
    records = read(lines)
    assert problems(records) == []
    assert len(statements(records)) == 1
    assert "13:20:08 Kiel" in entries(records)[0].details[0].purpose


TEXT = german("166", ("00", "GUTSCHRIFT"), ("20", "SVWZ+Grüße aus Köln"), ("32", "Jürgen Müller"))


@pytest.mark.parametrize(
    ("encoding", "end"),
    [(encoding, end) for encoding in ("utf-8", "cp1252", "utf-8-sig") for end in ("\r\n", "\n", "\r", "@@")]
    + [("utf-16", "\r\n")],
)
def test_encodings_and_line_ends(encoding: str, end: str) -> None:
    records = read(message(Move(details=TEXT)), message(Move(amount="1,00")), end=end, encoding=encoding)
    assert problems(records) == []
    assert entries(records)[0].details[0].counterparty == "Jürgen Müller"
    assert len(statements(records)) == 2


def test_a_letter_that_is_cut_through_by_the_end_of_a_line() -> None:
    start, end = file(message(Move(details="x"))).split(b":86:x")
    text = TEXT.encode()
    at = text.index("ü".encode()) + 1
    records = list(read_mt940(start + b":86:" + text[:at] + b"\r\n" + text[at:] + end))
    assert entries(records)[0].details[0].purpose == "Grüße aus Köln"


def test_envelopes_and_control_bytes() -> None:
    lines = ["\x01{1:F01BANKDEFFAXXX0000000000}{2:I940BANKDEFFXXXXN}{4:", *message(Move())[:-1], "-}{5:{MAC:0}}\x03"]
    records = read(lines, lines)
    assert problems(records) == []
    assert [statement.entries for statement in statements(records)] == [1, 1]


def test_details_behind_the_closing_balance_are_of_the_statement() -> None:
    lines = message(Move())
    lines[-1:] = [":64:C260302EUR90,00", ":86:Kontostand Auskunft", "-"]
    records = read(lines)
    assert problems(records) == []
    assert entries(records)[0].details[0].purpose == "Miete"
    assert statements(records)[0].header.more["86"] == "Kontostand Auskunft"


def test_pages() -> None:
    first = message(Move(), number="7/1", inner=(False, True))
    second = message(Move(), number="7/2", inner=(True, False), opening="90.00")
    records = read(first, second)
    assert problems(records) == []
    assert [(s.header.page, s.header.last_page) for s in statements(records)] == [("1", False), ("2", True)]
    assert [s.difference for s in statements(records)] == [0, 0]
    gap = read(first, message(Move(), number="7/2", inner=(True, False), opening="80.00"))
    assert problems(gap) == [Code.PAGE_GAP]


def test_cancelled_entries_that_only_fit_when_turned_are_not_given() -> None:
    moves = Move("30,00", "RC"), Move("5,00", "C")
    records = read(message(*moves, closing="135.00"))
    assert Code.TURNED_MARKS in problems(records)
    assert [entry.signed for entry in entries(records)] == [D("5.00")]
    assert statements(records)[0].unreadable == 1
    assert len(entries(read(message(*moves)))) == 2


def test_a_file_that_was_cut_off_says_so() -> None:
    records = read(message(Move(), Move("5,00"))[:-3])
    assert problems(records) == [Code.NO_CLOSING]
    assert [statement.complete for statement in statements(records)] == [False]


def test_a_damaged_beginning_of_a_message_begins_one_nevertheless() -> None:
    records = read(message(Move()), message(Move("5,00"), opening="90.00")[1:])
    assert [statement.difference for statement in statements(records)] == [0, 0]


def test_an_entry_whose_tag_is_damaged_is_noticed() -> None:
    lines = [line.replace(":61:", ":6l:") if "5,00" in line else line for line in message(Move(), Move("5,00"))]
    assert Code.ENTRY_IN_TEXT in problems(read(lines))


def test_mt942_is_provisional() -> None:
    content = file(today(Move(), Move("3,50", "C")))
    records = list(read_mt940(content))
    assert problems(records) == []
    assert records[0] == Opened("mt942")
    (statement,) = statements(records)
    assert (statement.header.message, statement.header.made_on) == ("mt942", date(2026, 3, 2))
    assert (statement.not_booked, statement.booked) == (2, D(0))
    lines = [line for line in bank_lines(read_mt940(content)) if hasattr(line, "pending")]
    assert [(line.amount, line.currency, line.pending) for line in lines] == [
        (D("-10.00"), "EUR", True),
        (D("3.50"), "EUR", True),
    ]


def test_mt942_totals_are_compared() -> None:
    lines = today(Move(), Move("3,50", "C"))
    del lines[6:8]
    assert problems(read(lines)) == [Code.TOTALS]
    assert problems(read([line.replace("EURD0,", "EURD5,") for line in lines])) == []


# Letters and marks whose cp1252 bytes can never be mistaken for UTF-8.
PROGRAM = """
import resource, sys
from integrations.statements.mt940 import read_mt940
from integrations.statements.shapes import Entry

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def count(path):
    return sum(isinstance(record, Entry) for record in read_mt940(path))

count(sys.argv[1])
before = peak()
print(count(sys.argv[2]), peak() - before)
"""


@pytest.mark.slow
def test_a_large_file_is_read_in_constant_memory(tmp_path: Path) -> None:
    small, large = tmp_path / "small.sta", tmp_path / "large.sta"
    head = file(message()).partition(b":62F:")[0]
    entry = file(move_lines(Move(details=TEXT)))
    # the small one fills the buffer as well
    small.write_bytes(head + entry * 3000)
    large.write_bytes(head + entry * 20_000)
    command = [sys.executable, "-c", PROGRAM, str(small), str(large)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    found, grown_kb = map(int, answer.stdout.split())
    assert (found, grown_kb < 4096) == (20_000, True)


def test_a_field_without_end_is_refused() -> None:
    lines = message(Move(details=""))
    endless = read([*lines[:5], ":86:" + "x" * 60, *["y" * 60] * 2000, *lines[5:]])
    assert problems(endless) == [Code.ENTRY_TOO_LARGE]
    assert [statement.complete for statement in statements(endless)] == [False]


LETTERS = st.sampled_from([chr(code) for code in (*range(32, 127), *range(192, 256)) if chr(code) not in "?@"])
TEXTS = st.text(LETTERS, min_size=1, max_size=27).map(str.strip).filter(lambda text: text and "+" not in text)
MOVES = st.builds(
    lambda cents, mark, funds, day, name, purpose: Move(
        amount=f"{cents // 100},{cents % 100:02d}",
        mark=mark,
        funds=funds,
        value=f"2603{day:02d}",
        booked=f"03{day:02d}",
        details=german("166", ("20", "SVWZ+X"), ("21", purpose), ("32", name)),
    ),
    st.integers(1, 10**9),
    st.sampled_from(["C", "D", "RC", "RD"]),
    st.sampled_from(["", "R"]),
    st.integers(1, 31),
    TEXTS,
    TEXTS,
)


@given(st.lists(MOVES, max_size=5), st.sampled_from(["utf-8", "cp1252"]), st.sampled_from(["\r\n", "\n"]))
def test_what_is_written_is_read(moves: list[Move], encoding: str, end: str) -> None:
    records = read(message(*moves), message(*moves, account="DE02120300000000202051"), end=end, encoding=encoding)
    found = entries(records)
    assert sorted(entry.signed for entry in found) == sorted([move.signed for move in moves] * 2)
    assert [statement.difference for statement in statements(records)] == [0, 0]
    assert {(e.signed, e.details[0].counterparty) for e in found} == {
        (move.signed, " ".join(move.details.partition("?32")[2].split())) for move in moves
    }
