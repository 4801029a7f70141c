"""XML files as they come in practice: several documents, other encodings than declared, padding, foreign statuses."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import Opened

from .builder import OTHER_IBAN, booking, document, one, statement
from .reading import codes, lines, pending, problems, records, statements

TEXT = "Grüße aus Köln"
FILE = one(booking("10.00", TEXT), opening="100.00", closing="90.00")
OTHER = one(booking("7.00", "Miete"), version="02", number="S-2", iban=OTHER_IBAN)


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "windows-1252", "UTF-16", "utf-8"])
@pytest.mark.parametrize("declared", [True, False])
def test_encodings(encoding: str, *, declared: bool) -> None:
    text = FILE.decode().replace("UTF-8", encoding) if declared else FILE.decode().partition("\n")[2]
    content = text.encode(encoding)
    (line,) = lines(content)
    assert line.purpose == TEXT
    narrow = encoding in ("ISO-8859-1", "windows-1252")
    assert codes(content) == ([Code.ENCODING] if narrow and not declared else [])


@given(st.lists(st.sampled_from(["ä", "€", "x" * 9_000, "ß", "–"]), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_bytes_of_windows_anywhere_in_a_large_file(parts: list[str]) -> None:
    """Letters of both encodings lie across the seams between the blocks in which a file is read."""
    texts = [f"{part}ü{number}" for number, part in enumerate(parts)]
    content = one(*(booking("1.00", text) for text in texts)).decode().encode("cp1252")
    assert [line.purpose for line in lines(content)] == texts


@pytest.mark.parametrize("between", [b"", b"\n\n", b"\x00" * 70_000, b" \x1a\n"])
def test_documents_behind_one_another(between: bytes) -> None:
    content = FILE + between + OTHER + between + FILE.partition(b"\n")[2] + between
    assert [line.amount for line in lines(content)] == [-10, -7]
    assert codes(content) == [Code.REPEATED]
    assert [found.header.number for found in statements(content)] == [1, 2, 3]
    assert [found.header.format[-2:] for found in statements(content)] == ["08", "02", "08"]
    assert sum(isinstance(record, Opened) for record in records(content)) == 1


def test_a_damaged_document_costs_nothing_of_the_next_one() -> None:
    damaged = FILE.replace(b"</NtryDtls>", b"")
    content = damaged + b"\n" + OTHER.replace(b"<Amt Ccy", b"<Amt\nCcy").replace(b">7.00<", b">7,00<")
    assert codes(content) == [Code.BROKEN_XML, Code.AMOUNT]
    assert problems(content)[1].place.line > damaged.count(b"\n")
    assert [line.amount for line in lines(damaged + OTHER)] == [-7]


def test_another_kind_of_document_is_named() -> None:
    order = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn/></Document>'
    assert codes(FILE + order + OTHER) == [Code.FOREIGN]
    assert len(lines(FILE + order + OTHER)) == 2


def test_an_envelope_is_no_second_document() -> None:
    content = b"<a:Envelope xmlns:a='x'><a:Body>" + FILE.partition(b"\n")[2] + b"</a:Body></a:Envelope>"
    assert len(lines(content)) == 1
    assert not codes(content)


def test_an_entry_outside_of_its_place_is_named() -> None:
    content = FILE.replace(b"<Ntry>", b"<Entries><Ntry>").replace(b"</Ntry>", b"</Ntry></Entries>")
    assert codes(content) == [Code.STRAY_ENTRY]
    assert not lines(content)


@pytest.mark.parametrize(("status", "booked", "known"), [("book", True, True), ("Gebucht", False, False)])
def test_a_status_that_nobody_knows_is_asked_about(status: str, *, booked: bool, known: bool) -> None:
    content = one(booking("5.00", status=status))
    assert (len(lines(content)), len(pending(content))) == (int(booked), int(not booked))
    assert [(problem.code, problem.severity) for problem in problems(content)] == (
        [] if known else [(Code.STATUS, Severity.WARNING)]
    )


@pytest.mark.parametrize(("text", "amount"), [("10.", "10"), (".5", "0.5"), ("+10.00", "10"), ("0010.10", "10.1")])
def test_decimals_of_xml(text: str, amount: str) -> None:
    assert [line.amount for line in lines(one(booking(text)))] == [-Decimal(amount)]


def test_the_foreign_amount_of_a_payment() -> None:
    details = (
        '<AmtDtls><CntrValAmt><Amt Ccy="USD">11.00</Amt><CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>EUR</TrgtCcy>'
        "<XchgRate>1.1</XchgRate></CcyXchg></CntrValAmt></AmtDtls>"
    )
    content = document(statement(booking("10.00"))).replace(b"<TxDtls>", f"<TxDtls>{details}".encode())
    (line,) = lines(content)
    assert (line.instructed_amount, line.instructed_currency) == (Decimal(11), "USD")
    assert (line.exchange_rate, line.exchange_currencies) == (Decimal("1.1"), ("USD", "EUR"))
