"""What the engine decides, one kind of payment at a time."""

from decimal import Decimal

import pytest

from matching.engine import propose
from matching.engine.types import Allocation, Learned, Permission

from .make import ASSIGNED, SEEBLICK, automatic, best, booking, codes, day, item, noise, voucher

SEE = "Druckhaus Seeblick GmbH"


@pytest.mark.parametrize(
    ("purpose", "e2e", "code"),
    [
        ("Rechnung RE-2025-0186", "", "number_in_text"),
        ("rg 2025/0186", "", "number_rewritten"),
        ("Kd 4711 RE-202 5-0186", "", "number_torn"),
        ("", "RE-2025-0186", "number_in_text"),
        ("RE-2025-O186", "", "number_typo"),
    ],
)
def test_a_transfer_with_the_number(purpose: str, e2e: str, code: str) -> None:
    v = voucher("v", "RE-2025-0186", "412.83", SEE, paid="2025-03-12")
    t = booking("t", "2025-03-12", "-412.83", "Druckhaus Seeblick", purpose, end_to_end_id=e2e)
    proposal = best(propose([v], [t, *noise()]), "v")
    assert proposal.permission is Permission.AUTOMATIC
    assert proposal.probability > 0.98
    assert proposal.allocations == (Allocation("v", "t", Decimal("412.83")),)
    assert {code, "amount_equal", "payment_date_equal"} <= codes(proposal)
    number = next(e for e in proposal.evidence if e.code == code)
    field = getattr(t, number.params["field"])
    assert field[int(number.params["start"]) : int(number.params["end"])] == number.params["found"]


def test_name_and_unique_amount_are_enough() -> None:
    v = voucher("v", "4711-A", "412.83", SEE, on="2025-03-03")
    t = booking("t", "2025-03-12", "-412.83", "DRUCKHAUS SEEBLICK GESELLSCHAFT MBH", "Flyer")
    assert automatic(propose([v], [t, *noise()])) == {("v", "t")}


def test_a_stranger_with_the_same_amount_is_only_suggested() -> None:
    v = voucher("v", "4711-A", "412.83", SEE, paid="2025-03-12")
    t = booking("t", "2025-03-12", "-412.83", "Karl Ohlsen", "Darlehen")
    proposals = propose([v], [t, *noise()])
    assert automatic(proposals) == set()
    assert "name_differs" in codes(best(proposals, "v"))


def test_same_vendor_same_amount_two_months_waits_for_a_person() -> None:
    v = voucher("v", "4711-A", "412.83", SEE, on="2025-03-03")
    march = booking("t1", "2025-03-12", "-412.83", SEE, "Miete")
    april = booking("t2", "2025-04-14", "-412.83", SEE, "Miete")
    proposals = propose([v], [march, april, *noise()])
    assert automatic(proposals) == set()
    touched = {a.transaction for p in proposals for a in p.allocations}
    assert touched == {"t1", "t2"}
    assert best(proposals, "v").runner_up is not None


def test_same_vendor_same_amount_with_payment_days_is_clear() -> None:
    vouchers = [
        voucher("v1", "4711-A", "412.83", SEE, on="2025-03-03", paid="2025-03-12"),
        voucher("v2", "4711-B", "412.83", SEE, on="2025-04-03", paid="2025-04-14"),
    ]
    bookings = [booking("t1", "2025-03-12", "-412.83", SEE), booking("t2", "2025-04-14", "-412.83", SEE)]
    assert automatic(propose(vouchers, [*bookings, *noise()])) == {("v1", "t1"), ("v2", "t2")}


def test_a_missing_booking_does_not_push_the_others_along() -> None:
    """February was paid elsewhere: its voucher must not take the booking of March."""
    vouchers = [
        voucher(f"v{m}", f"4711-{m}", "49.90", SEE, on=f"2025-{m:02}-03", paid=f"2025-{m:02}-10") for m in range(1, 7)
    ]
    bookings = [booking(f"t{m}", f"2025-{m:02}-10", "-49.90", SEE) for m in range(1, 7) if m != 2]
    expected = {(f"v{m}", f"t{m}") for m in range(1, 7) if m != 2}
    assert automatic(propose(vouchers, [*bookings, *noise()])) == expected


def test_another_vouchers_number_in_the_text_forbids() -> None:
    v = voucher("v1", "RE-2025-0186", "412.83", SEE, paid="2025-03-12")
    other = voucher("v2", "RE-2025-0237", "412.83", SEE, paid="2025-05-12")
    t = booking("t", "2025-03-12", "-412.83", SEE, "RE-2025-0237")
    assert ("v1", "t") not in automatic(propose([v, other], [t, *noise()]))


def test_the_same_number_from_another_supplier_is_not_taken() -> None:
    v = voucher("v", "2025-0186", "412.83", SEE, paid="2025-03-12")
    decoy = booking("t", "2025-03-20", "-89.10", "Papier Nord KG", "2025-0186")
    right = booking("u", "2025-03-12", "-412.83", SEE, "Flyer")
    assert automatic(propose([v], [decoy, right, *noise()])) == {("v", "u")}


@pytest.mark.parametrize(
    ("booked", "code"),
    [("-404.57", "amount_less_discount"), ("-400.44", "amount_less_discount"), ("-412.84", "amount_rounded")],
)
def test_usual_differences_with_the_number(booked: str, code: str) -> None:
    v = voucher("v", "RE-2025-0186", "412.83", SEE, paid="2025-03-12")
    t = booking("t", "2025-03-12", booked, SEE, "RE-2025-0186")
    proposal = best(propose([v], [t, *noise()]), "v")
    assert proposal.permission is Permission.AUTOMATIC
    assert code in codes(proposal)
    assert proposal.allocations[0].amount == min(Decimal("412.83"), -Decimal(booked))


def test_discount_item_makes_the_amount_equal() -> None:
    payments = (item("400.45", "2025-03-12"), item("12.38", "2025-03-12", "cashDiscount"))
    v = voucher("v", "RE-2025-0186", "412.83", SEE, payments=payments)
    t = booking("t", "2025-03-12", "-400.45", SEE, "RE-2025-0186")
    assert "amount_equal" in codes(best(propose([v], [t, *noise()]), "v"))


@pytest.mark.parametrize("purpose", ["RE-2025-0186 zzgl. Mahnkosten", "RE-2025-0186"])
def test_known_dunning_costs_come_on_top_of_the_voucher(purpose: str) -> None:
    payments = (item("412.83", "2025-04-22"), item("5.00", "2025-04-22", "dunningCosts"))
    v = voucher("v", "RE-2025-0186", "412.83", SEE, type="invoice", payments=payments)
    t = booking("t", "2025-04-22", "417.83", SEE, purpose)
    proposal = best(propose([v], [t, *noise()]), "v")
    assert proposal.permission is Permission.AUTOMATIC
    assert proposal.allocations == (Allocation("v", "t", Decimal("412.83")),)
    fee = next(e for e in proposal.evidence if e.code == "amount_plus_dunning")
    assert fee.supports
    assert fee.params == {"expected": "412.83", "booked": "417.83", "difference": "5.00"}


@pytest.mark.parametrize("kind", ["partPaymentCashBox", "partPaymentCreditNote", "irrecoverableReceivable"])
def test_paid_without_the_bank_gets_no_proposal(kind: str) -> None:
    v = voucher("v", "RE-2025-0186", "412.83", SEE, payments=(item("412.83", "2025-03-12", kind),))
    t = booking("t", "2025-03-12", "-412.83", SEE, "RE-2025-0186")
    assert propose([v], [t]) == []


def test_a_bank_assigned_payment_of_another_day_is_another_account() -> None:
    v = voucher("v", "4711-A", "412.83", SEE, payments=(item("412.83", "2025-03-12", ASSIGNED),))
    t = booking("t", "2025-04-30", "-412.83", SEE)
    assert automatic(propose([v], [t, *noise()])) == set()


def test_instalments_each_take_their_own_booking() -> None:
    payments = tuple(item("150.00", f"2025-0{m}-10") for m in (3, 4, 5))
    v = voucher("v", "RE-2025-0186", "450.00", SEE, type="invoice", payments=payments)
    bookings = [booking(f"t{m}", f"2025-0{m}-10", "150.00", SEE, "RE-2025-0186 Rate") for m in (3, 4, 5)]
    proposal = best(propose([v], [*bookings, *noise()]), "v")
    assert proposal.permission is Permission.AUTOMATIC
    assert proposal.kind == "partial"
    assert {a.transaction for a in proposal.allocations} == {"t3", "t4", "t5"}


def test_parts_that_the_payment_items_do_not_show() -> None:
    v = voucher("v", "RE-2025-0186", "450.00", SEE, type="invoice", paid="2025-05-10")
    bookings = [
        booking("t1", "2025-04-10", "213.47", SEE, "RE-2025-0186 TZ 1"),
        booking("t2", "2025-05-10", "236.53", SEE, "RE-2025-0186 TZ 2"),
    ]
    assert automatic(propose([v], [*bookings, *noise()])) == {("v", "t1"), ("v", "t2")}


def test_a_collective_payment_with_a_list() -> None:
    amounts = ("119.37", "250.11", "81.40")
    vouchers = [
        voucher(f"v{n}", f"RE-2025-018{n}", amount, SEE, type="invoice", paid="2025-04-10")
        for n, amount in enumerate(amounts, 1)
    ]
    stays = voucher("v9", "RE-2025-0199", "77.70", SEE, type="invoice", paid="2025-08-10")
    t = booking("t", "2025-04-10", "450.88", SEE, "RE-2025-0181, 182 u. 183")
    proposal = best(propose([*vouchers, stays], [t, *noise()]), "v2")
    assert proposal.permission is Permission.AUTOMATIC
    assert proposal.kind == "collective"
    assert {(a.voucher, str(a.amount)) for a in proposal.allocations} == {
        ("v1", "119.37"), ("v2", "250.11"), ("v3", "81.40"),
    }  # fmt: skip
    assert "sum_equal" in codes(proposal)


def test_two_sets_that_add_up_leave_it_to_a_person() -> None:
    vouchers = [
        voucher(f"v{n}", f"A-{n}00", amount, SEE, type="invoice", on="2025-04-01")
        for n, amount in enumerate(("100.00", "200.00", "200.00", "100.00"), 1)
    ]
    t = booking("t", "2025-04-10", "300.00", SEE, "lt. Aufstellung")
    assert automatic(propose(vouchers, [t, *noise()])) == set()


def test_a_credit_note_set_off_in_the_payment() -> None:
    invoice = voucher("v1", "RE-2025-0181", "734.25", SEE, type="invoice", paid="2025-04-10")
    credit = voucher("v2", "GS-2025-0039", "197.82", SEE, type="creditnote", paid="2025-04-10")
    t = booking("t", "2025-04-10", "536.43", SEE, "RE-2025-0181 abzgl. GS-2025-0039")
    proposal = best(propose([invoice, credit], [t, *noise()]), "v1")
    assert proposal.kind == "netted"
    assert proposal.permission is Permission.AUTOMATIC
    assert {(a.voucher, str(a.amount)) for a in proposal.allocations} == {("v1", "734.25"), ("v2", "197.82")}


def test_a_batch_without_names_is_solved_by_day_and_declared_count() -> None:
    amounts = ("119.37", "250.11", "81.40")
    vouchers = [
        voucher(f"v{n}", f"X-{n}", amount, f"Lieferant {n} Ohm", payments=(item(amount, "2025-04-10", ASSIGNED),))
        for n, amount in enumerate(amounts, 1)
    ]
    t = booking("t", "2025-04-10", "-450.88", "", "SAMMELAUFTRAG ANZAHL 3")
    assert automatic(propose(vouchers, [t, *noise()])) == {("v1", "t"), ("v2", "t"), ("v3", "t")}


def test_a_returned_debit_is_skipped_for_the_later_payment() -> None:
    v = voucher("v", "RE-2025-0186", "412.83", SEE, on="2025-03-03", paid="2025-04-02")
    first = booking("t1", "2025-03-10", "-412.83", SEE, "RE-2025-0186", end_to_end_id="E1", mandate_id="M1")
    back = booking("t2", "2025-03-12", "412.83", SEE, "RUECKLASTSCHRIFT RE-2025-0186", end_to_end_id="E1")
    again = booking("t3", "2025-04-02", "-412.83", SEE, "RE-2025-0186")
    proposals = propose([v], [first, back, again, *noise()])
    assert automatic(proposals) == {("v", "t3")}


def test_paid_twice_is_the_first_booking() -> None:
    v = voucher("v", "RE-2025-0186", "412.83", SEE, paid="2025-03-12")
    first = booking("t1", "2025-03-12", "-412.83", SEE, "RE-2025-0186", iban=SEEBLICK)
    second = booking("t2", "2025-03-19", "-412.83", SEE, "RE-2025-0186", iban=SEEBLICK)
    proposals = propose([v], [first, second, *noise()])
    assert automatic(proposals) == {("v", "t1")}
    assert "paid_again" in codes(best(proposals, "v"))


def test_twins_are_assigned_one_to_one_and_say_so() -> None:
    vouchers = [voucher(f"v{n}", f"77{n}1", "20.04", SEE, on="2025-03-12", paid="2025-03-12") for n in (1, 2)]
    bookings = [booking(f"t{n}", "2025-03-12", "-20.04", SEE) for n in (1, 2)]
    proposals = propose(vouchers, [*bookings, *noise()])
    assert len(automatic(proposals)) == 2
    assert {v for v, _ in automatic(proposals)} == {"v1", "v2"}
    assert {t for _, t in automatic(proposals)} == {"t1", "t2"}
    assert "interchangeable" in codes(best(proposals, "v1"))


def test_two_equal_vouchers_for_one_booking_are_not_guessed() -> None:
    vouchers = [voucher(f"v{n}", f"77{n}1", "20.04", SEE, on="2025-03-12", paid="2025-03-12") for n in (1, 2)]
    t = booking("t", "2025-03-12", "-20.04", SEE)
    assert automatic(propose(vouchers, [t, *noise()])) == set()


def test_a_receipt_entered_twice_takes_its_booking_once() -> None:
    vouchers = [voucher(f"v{n}", "RE-2025-0186", "412.83", SEE, on="2025-03-03", paid="2025-03-12") for n in (1, 2)]
    t = booking("t", "2025-03-12", "-412.83", SEE, "RE-2025-0186")
    assert len(automatic(propose(vouchers, [t, *noise()]))) == 1


def test_foreign_currency_at_the_rate_of_the_day() -> None:
    v = voucher("v", "INV-88213", "75.00", "Harbor Tools Inc.", currency="USD", on="2025-03-11", paid="2025-03-12")
    t = booking("t", "2025-03-12", "-69.12", "HARBOR TOOLS", "Invoice March")
    rates = {day("2025-03-11"): {"USD": Decimal("1.0850")}}
    proposal = best(propose([v], [t, *noise()], rates=rates), "v")
    assert "amount_converted" in codes(proposal)
    assert proposal.allocations == (Allocation("v", "t", Decimal("69.12")),)
    without = propose([v], [t, *noise()])
    assert automatic(without) == set()


def test_card_used_on_another_day_is_not_automatic() -> None:
    v = voucher("v", "991-22", "31.90", "Taxi Hafen GmbH", on="2025-05-18", paid="2025-05-18")
    t = booking(
        "t", "2025-05-20", "-31.90", "TAXI HAFEN", "TAXI HAFEN//KIEL/DE 2025-05-15T08:55", code="PMNT-CCRD-POSD"
    )
    assert automatic(propose([v], [t, *noise()])) == set()


def test_own_accounts_and_wages_are_left_alone() -> None:
    own = booking("o", "2025-03-12", "412.83", "Wir selbst", "Umbuchung", account="DE75512108001245126199")
    move = booking("t1", "2025-03-12", "-412.83", "Wir selbst", "Umbuchung", iban="DE75512108001245126199")
    wage = booking("t2", "2025-03-12", "-412.83", "Karin Seeblick", "Gehalt März")
    v = voucher("v", "4711-A", "412.83", SEE, paid="2025-03-12")
    proposals = propose([v], [own, move, wage, *noise()])
    assert automatic(proposals) == set()
    assert all(a.transaction != "t1" for p in proposals for a in p.allocations)


def test_settled_vouchers_and_bookings_are_used_up() -> None:
    vouchers = [voucher(f"v{n}", f"RE-2025-018{n}", "412.83", SEE, paid="2025-03-12") for n in (1, 2)]
    bookings = [booking(f"t{n}", "2025-03-12", "-412.83", SEE, f"RE-2025-018{n}") for n in (1, 2)]
    proposals = propose(vouchers, [*bookings, *noise()], settled=[Allocation("v1", "t1", Decimal("412.83"))])
    assert {a.voucher for p in proposals for a in p.allocations} == {"v2"}
    assert {a.transaction for p in proposals for a in p.allocations} == {"t2"}


def test_what_a_person_refused_is_not_proposed_again() -> None:
    v = voucher("v", "RE-2025-0186", "412.83", SEE, paid="2025-03-12")
    t = booking("t", "2025-03-12", "-412.83", SEE, "RE-2025-0186")
    assert propose([v], [t, *noise()], rejected=[frozenset({("v", "t")})]) == []


def test_a_refused_set_is_taken_apart() -> None:
    payments = tuple(item("150.00", f"2025-0{m}-10") for m in (3, 4))
    v = voucher("v", "RE-2025-0186", "300.00", SEE, type="invoice", payments=payments)
    bookings = [booking(f"t{m}", f"2025-0{m}-10", "150.00", SEE, "RE-2025-0186 Rate") for m in (3, 4)]
    refused = frozenset({("v", "t3"), ("v", "t4")})
    proposals = propose([v], [*bookings, *noise()], rejected=[refused])
    assert all({(a.voucher, a.transaction) for a in p.allocations} != refused for p in proposals)


def test_confirmed_account_numbers_are_remembered() -> None:
    v = voucher("v", "4711-A", "412.83", SEE, paid="2025-03-12")
    t = booking("t", "2025-03-12", "-412.83", "K. Ohlsen Treuhand", "Zahlung", iban=SEEBLICK)
    assert automatic(propose([v], [t, *noise()])) == set()
    learned = Learned(ibans={SEEBLICK: frozenset({SEE})})
    proposals = propose([v], [t, *noise()], learned=learned)
    assert automatic(proposals) == {("v", "t")}
    assert "iban_known" in codes(best(proposals, "v"))


def test_progress_is_told_and_ends() -> None:
    told: list[tuple[int, int]] = []
    vouchers = [voucher(f"v{n}", f"R-{n}", "10.00", SEE) for n in range(3)]
    propose(vouchers, noise(), progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1]


def test_nothing_to_do() -> None:
    assert propose([], []) == []
    assert propose([voucher("v", "", "10.00", "")], []) == []


def test_a_stranger_does_not_explain_a_rival_away() -> None:
    """Two entries of one receipt, a day apart, for one booking: a stranger's equal amount must not settle it."""
    vouchers = [voucher(f"v{n}", "RE-25-100", "49.90", SEE, on=f"2025-03-0{n}") for n in (1, 2)]
    t = booking("t", "2025-03-02", "-49.90", SEE, "RE-25-100")
    stranger = booking("zz", "2025-03-01", "-49.90", "Zoo Quax", "Jahreskarte Q")
    assert automatic(propose(vouchers, [t, *noise(12)])) == set()
    assert automatic(propose(vouchers, [t, stranger, *noise(12)])) == set()
