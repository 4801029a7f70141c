"""Rare and careless CAMT files: what banks and their programs really write."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.statements.inspect import inspect_statement
from integrations.statements.problems import Code
from integrations.statements.shapes import BankLine

from .builder import OTHER_IBAN, OWN_IBAN, Booking, Payment, booking, document, one, statement
from .reading import advices, codes, entries, keys, lines, pending, problems, statements

PLAIN = one(booking("5.00", "Miete", direction="CRDT"))


def line(payment: Payment | None = None, **changes: str) -> BankLine:
    (found,) = lines(one(replace(booking(), **({"payments": (payment,)} if payment else {}), **changes)))  # type: ignore[arg-type]
    return found


def with_extra(extra: str) -> BankLine:
    return line(Payment(amount="10.00", extra=extra))


def test_an_unused_prefix_leaves_the_elements_without_a_namespace() -> None:
    content = PLAIN.replace(b"<Document xmlns=", b"<Document xmlns:n0=")
    assert keys(content) == keys(PLAIN)
    assert inspect_statement(content, "x")["format"] == "camt.053.001.08"


def test_every_element_may_have_a_prefix() -> None:
    content = PLAIN.replace(b"</", b"</n0:").replace(b"<n0:/", b"</")
    for name in (
        b"Document",
        b"BkToCstmrStmt",
        b"GrpHdr",
        b"MsgId",
        b"CreDtTm",
        b"Stmt",
        b"Id",
        b"Acct",
        b"IBAN",
        b"Ccy",
    ):
        content = content.replace(b"<" + name + b">", b"<n0:" + name + b">")
    for name in (b"Ownr", b"Nm", b"Ntry", b"CdtDbtInd", b"Sts", b"Cd", b"BookgDt", b"ValDt", b"Dt", b"NtryDtls"):
        content = content.replace(b"<" + name + b">", b"<n0:" + name + b">")
    for name in (b"TxDtls", b"RmtInf", b"Ustrd"):
        content = content.replace(b"<" + name + b">", b"<n0:" + name + b">")
    content = content.replace(b"<Amt ", b"<n0:Amt ").replace(b"<Document xmlns=", b"<n0:Document xmlns:n0=")
    assert keys(content) == keys(PLAIN)
    assert lines(content)[0].purpose == "Miete"


def test_two_accounts_in_one_file_stay_apart() -> None:
    content = document(statement(booking("1.00"), number="1"), statement(booking("1.00"), number="2", iban=OTHER_IBAN))
    assert [found.account for found in lines(content)] == [OWN_IBAN, OTHER_IBAN]
    assert [found.ordinal for found in lines(content)] == [1, 1]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16"])
def test_declared_encodings_are_read(encoding: str) -> None:
    text = one(booking("5.00", "Müllgebühr")).decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    assert lines(text.encode(encoding))[0].purpose == "Müllgebühr"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<![CDATA[A & B <C>]]>", "A & B <C>"),
        ("A &#38; B &lt;C&gt; &quot;D&quot; &apos;E&apos;", "A & B <C> \"D\" 'E'"),
        ("Rech<!-- nichts -->nung", "Rechnung"),
        ("Rech<?x y?>nung", "Rechnung"),
        ("&amp;lt;", "&lt;"),
        ("Caf&#233; &#x20AC;", "Café €"),
    ],
)
def test_a_purpose_is_read_as_written(written: str, read: str) -> None:
    content = one(booking("5.00", "PURPOSE")).replace(b"PURPOSE", written.encode())
    assert lines(content)[0].purpose == read


def test_an_attribute_may_hold_marks_of_markup() -> None:
    content = PLAIN.replace(b"<Ntry>", b'<Ntry note=\'a > b " Ccy="USD" &lt;/Amt&gt; /\'>')
    assert [str(found.amount) + found.currency for found in lines(content)] == ["5.00EUR"]


def test_a_text_beside_elements_is_no_value() -> None:
    content = PLAIN.replace(b">5.00</Amt>", b">5<x/>.00</Amt>")
    assert codes(content) == [Code.AMOUNT]


def test_an_empty_element_does_not_end_the_one_around_it() -> None:
    content = PLAIN.replace(b"<BookgDt>", b"<BkTxCd>\n <Prtry/>\n </BkTxCd><BookgDt>").replace(b"<Dt>", b"\n<Dt>")
    assert keys(content) == keys(PLAIN)


def test_balances_after_the_entries_are_read() -> None:
    balance = b"<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>7.00</Amt></Bal>"
    (read,) = statements(PLAIN.replace(b"</Ntry>", b"</Ntry>" + balance))
    assert read.header.closing is not None
    assert read.header.closing.amount == 7


def test_the_opening_balance_is_preferred_to_the_previous_closing() -> None:
    both = statement(booking("1.00"), opening="9.00", opening_code="PRCD", closing="3.00")
    opening = statement(opening="4.00").partition("<Bal>")[2].partition("</Bal>")[0]
    (read,) = statements(document(both.replace("<Bal>", f"<Bal>{opening}</Bal><Bal>", 1)))
    assert read.difference == Decimal("0.00")
    (alone,) = statements(document(both))
    assert alone.header.opening is not None
    assert (alone.header.opening.code, alone.difference) == ("PRCD", Decimal("-5.00"))


def test_other_balances_are_kept_as_written() -> None:
    (read,) = statements(one(booking("1.00"), opening="9.00", opening_code="CLAV"))
    assert read.header.opening is None
    assert read.header.more == {"CLAV": "9.00 EUR CRDT 2026-03-02"}


@pytest.mark.parametrize("booked", ["2026-02-30", "2026-11-31", "0000-00-00", "02.03.2026", "2026-3-2"])
def test_an_impossible_date_costs_one_entry(booked: str) -> None:
    content = one(booking("1.00", "a"), booking("2.00", "b", booked=booked), booking("3.00", "c"))
    assert [found.purpose for found in lines(content)] == ["a", "c"]
    (problem,) = problems(content)
    assert (problem.code, problem.place.entry) == (Code.DATE, 2)
    assert booked in problem.message


@pytest.mark.parametrize("booked", ["2026-12-31+01:00", "2026-12-31Z", "2026-12-31T23:59:59.999999999-11:00"])
def test_a_zone_does_not_move_a_day(booked: str) -> None:
    assert line(booked=booked).booking_date == date(2026, 12, 31)


TOTALS = (
    "<TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries><Sum>{total}</Sum></TtlNtries>"
    "<TtlDbtNtries><Sum>{total}</Sum></TtlDbtNtries></TxsSummry>"
)


def _with_totals(count: int, total: str, closing: str = "") -> bytes:
    opening = "10.00" if closing else ""
    content = one(booking("1.00"), booking("2.00"), opening=opening, closing=closing)
    return content.replace(b"<Ntry>", TOTALS.format(count=count, total=total).encode() + b"<Ntry>", 1)


def test_announced_totals_that_are_right_are_silent() -> None:
    assert codes(_with_totals(2, "3.00")) == []
    assert statements(_with_totals(2, "3.00"))[0].confirmed


@pytest.mark.parametrize(("count", "total"), [(3, "3.00"), (2, "3.01")])
def test_announced_totals_that_are_wrong_are_said(count: int, total: str) -> None:
    (problem,) = problems(_with_totals(count, total))
    assert problem.code is Code.TOTALS
    assert total in problem.message or str(count) in problem.message


def test_balances_that_add_up_say_more_than_announced_totals() -> None:
    assert codes(_with_totals(3, "3.00", closing="7.00")) == []


@pytest.mark.parametrize(
    ("count", "kind", "code"), [(2, "errors", "balance_wrong"), (3, "warnings", "balance_equation")]
)
def test_a_wrong_balance_beside_right_totals_is_an_error(count: int, kind: str, code: str) -> None:
    report = inspect_statement(_with_totals(count, "3.00", closing="8.00"), "x")
    assert code in {problem["code"] for problem in report[kind]}


def test_exchange_and_original_amount() -> None:
    exchange = "<CcyXchg><SrcCcy>USD</SrcCcy><TrgtCcy>EUR</TrgtCcy><XchgRate>1.0812</XchgRate></CcyXchg>"
    found = with_extra(f'<AmtDtls><InstdAmt><Amt Ccy="USD">10.81</Amt>{exchange}</InstdAmt></AmtDtls>')
    assert (str(found.instructed_amount), found.instructed_currency) == ("10.81", "USD")
    assert (found.exchange_rate, found.exchange_currencies) == (Decimal("1.0812"), ("USD", "EUR"))
    assert str(found.amount) == "-10.00"


def test_an_exchange_on_the_entry_counts_for_its_sole_payment() -> None:
    extra = "<AmtDtls><CntrValAmt><Amt Ccy='USD'>1</Amt><CcyXchg><SrcCcy>USD</SrcCcy><XchgRate>1.1</XchgRate></CcyXchg>"
    found = line(extra=f"{extra}</CntrValAmt></AmtDtls>")
    assert (found.exchange_rate, found.exchange_currencies) == (Decimal("1.1"), ("USD", ""))


@pytest.mark.parametrize("rate", ["0", "1,08", "-1", "1e3", "viel"])
def test_a_rate_that_is_no_number_is_not_taken(rate: str) -> None:
    extra = f"<AmtDtls><TxAmt><CcyXchg><SrcCcy>USD</SrcCcy><XchgRate>{rate}</XchgRate></CcyXchg></TxAmt></AmtDtls>"
    assert with_extra(extra).exchange_rate is None


def test_banks_and_ultimate_parties_and_purpose_code() -> None:
    parties = (
        "<RltdPties><UltmtDbtr><Pty><Nm>Oma</Nm></Pty></UltmtDbtr><UltmtCdtr><Nm>Enkel</Nm></UltmtCdtr></RltdPties>"
    )
    agents = "<RltdAgts><CdtrAgt><FinInstnId><BICFI>INGDDEFFXXX</BICFI><Nm>ING</Nm></FinInstnId></CdtrAgt></RltdAgts>"
    found = with_extra(f"{parties}{agents}<Purp><Cd>SALA</Cd></Purp>")
    assert (found.counterparty_bic, found.counterparty_bank, found.purpose_code) == ("INGDDEFFXXX", "ING", "SALA")
    assert (found.ultimate_debtor, found.ultimate_creditor, found.ultimate_party) == ("Oma", "Enkel", "Enkel")


def test_what_has_no_field_of_its_own_is_kept_by_its_name() -> None:
    extra = "<Refs><PmtInfId>LAUF-7</PmtInfId><UETR>u-1</UETR></Refs><RltdDts><TxDt>2026-03-01</TxDt></RltdDts>"
    address = (
        "<RltdPties><Cdtr><PstlAdr><AdrLine>Weg 1</AdrLine><AdrLine>10115 Berlin</AdrLine></PstlAdr></Cdtr></RltdPties>"
    )
    assert with_extra(extra + address).more == {
        "Refs/PmtInfId": "LAUF-7",
        "Refs/UETR": "u-1",
        "RltdDts/TxDt": "2026-03-01",
        "RltdPties/Cdtr/PstlAdr/AdrLine": "Weg 1\n10115 Berlin",
    }
    assert with_extra("").more == {}


def test_what_is_beside_everything_is_bounded() -> None:
    extra = "".join(f"<X{number}>{number}</X{number}>" for number in range(5000))
    assert len(with_extra(extra).more) == 60


def test_the_entry_speaks_for_its_payments() -> None:
    found = line(extra="<NtryRef>77</NtryRef><AddtlInfInd><MsgId>M-54</MsgId></AddtlInfInd>")
    assert found.more["NtryRef"] == "77"
    assert found.notification_id == "M-54"


def test_fields_in_the_text_fill_what_the_file_leaves_empty() -> None:
    text = "EREF: E-1 MREF: M-2 CRED: DE98ZZZ09999999999 SVWZ: Beitrag März ABWE: Verein e. V."
    found = line(Payment(lines=(text,)))
    assert (found.end_to_end_id, found.mandate_id, found.creditor_id) == ("E-1", "M-2", "DE98ZZZ09999999999")
    assert (found.sepa["SVWZ"], found.ultimate_party, found.purpose) == ("Beitrag März", "Verein e. V.", text)


def test_fields_in_the_text_never_replace_what_the_file_says() -> None:
    found = line(Payment(lines=("EREF+ANDERS SVWZ+Text",), end_to_end="E-9"))
    assert (found.end_to_end_id, found.sepa["EREF"]) == ("E-9", "ANDERS")


def test_fields_in_the_text_do_not_change_the_key() -> None:
    told = Payment(lines=("EREF: E-1",))
    assert line(told).key != line(replace(told, end_to_end="E-1")).key
    assert line(told).key == line(Payment(lines=("EREF: ", "E-1"))).key


def test_a_colon_in_a_text_is_no_field() -> None:
    found = line(Payment(lines=("Rechnung: 17 fuer A+B",)))
    assert (found.sepa, found.end_to_end_id) == ({}, "")


@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR", "XYZ"])
def test_what_is_not_booked_is_announced_only(status: str) -> None:
    content = one(booking("1.00", status=status))
    assert not lines(content)
    assert [(found.status, found.pending) for found in pending(content)] == [(status, True)]


def test_a_proprietary_status_is_not_booked() -> None:
    content = PLAIN.replace(b"<Cd>BOOK</Cd>", b"<Prtry>VORMERK</Prtry>")
    assert [found.status for found in pending(content)] == ["VORMERK"]


def test_an_advice_without_an_account_is_refused() -> None:
    content = document(statement(booking("1.00"), group="Ntfctn", iban=""), message="054")
    assert codes(content) == [Code.DETAILS_ONLY, Code.NO_ACCOUNT]
    assert not advices(content)


def test_an_advice_that_does_not_add_up_keeps_its_total() -> None:
    batch = replace(booking("9.00"), payments=(Payment(amount="3.50"), Payment(amount="2.50")))
    content = document(statement(batch, group="Ntfctn"), message="054")
    (advice,) = advices(content)
    assert [str(found.amount) for found in advice.lines] == ["-9.00"]
    assert codes(content) == [Code.DETAILS_ONLY, Code.DETAILS_SUM]


def test_a_batch_of_a_hundred_keeps_the_text_of_each() -> None:
    payments = tuple(Payment(amount="0.10", lines=(f"Nr. {number}",)) for number in range(100))
    found = lines(one(Booking(amount="10.00", payments=payments)))
    assert [entry.purpose for entry in found] == [f"Nr. {number}" for number in range(100)]
    assert len({entry.key for entry in found}) == 1
    assert {entry.entry_total for entry in found} == {Decimal("-10.00")}
    assert all(f"Nr. {number}" in entry.raw for number, entry in enumerate(found))


@pytest.mark.parametrize("empty", ["<TxDtls/>", "<TxDtls>\n</TxDtls>", "<TxDtls>?</TxDtls>"])
def test_an_empty_payment_counts_as_one(empty: str) -> None:
    content = PLAIN.replace(b"<NtryDtls>", b"<NtryDtls>" + empty.encode())
    (read,) = statements(content)
    assert read.transactions == 2
    assert [str(found.amount) for found in lines(content)] == ["5.00"]
    assert len(entries(content)[0].details) == 2
