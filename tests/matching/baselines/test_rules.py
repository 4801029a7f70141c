"""Every other baseline: what its rule says of single cases."""

from decimal import Decimal

import pytest

from matching.baselines import BASELINES, Answer
from matching.baselines.digit_tokens import digit_tokens, fill
from matching.baselines.lexware import within_tolerance
from matching.engine.types import Transaction, Voucher
from tests.matching.engine.make import booking, item, noise, voucher

NORD = "Papier Nord KG"


def booked(name: str, vouchers: list[Voucher], bookings: list[Transaction]) -> set[tuple[str, str, str]]:
    answers = BASELINES[name](vouchers, bookings)
    return {(a.voucher, a.transaction, str(a.amount)) for a in answers if a.automatic}


def shown(name: str, vouchers: list[Voucher], bookings: list[Transaction]) -> set[tuple[str, str]]:
    return {(a.voucher, a.transaction) for a in BASELINES[name](vouchers, bookings) if not a.automatic}


def test_amount_takes_the_nearest_date() -> None:
    v = voucher("v", "A-1", "50.00", NORD, paid="2025-03-20")
    far, near = booking("t1", "2025-03-01", "-50.00"), booking("t2", "2025-03-22", "-50.00")
    other_way = booking("t3", "2025-03-20", "50.00")
    assert booked("amount-date", [v], [far, near, other_way]) == {("v", "t2", "50.00")}
    assert shown("amount-date", [v], [far, near]) == {("v", "t1")}


def test_amount_takes_each_payment_of_a_voucher() -> None:
    v = voucher("v", "A-1", "50.00", NORD, payments=(item("20", "2025-03-20"), item("30", "2025-04-20")))
    bookings = [booking("t1", "2025-03-20", "-20.00"), booking("t2", "2025-04-20", "-30.00")]
    assert booked("amount-date", [v], bookings) == {("v", "t1", "20.00"), ("v", "t2", "30.00")}


@pytest.mark.parametrize(
    "text", ["RE-2025-0402", "re 2025 0402", "RE20250402", "Zahlung RE-2025-0402 vielen Dank", "RE-2025 -0402"]
)
def test_a_reference_is_found_behind_its_prefix(text: str) -> None:
    v = voucher("v", "RE-2025-0402", "50.00", NORD, type="invoice")
    assert booked("reference", [v], [booking("t", "2025-03-22", "50.00", "", text)]) == {("v", "t", "50.00")}


def test_several_references_only_with_their_sum() -> None:
    vouchers = [voucher("v1", "RE-2025-0402", "50.00", NORD), voucher("v2", "RE-2025-0403", "20.00", NORD)]
    text = "RE-2025-0402, RE-2025-0403"
    both = booked("reference", vouchers, [booking("t", "2025-03-22", "-70.00", "", text)])
    assert both == {("v1", "t", "50.00"), ("v2", "t", "20.00")}
    short = [booking("t", "2025-03-22", "-69.00", "", text)]
    assert booked("reference", vouchers, short) == set()
    assert shown("reference", vouchers, short) == {("v1", "t"), ("v2", "t")}


def test_a_reference_that_is_paid_is_not_paid_again() -> None:
    v = voucher("v", "RE-2025-0402", "50.00", NORD)
    bookings = [booking(f"t{n}", f"2025-03-2{n}", "-50.00", NORD, "RE-2025-0402") for n in (1, 2)]
    assert booked("reference", [v], bookings) == {("v", "t1", "50.00")}


def test_no_reference_no_match() -> None:
    v = voucher("v", "RE-2025-0402", "50.00", NORD, paid="2025-03-22")
    assert booked("reference", [v], [booking("t", "2025-03-22", "-50.00", NORD, "Danke")]) == set()


def test_ranked_books_equal_references_alone() -> None:
    v = voucher("v", "RE-1", "50.00", NORD, on="2025-03-22")
    other = voucher("w", "RE-2", "50.00", "Zoo Quax", on="2025-03-22")
    same = booking("t", "2025-03-22", "-50.00", NORD, "Danke")
    assert booked("ranked", [v, other], [same]) == set()
    answers = sorted(BASELINES["ranked"]([v, other], [same]), key=lambda a: -a.confidence)
    assert [(a.voucher, a.confidence) for a in answers] == [("v", 4 / 6), ("w", 3 / 6)]
    with_reference = booking("t", "2025-03-22", "-40.00", "", "", end_to_end_id="RE-1")
    assert booked("ranked", [v, other], [with_reference]) == {("v", "t", "40.00")}


def test_two_equally_near_parties_are_nobody() -> None:
    vouchers = [voucher("v", "1-1", "50.00", "Nord Papier"), voucher("w", "2-2", "60.00", "Papier Nord")]
    assert shown("ranked", vouchers, [booking("t", "2025-09-22", "-70.00", "Papier Nord")]) == set()


def test_digits_of_words() -> None:
    assert digit_tokens("RE-2025-0402 vom 3.3. KD4711 12") == {"20250402", "4711"}
    assert digit_tokens("am 3.3.25") == {"3325"}


def test_greedy_filling_misses_what_could_be_solved() -> None:
    """500 of 100, 200 and 300: it takes all three, which is too much, so nothing."""
    rows = [("a", Decimal(100)), ("b", Decimal(200)), ("c", Decimal(300))]
    assert fill(Decimal(500), rows) == []
    assert fill(Decimal(300), rows) == ["c"]
    assert fill(Decimal(600), rows) == ["a", "b", "c"]


def test_digit_tokens_book_hits_and_show_the_partners_vouchers() -> None:
    v = voucher("v", "RE-2025-0402", "50.00", NORD)
    assert booked("digit-tokens", [v], [booking("t", "2025-03-22", "-50.00", "", "2025-0402")]) == {("v", "t", "50.00")}
    assert shown("digit-tokens", [v], [booking("t", "2025-03-22", "-50.00", "Papier Nord")]) == {("v", "t")}
    assert booked("digit-tokens", [v], [booking("t", "2025-03-22", "-49.00", "", "2025-0402")]) == set()


def test_lexwares_tolerance() -> None:
    assert within_tolerance(Decimal(100), Decimal("95.00"))
    assert not within_tolerance(Decimal(100), Decimal("94.75"))
    assert within_tolerance(Decimal(100), Decimal("105.00"))


def test_lexware_books_equal_amounts_and_shows_discounts() -> None:
    v = voucher("v", "RE-2025-0402", "100.00", NORD)
    equal = booking("t", "2025-03-22", "-100.00", NORD, "RE-2025-0402")
    assert booked("lexware", [v], [equal]) == {("v", "t", "100.00")}
    less = booking("t", "2025-03-22", "-98.00", NORD, "RE-2025-0402 abz. Skonto")
    assert (booked("lexware", [v], [less]), shown("lexware", [v], [less])) == (set(), {("v", "t")})
    unnamed = booking("t", "2025-03-22", "-98.00", "Zoo Quax", "RE-2025-0402 abz. Skonto")
    assert shown("lexware", [v], [unnamed]) == set()
    late = booking("t", "2025-06-22", "-100.00", NORD, "RE-2025-0402")
    assert shown("lexware", [v], [late]) | booked("lexware", [v], [late]) == set()


@pytest.mark.parametrize(
    ("purpose", "amount", "on", "found"),
    [
        ("Rechnung 4711-25", "-100.00", "2025-03-22", True),
        ("RNR:4711-25 danke", "-95.00", "2025-03-22", True),
        ("Invoice 4711-25", "-94.99", "2025-03-22", False),
        ("Invoice 4711-25", "-100.01", "2025-03-22", False),
        ("4711-25", "-100.00", "2025-03-22", False),
        ("Rechnung 4711-251", "-100.00", "2025-03-22", False),
        ("Rechnung 4711-25", "-100.00", "2025-05-03", False),
        ("Rechnung 4711-25", "-100.00", "2025-02-24", True),
        ("Rechnung 4711-25", "-100.00", "2025-02-23", False),
    ],
)
def test_datev_wants_the_number_behind_a_keyword(purpose: str, amount: str, on: str, found: bool) -> None:
    v = voucher("v", "4711-25", "100.00", NORD)
    assert bool(booked("datev", [v], [booking("t", on, amount, NORD, purpose)])) is found


def test_buchhaltungsbutler_wants_an_equal_amount_and_a_name_or_number() -> None:
    v = voucher("v", "4711-25", "100.00", NORD)
    assert booked("buchhaltungsbutler", [v], [booking("t", "2025-03-22", "-100.00", "PAPIER NORD KG")])
    assert booked("buchhaltungsbutler", [v], [booking("t", "2025-03-22", "-100.00", "", "Nr 4711-25")])
    assert not booked("buchhaltungsbutler", [v], [booking("t", "2025-03-22", "-98.00", NORD, "4711-25")])
    assert not booked("buchhaltungsbutler", [v], [booking("t", "2025-03-22", "-100.00", "Zoo Quax")])
    dollars = voucher("v", "4711-25", "100.00", NORD, currency="USD")
    in_dollars = booking("t", "2025-03-22", "-100.00", NORD, currency="USD")
    assert not booked("buchhaltungsbutler", [dollars], [in_dollars])


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_every_baseline_answers_in_the_same_shape_whatever_the_order(name: str) -> None:
    vouchers = [
        voucher(f"v{n}", f"RE-2025-04{n:02}", f"{40 + n % 4}.00", NORD, on=f"2025-03-{1 + n:02}", paid="2025-03-20")
        for n in range(12)
    ]
    bookings = [
        booking(f"t{n}", f"2025-03-{5 + n:02}", f"-{40 + n % 4}.00", NORD, f"Rechnung RE-2025-04{n:02}")
        for n in range(12)
    ] + noise(20)
    answers = BASELINES[name](vouchers, bookings)
    assert all(isinstance(a, Answer) and 0 <= a.confidence <= 1 and a.amount > 0 for a in answers)
    pairs = [(a.voucher, a.transaction) for a in answers]
    assert len(pairs) == len(set(pairs))
    assert pairs
    assert set(BASELINES[name](vouchers[::-1], bookings[::-1])) == set(answers)
    assert BASELINES[name]([], bookings) == [] == BASELINES[name](vouchers, [])
