"""MT940 as programs and banks write it beside the rules: every form has one reading, or is named and left out."""

from decimal import Decimal

import pytest

from integrations.statements.problems import Code

from .reading import codes, lines, statements

HEAD = (":20:STARTUMSE", ":25:12030000/1020304050", ":28C:00001/001", ":60F:C260301EUR2000,00")
DETAILS = ":86:177?00Ueberweisung?20SVWZ+Miete?32Otto"


def message(entry: str, *details: str, amount: str = "10.00", head: tuple[str, ...] = HEAD) -> bytes:
    closing = f"{Decimal(2000) - Decimal(amount):.2f}".replace(".", ",")
    return "\r\n".join([*head, entry, *(details or (DETAILS,)), f":62F:C260302EUR{closing}", "-", ""]).encode("latin-1")


@pytest.mark.parametrize(
    ("entry", "amount"),
    [
        (":61:2603020302DR10,00NMSCNONREF", "10.00"),
        (":61:260302D10,00NMSCNONREF", "10.00"),
        (":61:260302    DR10,00NMSCNONREF", "10.00"),
        (":61: 2603020302DR10,00NMSCNONREF", "10.00"),
        (":61:2603020302 DR10,00NMSCNONREF", "10.00"),
        (":61:2603020302DR 10,00 NMSCNONREF", "10.00"),
        (":61:2603020302dr10,00nmscnonref", "10.00"),
        (":61:2603020302DR10.00NMSCNONREF", "10.00"),
        (":61:2603020302DR1.010,50NMSCNONREF", "1010.50"),
        (":61:2603020302DR000000000010,NMSC", "10.00"),
        (":61:2603020302DR\r\n10,00NMSCNONREF", "10.00"),
        (":61:2603020302DR10,00NTRFBIPI-dvT1FzfMqvzF5HaU4oetlH7SGRkonU//2022070616391534000", "10.00"),
    ],
)
def test_forms_of_an_entry(entry: str, amount: str) -> None:
    content = message(entry, amount=amount)
    (line,) = lines(content)
    assert (line.amount, line.counterparty, line.purpose) == (-Decimal(amount), "Otto", "Miete")
    assert [statement.difference for statement in statements(content)] == [0]
    assert not codes(content)


@pytest.mark.parametrize(
    ("details", "name", "account", "purpose", "reference"),
    [
        ("/EREF/E2E-1/ORDP//NAME/Otto AG/REMI/RE 5/IBAN/DE02120300000000202051", "Otto AG", "DE0212", "RE 5", "E2E-1"),
        ("/TRTP/SEPA/IBAN/NL02ABNA0123456789/NAME/Otto/REMI/RE 1/2/EREF/NOTPROVIDED", "Otto", "NL02AB", "RE 1/2", ""),
        ("/CNTP/NL32INGB0000012345/INGBNL2A/OTTO BV///REMI/USTD//RE 7/", "OTTO BV", "NL32IN", "RE 7", ""),
        ("/MARF/M-1/CSID/DE98ZZZ", "", "", "/MARF/M-1/CSID/DE98ZZZ", ""),
        ("Strom/Gas 2026/REMI/", "", "", "Strom/Gas 2026/REMI/", ""),
    ],
)
def test_details_between_slashes(details: str, name: str, account: str, purpose: str, reference: str) -> None:
    (line,) = lines(message(":61:2603020302DR10,00NTRFNONREF", f":86:{details}"))
    found = (line.counterparty, line.counterparty_iban[:6], line.purpose, line.end_to_end_id)
    assert found == (name, account, purpose, reference)
    assert details in line.raw


def test_entries_wait_for_the_closing_balance_where_nothing_before_says_the_currency() -> None:
    entry = ":61:2603020302DR10,00NMSCNONREF"
    content = message(entry, DETAILS, entry, amount="20.00", head=HEAD[:3])
    assert [(line.amount, line.currency) for line in lines(content)] == [(Decimal(-10), "EUR")] * 2
    assert [line.place.line for line in lines(content)] == [4, 6]
    assert codes(content) == [Code.NO_OPENING]
    (read,) = statements(content)
    assert (read.header.currency, read.entries, read.debit_total) == ("EUR", 2, Decimal(20))
    cut = content[: content.index(b":62F:")]
    assert codes(cut) == [Code.NO_CURRENCY, Code.NO_CURRENCY, Code.NO_OPENING, Code.NO_CLOSING]


def test_balances_in_small_letters() -> None:
    content = message(":61:2603020302dr10,00nmscnonref").replace(b"C260301EUR", b"c260301eur")
    assert [statement.difference for statement in statements(content)] == [0]


@pytest.mark.parametrize(
    "entry",
    [
        ":61:2603020302DR1.0.0NMSC",
        ":61:2603020302DR1,010.50NMSCNONREF",
        ":61:2603020302XR10,00NMSCNONREF",
        ":61:2613420302DR10,00NMSCNONREF",
        ":61:20260302DR10,00NMSCNONREF",
        ":61:2603020302DR-10,00NMSCNONREF",
    ],
)
def test_what_has_no_single_reading_is_left_out_by_name(entry: str) -> None:
    content = message(":61:2603020302DR5,00NMSCNONREF", DETAILS, entry, DETAILS, ":61:2603020302DR6,00NMSCNONREF")
    assert [line.amount for line in lines(content)] == [-5, -6]
    assert set(codes(content)) <= {Code.ENTRY_LINE, Code.DATE}
    assert codes(content)


def test_balances_with_a_point_or_blanks() -> None:
    content = (
        message(":61:2603020302D10.00NMSC").replace(b"EUR2000,00", b" EUR 2.000,00").replace(b"1990,00", b"1990.00")
    )
    assert [statement.difference for statement in statements(content)] == [0]
    assert not codes(content)


def test_subfields_without_a_transaction_code() -> None:
    (line,) = lines(message(":61:2603020302D10,00NMSC", ":86:?00FOLGELASTSCHRIFT?20EREF+R-1?21SVWZ+Miete?32Otto"))
    assert (line.counterparty, line.purpose, line.end_to_end_id, line.gvc) == ("Otto", "Miete", "R-1", "")


def test_a_file_without_its_first_line() -> None:
    content = message(":61:2603020302D10,00NMSC", head=HEAD[1:])
    assert [line.amount for line in lines(content)] == [-10]


@pytest.mark.parametrize("encoding", ["cp850", "cp1252", "utf-8", "latin-1"])
def test_umlauts(encoding: str) -> None:
    text = message(":61:2603020302D10,00NMSC", ":86:177?00Gebühr?20SVWZ+Grüße für März?32Jürgen Müller").decode(
        "latin-1"
    )
    (line,) = lines(text.encode(encoding))
    assert (line.counterparty, line.booking_text) == ("Jürgen Müller", "Gebühr")
