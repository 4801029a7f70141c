"""What must not be booked without a person although nearly everything fits."""

from decimal import Decimal

import pytest

from matching.engine import propose
from matching.engine.numbers import Number, NumberText
from matching.engine.slips import another_of_the_kind, typo
from matching.engine.text import fold
from matching.engine.types import Permission, Transaction, Voucher

from .make import ASSIGNED, automatic, best, booking, codes, item, noise, voucher

SEE = "Druckhaus Seeblick GmbH"


def text_of(words: str) -> NumberText:
    return NumberText("purpose", fold(words))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("K-25023", "K-25022"),
        ("K-25023", "Rechnung 25022"),
        ("K-25023", "K-25022 12.03. 71590"),
        ("K-25023", "25021/25022"),
        ("RE-2025-0109", "RE-2025-0108"),
        ("RE-2025-0109", "2025/0110"),
        ("AR20250119", "ar 2025 0219"),
        ("38156", "38161"),
        ("RE-2025-0109", "RE 0108"),
        ("RE-2025-0109", "250110"),
    ],
)
def test_the_next_number_of_a_series_is_another_document(number: str, text: str) -> None:
    assert typo(Number(number), text_of(text), known=()) is None
    assert another_of_the_kind(Number(number), text_of(text)) is not None


@pytest.mark.parametrize("text", ["K-25032", "K-2503", "K-250023", "K-2S023", "L-25023"])
def test_a_slip_of_the_hand_is_no_other_document(text: str) -> None:
    assert typo(Number("K-25023"), text_of(text), known=()) is not None
    assert another_of_the_kind(Number("K-25023"), text_of(text)) is None


@pytest.mark.parametrize("text", ["Kd.-Nr. 25022", "Rechnung vom 20250312", "88120"])
def test_other_figures_are_no_number_of_the_series(text: str) -> None:
    number = "20250301" if "2025" in text else "25023"
    assert another_of_the_kind(Number(number), text_of(text)) is None


@pytest.mark.parametrize("paid", ["2025-03-12", None])
@pytest.mark.parametrize("purpose", ["K-25022", "Rechnung 25022 danke"])
def test_a_neighbours_number_is_never_automatic(purpose: str, paid: str | None) -> None:
    """The voucher of the number lies before the days that are fetched; the same is paid every month."""
    v = voucher("v", "K-25023", "412.83", SEE, paid=paid)
    t = booking("t", "2025-03-12", "-412.83", SEE, purpose)
    proposal = best(propose([v], [t, *noise()]), "v")
    assert proposal.permission is Permission.SUGGEST
    assert "other_number" in codes(proposal)
    assert not any(e.supports for e in proposal.evidence if e.code == "other_number")


@pytest.mark.parametrize("purpose", ["K-25032", "K-2503", "K-250023"])
def test_a_slip_in_the_number_needs_a_rare_amount(purpose: str) -> None:
    v = voucher("v", "K-25023", "412.83", SEE, paid="2025-03-31")
    t = booking("t", "2025-03-12", "-412.83", SEE, purpose)
    alone = best(propose([v], [t, *noise()]), "v")
    assert alone.permission is Permission.AUTOMATIC
    whole = best(propose([v], [booking("t", "2025-03-12", "-412.83", SEE, "K-25023"), *noise()]), "v")
    weights = {e.code: e.weight for e in (*alone.evidence, *whole.evidence)}
    assert weights["number_typo"] <= weights["number_in_text"] / 2
    again = voucher("w", "K-25044", "412.83", SEE, on="2025-04-03", paid="2025-04-30")
    assert ("v", "t") not in automatic(propose([v, again], [t, *noise()]))
    before = booking("u", "2025-02-12", "-412.83", SEE, "K-24991")
    assert ("v", "t") not in automatic(propose([v], [t, before, *noise()]))
    stranger = booking("t", "2025-03-12", "-412.83", "Karl Ohlsen", purpose)
    assert automatic(propose([v], [stranger, *noise()])) == set()


SET_OFF = "partPaymentCreditNote"


@pytest.mark.parametrize("paid", [ASSIGNED, "manualPayment"])
@pytest.mark.parametrize("credit_items", [True, False])
@pytest.mark.parametrize("numbers", [("RE-2025-0181", "GS-2025-0039"), ("RE25001", "GS25001"), ("GS25001", "K-25001")])
def test_a_named_credit_note_is_settled_with_its_invoice(
    numbers: tuple[str, str], paid: str, credit_items: bool
) -> None:
    """The books show the invoice as paid with the rest; the transfer names both, so both are settled in full."""
    payments = (item("568.03", "2025-04-10", paid), item("100.25", "2025-04-10", SET_OFF))
    invoice = voucher("v1", numbers[0], "668.28", SEE, type="invoice", payments=payments)
    set_off = (item("100.25", "2025-04-10", SET_OFF),) if credit_items else ()
    credit = voucher("v2", numbers[1], "100.25", SEE, type="creditnote", payments=set_off)
    t = booking("t", "2025-04-10", "568.03", SEE, f"{numbers[0]} abzgl. {numbers[1]}")
    proposal = best(propose([invoice, credit], [t, *noise()]), "v1")
    assert proposal.kind == "netted"
    assert proposal.permission is Permission.AUTOMATIC
    assert {(a.voucher, str(a.amount)) for a in proposal.allocations} == {("v1", "668.28"), ("v2", "100.25")}
    again = propose([invoice, credit], [t, *noise()], settled=proposal.allocations)
    assert not {a.voucher for p in again for a in p.allocations}


def test_a_credit_note_that_the_books_have_set_off_before_needs_no_booking() -> None:
    payments = (item("568.03", "2025-04-10", ASSIGNED), item("100.25", "2025-03-20", SET_OFF))
    invoice = voucher("v1", "RE-2025-0181", "668.28", SEE, type="invoice", payments=payments)
    credit = voucher(
        "v2", "GS-2025-0039", "100.25", SEE, type="creditnote", payments=(item("100.25", "2025-03-20", SET_OFF),)
    )
    t = booking("t", "2025-04-10", "568.03", SEE, "RE-2025-0181")
    proposals = propose([invoice, credit], [t, *noise()])
    assert automatic(proposals) == {("v1", "t")}
    assert str(best(proposals, "v1").allocations[0].amount) == "568.03"
    assert all(a.voucher != "v2" for p in proposals for a in p.allocations)


@pytest.mark.parametrize("purpose", ["K-25001", "Rechnung 25001"])
def test_one_number_in_the_text_names_one_voucher(purpose: str) -> None:
    """Invoice and credit note have the same counter: what names the one does not name the other."""
    payments = (item("568.03", "2025-04-10", ASSIGNED), item("100.25", "2025-03-20", SET_OFF))
    invoice = voucher("v1", "K-25001", "668.28", SEE, type="invoice", payments=payments)
    credit = voucher(
        "v2", "GS25001", "100.25", SEE, type="creditnote", payments=(item("100.25", "2025-03-20", SET_OFF),)
    )
    t = booking("t", "2025-04-10", "568.03", SEE, purpose)
    assert automatic(propose([invoice, credit], [t, *noise()])) == {("v1", "t")}


@pytest.mark.parametrize("purpose", ["RE-2025-0181", "Flyer"])
@pytest.mark.parametrize("less", ["12.38", "20.00"])
def test_a_difference_that_a_credit_note_explains_is_not_let_go(less: str, purpose: str) -> None:
    """12.38 looks like three per cent of discount: the credit note of the same amount is the better reason."""
    invoice = voucher("v1", "RE-2025-0181", "412.83", SEE, paid="2025-04-10")
    credit = voucher("v2", "GU12335", less, SEE, type="purchasecreditnote", on="2025-03-10")
    booked = Decimal(less) - Decimal("412.83")
    t = booking("t", "2025-04-10", str(booked), SEE, purpose)
    alone = automatic(propose([invoice], [t, *noise()]))
    # Less a round amount, with nothing but the name, is for a person in any case.
    assert alone == (set() if (less, purpose) == ("20.00", "Flyer") else {("v1", "t")})
    proposals = propose([invoice, credit], [t, *noise()])
    assert automatic(proposals) in (set(), {("v1", "t"), ("v2", "t")})
    assert any(p.kind == "netted" for p in proposals)


def test_a_refused_netting_is_not_booked_as_a_single_with_a_difference() -> None:
    invoice = voucher("v1", "RE-2025-0181", "412.83", SEE, type="invoice", paid="2025-04-10")
    credit = voucher("v2", "GS-2025-0039", "12.38", SEE, type="creditnote", paid="2025-04-10")
    t = booking("t", "2025-04-10", "400.45", SEE, "RE-2025-0181 abzgl. GS-2025-0039")
    netted = best(propose([invoice, credit], [t, *noise()]), "v1")
    refused = frozenset((a.voucher, a.transaction) for a in netted.allocations)
    assert len(refused) == 2
    assert automatic(propose([invoice, credit], [t, *noise()], rejected=[refused])) == set()


def known_party(contact: str, payer: str) -> tuple[list[Voucher], list[Transaction]]:
    """Four payments of a party under a name, each with its number: enough to learn how it appears."""
    numbers = ((n, f"RE-2025-010{n}", f"{61 + 19 * n}.1{n}") for n in range(1, 5))
    rows = [
        (
            voucher(f"k{n}", number, amount, contact, on=f"2025-0{n}-03", paid=f"2025-0{n}-11"),
            booking(f"l{n}", f"2025-0{n}-11", f"-{amount}", payer, f"Rechnung {number}"),
        )
        for n, number, amount in numbers
    ]
    return [v for v, _ in rows], [t for _, t in rows]


@pytest.mark.parametrize("paid", ["2025-03-12", None])
@pytest.mark.parametrize(
    ("contact", "payer", "stranger"),
    [
        ("Anna Trautwein Lektorat", "Anna Trautwein", "INES TRAUTWEIN"),
        ("Trautwein, Anna", "Anna Trautwein", "INES TRAUTWEIN"),
        ("Lektorat Wortklar", "Anna Trautwein", "INES TRAUTWEIN"),
        ("Lektorat Wortklar", "Trautwein", "Ines Trautwein"),
        ("Trautwein Beschläge GmbH", "Trautwein Beschläge", "Trautwein Architekten"),
    ],
)
def test_a_surname_is_nobodys_alias(contact: str, payer: str, stranger: str, paid: str | None) -> None:
    vouchers, bookings = known_party(contact, payer)
    assert len(automatic(propose(vouchers, [*bookings, *noise()]))) == 4
    v = voucher("v", "4711-A", "412.83", contact, paid=paid)
    t = booking("t", "2025-03-12", "-412.83", stranger, "Zahlung")
    proposals = propose([*vouchers, v], [*bookings, t, *noise()])
    assert ("v", "t") not in automatic(proposals)
    assert "alias_known" not in codes(best(proposals, "v"))


@pytest.mark.parametrize("payer", ["Anna Trautwein", "TRAUTWEIN ANNA", "Kiezglanz"])
def test_a_whole_name_is_an_alias(payer: str) -> None:
    vouchers, bookings = known_party("Lektorat Wortklar", payer)
    v = voucher("v", "4711-A", "412.83", "Lektorat Wortklar", paid="2025-03-12")
    t = booking("t", "2025-03-12", "-412.83", payer, "Zahlung")
    proposals = propose([*vouchers, v], [*bookings, t, *noise()])
    assert ("v", "t") in automatic(proposals)
    assert "alias_known" in codes(best(proposals, "v"))


def test_a_word_in_another_contacts_name_is_no_alias() -> None:
    vouchers, bookings = known_party("Lektorat Wortklar", "Kiezglanz")
    other = voucher("w", "77-1", "93.20", "Kiezglanz Gebäudereinigung", on="2025-01-07", paid="2025-01-20")
    v = voucher("v", "4711-A", "412.83", "Lektorat Wortklar", paid="2025-03-12")
    t = booking("t", "2025-03-12", "-412.83", "Kiezglanz", "Zahlung")
    assert ("v", "t") not in automatic(propose([*vouchers, other, v], [*bookings, t, *noise()]))


@pytest.mark.parametrize(
    "taken", [{"mandate_id": "M-77", "creditor_id": "DE98ZZZ09999999999"}, {"code": "PMNT-RDDT-ESDD"}]
)
def test_whoever_takes_money_may_write_any_number(taken: dict[str, str]) -> None:
    """A stranger's direct debit with a supplier's amount and number; one's own transfer may go to another payee."""
    v = voucher("v", "RE-2041", "119.00", SEE, paid="2025-03-12")
    debit = booking("t", "2025-03-12", "-119.00", "Inkasso Quax Ltd", "RE-2041", **taken)
    proposal = best(propose([v], [debit, *noise()]), "v")
    assert proposal.permission is Permission.SUGGEST
    transfer = booking("t", "2025-03-12", "-119.00", "Inkasso Quax Ltd", "RE-2041", code="PMNT-ICDT-ESCT")
    assert automatic(propose([v], [transfer, *noise()])) == {("v", "t")}


def test_a_list_takes_what_it_names_before_an_equal_payment_without_a_number_does() -> None:
    """Two invoices of one amount, and a day typed by hand that speaks for the payment that names neither."""
    contact = "Küstenwerk Gastronomie GmbH"
    bill = {"type": "salesinvoice"}
    vouchers = [
        voucher("early", "RG-240447", "1785.00", contact, "2024-12-01", paid="2025-01-02", **bill),
        voucher("listed", "RG-240464", "1785.00", contact, "2024-12-26", paid="2024-12-30", **bill),
        voucher("one", "RG-240457", "2412.50", contact, "2024-12-20", paid="2025-01-17", **bill),
        voucher("two", "RG-240459", "963.17", contact, "2024-12-22", paid="2025-01-17", **bill),
    ]
    lines = [
        booking("plain", "2024-12-30", "1785.00", contact.upper(), "BETREUUNG DEZEMBER"),
        booking("list", "2025-01-16", "5160.67", contact.upper(), "RG-240457/459, 464"),
    ]
    booked = automatic(propose(vouchers, [*lines, *noise()]))
    assert {("listed", "list"), ("one", "list"), ("two", "list")} <= booked
    assert not {("listed", "plain"), ("early", "list")} & booked
