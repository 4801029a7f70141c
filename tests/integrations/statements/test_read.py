"""What is read from entries and payments."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.statements.problems import Code
from integrations.statements.shapes import Direction

from .builder import OTHER_IBAN, OWN_IBAN, OWNER, Booking, Payment, booking, document, one, statement
from .reading import advices, codes, entries, lines, pending, statements

OWN = (OWNER, OWN_IBAN)
OTHER = ("Schmidt Grundbesitz", OTHER_IBAN)


@pytest.mark.parametrize("version", ["02", "04", "08"])
@pytest.mark.parametrize("direction", ["CRDT", "DBIT"])
def test_the_counterparty_is_chosen_by_direction(version: str, direction: str) -> None:
    debtor, creditor = (OTHER, OWN) if direction == "CRDT" else (OWN, OTHER)
    payment = Payment(debtor=debtor, creditor=creditor)
    content = one(Booking(direction=direction, payments=(payment,)), version=version)
    (line,) = lines(content)
    assert (line.counterparty, line.counterparty_iban) == OTHER


def test_the_direction_counts_even_if_the_owner_is_unknown() -> None:
    item = Booking(direction="DBIT", payments=(Payment(debtor=("A", ""), creditor=("B", "")),))
    assert lines(one(item, owner=""))[0].counterparty == "B"


def test_a_returned_collection_names_the_debtor() -> None:
    # the roles are those of the original: the owner is the creditor, though money goes out
    payment = Payment(debtor=("", OTHER_IBAN), creditor=(OWNER, ""), extra="<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>")
    (line,) = lines(one(Booking(direction="DBIT", reversal="true", payments=(payment,))))
    assert (line.counterparty, line.counterparty_iban) == ("", OTHER_IBAN)
    assert (line.return_reason, line.reversal, line.amount) == ("AM04", True, Decimal("-10.00"))


@pytest.mark.parametrize(("reversal", "name"), [("true", OTHER[0]), ("", "")])
def test_an_empty_side_points_to_the_other_one_only_in_returns(reversal: str, name: str) -> None:
    item = Booking(direction="DBIT", reversal=reversal, payments=(Payment(debtor=OTHER),))
    assert lines(one(item))[0].counterparty == name


def test_a_transfer_between_own_accounts_keeps_the_own_name() -> None:
    payment = Payment(debtor=OWN, creditor=(OWNER, OTHER_IBAN))
    (line,) = lines(one(Booking(direction="DBIT", payments=(payment,))))
    assert (line.counterparty, line.counterparty_iban) == (OWNER, OTHER_IBAN)


def test_a_party_that_is_a_bank_or_has_no_iban() -> None:
    extra = (
        "<RltdPties><Cdtr><Agt><FinInstnId><Nm>Hausbank</Nm></FinInstnId></Agt></Cdtr>"
        "<CdtrAcct><Id><Othr><Id> 12 34 </Id></Othr></Id></CdtrAcct></RltdPties>"
    )
    (line,) = lines(one(Booking(payments=(Payment(extra=extra),))))
    assert (line.counterparty, line.counterparty_iban) == ("Hausbank", "1234")


@pytest.mark.parametrize(
    "placeholder", ["NOTPROVIDED", "notprovided", "NOT PROVIDED", "NONREF", "nicht angegeben", "-", ".", "0000"]
)
def test_placeholders_are_empty(placeholder: str) -> None:
    payment = Payment(end_to_end=placeholder, mandate=placeholder, creditor=(placeholder, ""))
    (line,) = lines(one(Booking(reference=placeholder, payments=(payment,))))
    assert {line.end_to_end_id, line.mandate_id, line.counterparty, line.bank_reference} == {""}


def test_texts_and_references() -> None:
    payment = Payment(
        lines=("Rechnung RE-2026-", "0815 vom 1.3."),
        end_to_end="E-1",
        mandate="M-1",
        creditor_id="DE98ZZZ09999999999",
        creditor=OTHER,
        turnover_id="2026-03-02-11.22.33.123456",
        extra="<Purp><Cd>SUPP</Cd></Purp><AddtlTxInf>Karte</AddtlTxInf>",
    )
    code = (
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RDDT</Cd><SubFmlyCd>ESDD</SubFmlyCd></Fmly></Domn>"
        "<Prtry><Cd>NDDT+105+9200+992</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
    )
    (line,) = lines(one(Booking(payments=(payment,), extra=code)))
    assert line.purpose == "Rechnung RE-2026-0815 vom 1.3."
    assert line.purpose_lines == ("Rechnung RE-2026-", "0815 vom 1.3.")
    assert (line.end_to_end_id, line.mandate_id, line.creditor_id) == ("E-1", "M-1", "DE98ZZZ09999999999")
    assert (line.code, line.gvc) == ("PMNT-RDDT-ESDD", "105")
    assert (line.bank_reference, line.booking_text) == ("2026-03-02-11.22.33.123456", "Karte")
    assert line.raw.startswith("<Ntry")
    assert "<Ustrd>Rechnung RE-2026-</Ustrd>" in line.raw


@pytest.mark.parametrize("extra", ["<BkTxCd/>", "<BkTxCd><Prtry><Cd></Cd></Prtry></BkTxCd>", ""])
def test_no_code_is_no_code(extra: str) -> None:
    assert lines(one(Booking(extra=extra)))[0].code == ""


def test_foreign_free_text_is_no_gvc() -> None:
    (line,) = lines(one(Booking(extra="<BkTxCd><Prtry><Cd>TRANSFER-123456789</Cd></Prtry></BkTxCd>")))
    assert (line.code, line.gvc) == ("TRANSFER-123456789", "")


def test_instructed_amount_and_charges_of_a_returned_debit() -> None:
    extra = (
        '<AmtDtls><InstdAmt><Amt Ccy="EUR">40.00</Amt></InstdAmt></AmtDtls>'
        '<Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt></Rcrd><Rcrd><Amt Ccy="EUR">0.50</Amt></Rcrd></Chrgs>'
    )
    (line,) = lines(one(Booking(amount="43.50", payments=(Payment(extra=extra),))))
    assert line.amount == Decimal("-43.50")
    assert (line.instructed_amount, line.charges, line.charges_currency) == (Decimal(40), Decimal("3.5"), "EUR")


def test_charges_of_old_versions_and_of_the_entry() -> None:
    old = '<Chrgs><Amt Ccy="EUR">1.00</Amt></Chrgs><Chrgs><Amt Ccy="EUR">0.25</Amt></Chrgs>'
    total = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">4.14</TtlChrgsAndTaxAmt></Chrgs>'
    found = lines(one(Booking(payments=(Payment(extra=old),)), Booking(extra=total), version="02"))
    assert [line.charges for line in found] == [Decimal("1.25"), Decimal("4.14")]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-03-13", date(2024, 3, 13)),
        ("2024-03-13+01:00", date(2024, 3, 13)),
        ("2024-03-13Z", date(2024, 3, 13)),
        ("2024-03-13T00:30:00+02:00", date(2024, 3, 13)),  # the written day, not the one in UTC
        ("2024-03-13T18:40:42.8734727+01:00", date(2024, 3, 13)),
        ("2024-03-13T18:40:42.123456789Z", date(2024, 3, 13)),
    ],
)
def test_dates_are_the_written_days(written: str, day: date) -> None:
    assert lines(one(booking(booked=written)))[0].booking_date == day


def test_a_missing_booking_date_is_derived_and_said() -> None:
    valued = booking(booked="", valued="2026-03-01")
    nothing = booking(booked="", valued="")
    content = one(valued, nothing, opening="1.00", closing="1.00", balance_date="2026-03-05")
    assert [line.booking_date.day for line in lines(content)] == [1, 5]
    assert codes(content) == [Code.DATE_DERIVED, Code.DATE_DERIVED]


def test_only_booked_entries_become_lines() -> None:
    kinds = ["BOOK", "PDNG", "INFO", "FUTR", ""]
    content = one(*(booking("1.00", kind, status=kind) for kind in kinds))
    assert [line.purpose for line in lines(content)] == ["BOOK", ""]
    assert [(line.purpose, line.status) for line in pending(content)] == [(kind, kind) for kind in kinds[1:4]]
    (read,) = statements(content)
    assert (read.entries, read.not_booked) == (5, 3)
    assert (str(read.debit_total), str(read.booked)) == ("5.00", "-2.00")


def test_an_intraday_report_is_final_for_earlier_days_only() -> None:
    days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"]
    booked = [booking("5.00", day, booked=day) for day in days]
    announced = [booking("5.00", status, booked=days[0], status=status) for status in ("PDNG", "")]
    content = document(statement(*booked, *announced, group="Rpt"), message="052")
    assert [line.purpose for line in lines(content)] == days[:2]
    assert [line.purpose for line in pending(content)] == [*days[2:], "PDNG", ""]
    assert not codes(content)


def test_a_report_that_does_not_say_when_it_was_made_is_all_provisional() -> None:
    content = document(statement(booking("5.00"), group="Rpt"), message="052")
    undated = content.replace(b"<CreDtTm>2026-03-03T05:00:00+01:00</CreDtTm>", b"")
    assert (len(lines(content)), len(pending(content))) == (1, 0)
    assert (len(lines(undated)), len(pending(undated))) == (0, 1)


def test_an_advice_is_never_money() -> None:
    content = document(statement(replace(booking("6.00"), payments=BATCH), group="Ntfctn"), message="054")
    assert not lines(content)
    assert not pending(content)
    (advice,) = advices(content)
    assert (advice.message_id, advice.amount, advice.booking_date) == ("M-1", Decimal("-6.00"), date(2026, 3, 2))
    assert [str(line.amount) for line in advice.lines] == ["-3.50", "-2.50"]
    assert codes(content) == [Code.DETAILS_ONLY]


def test_a_reversal_is_not_turned_round() -> None:
    (entry,) = entries(one(booking("5.00", direction="CRDT", reversal="true")))
    assert (entry.direction, str(entry.signed), entry.reversal) == (Direction.CREDIT, "5.00", True)


BATCH = (
    Payment(amount="3.50", lines=("eins",), end_to_end="E-1"),
    Payment(amount="2.50", lines=("zwei",), end_to_end="E-2"),
)


@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_a_batch_that_adds_up_is_split(version: str) -> None:
    content = one(Booking(amount="6.00", reference="B-1", payments=BATCH), version=version)
    found = lines(content)
    assert [(str(line.amount), line.purpose) for line in found] == [("-3.50", "eins"), ("-2.50", "zwei")]
    assert [(line.part, line.parts, line.ordinal) for line in found] == [(1, 2, 1), (2, 2, 1)]
    assert len({line.entry_key for line in found}) == 1
    assert len({line.key for line in found} | {found[0].entry_key}) == 3
    assert ["eins" in line.raw for line in found] == [True, False]
    assert all(line.raw.startswith("<Ntry") for line in found)


def test_signs_within_a_batch_count() -> None:
    refund = replace(BATCH[1], direction="CRDT")
    found = lines(one(Booking(amount="1.00", payments=(BATCH[0], refund))))
    assert [str(line.amount) for line in found] == ["-3.50", "2.50"]


@pytest.mark.parametrize(
    "payments",
    [
        (BATCH[0], replace(BATCH[1], amount="2.51")),
        (BATCH[0], replace(BATCH[1], currency="USD")),
        (BATCH[0], replace(BATCH[1], amount=None)),
        (BATCH[0], replace(BATCH[1], amount="oops")),
    ],
)
def test_a_batch_that_does_not_add_up_stays_whole(payments: tuple[Payment, ...]) -> None:
    content = one(Booking(amount="6.00", payments=payments))
    (line,) = lines(content)
    assert (str(line.amount), line.purpose, line.parts) == ("-6.00", "eins zwei", 1)
    assert codes(content)[-1] is Code.DETAILS_SUM
    assert "zwei" in line.raw


def test_an_entry_without_details_is_one_line() -> None:
    (line,) = lines(one(Booking(payments=(), extra="<AddtlNtryInf>Entgelt</AddtlNtryInf>")))
    assert (line.booking_text, line.purpose, str(line.amount)) == ("Entgelt", "", "-10.00")


def test_a_foreign_detail_does_not_replace_the_amount() -> None:
    content = one(Booking(amount="41.58", payments=(Payment(amount="45.00", currency="USD"),)))
    assert str(lines(content)[0].amount) == "-41.58"
    assert not codes(content)


def test_the_balance_equation() -> None:
    good = one(booking("30.00"), opening="10.00", closing="-20.00", opening_code="PRCD")
    assert statements(good)[0].difference == 0
    bad = one(booking("30.00"), opening="10.00", closing="-21.00")
    assert statements(bad)[0].difference == -1


def test_a_pending_entry_does_not_count_for_the_balance() -> None:
    content = one(booking("30.00"), booking("5.00", status="PDNG"), opening="10.00", closing="-20.00")
    assert statements(content)[0].difference == 0


def test_several_accounts_in_one_file() -> None:
    second = statement(booking("2.00"), iban=OTHER_IBAN, number="S-2")
    content = document(statement(booking("1.00")), second)
    assert [(line.account, str(line.amount)) for line in lines(content)] == [
        (OWN_IBAN, "-1.00"),
        (OTHER_IBAN, "-2.00"),
    ]
    assert [read.header.message_id for read in statements(content)] == ["M-1", "M-1"]
    assert [str(line.place) for line in lines(content)] == [
        "statement 1, entry 1, line 2",
        "statement 2, entry 1, line 2",
    ]


def test_comments_within_texts_do_not_cut_them() -> None:
    content = one(booking("1.00", "RE-MARK-1")).replace(b"MARK", b"<!-- x -->4711<?pi y?>")
    assert lines(content)[0].purpose == "RE-4711-1"
