"""Batches without details, instalments and credit notes set off: sets that no text names."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import propose
from matching.engine.subsets import subsets_near, subsets_of_size
from matching.engine.types import Transaction, Voucher

from .make import automatic, best, booking, codes, item, noise, voucher

NAMES = ("Kleber Otto", "Blech und Dach GmbH", "Feinmechanik Ohm", "Tinte & Toner", "Gartenbau Lind", "Zaun Zander")


def bills(count: int, seed: int, on: str = "2025-03-20", start: int = 0) -> list[Voucher]:
    random = Random(seed)
    return [
        voucher(
            f"b{n}", f"R{n}7{seed}", f"{random.randint(2_000, 90_000) / 100:.2f}", NAMES[n % 6], "2025-03-03", paid=on
        )
        for n in range(start, start + count)
    ]


def batch(key: str, vouchers: list[Voucher], purpose: str, on: str = "2025-03-20") -> Transaction:
    return booking(key, on, f"-{sum(v.total for v in vouchers):.2f}", "", purpose)


@pytest.mark.parametrize("purpose", ["SAMMELAUFTRAG ANZAHL 4", "Sammelüberweisung 4", "BULK PAYMENT FILE 9981"])
def test_a_batch_is_solved_by_its_sum_and_days(purpose: str) -> None:
    vouchers = bills(4, 1)
    others = bills(5, 2, on="2025-04-02", start=4)
    proposals = propose([*vouchers, *others], [batch("t", vouchers, purpose), *noise()])
    assert automatic(proposals) == {(v.id, "t") for v in vouchers}
    assert best(proposals, "b0").kind == "collective"
    assert "sum_equal" in codes(best(proposals, "b0"))


def test_two_batches_of_one_day_part_their_vouchers() -> None:
    one, two = bills(3, 3), bills(4, 4, start=3)
    bookings = [batch("t1", one, "SAMMELAUFTRAG ANZAHL 3"), batch("t2", two, "SAMMELAUFTRAG ANZAHL 4"), *noise()]
    found = automatic(propose([*one, *two], bookings))
    assert found == {(v.id, "t1") for v in one} | {(v.id, "t2") for v in two}


def test_two_sets_that_both_add_up_are_left_to_people() -> None:
    vouchers = [
        voucher(f"b{n}", f"R{n}", amount, NAMES[n], "2025-03-03", paid="2025-03-20")
        for n, amount in enumerate(("100.00", "250.00", "120.00", "230.00"))
    ]
    t = booking("t", "2025-03-20", "-350.00", "", "SAMMELAUFTRAG ANZAHL 2")
    assert automatic(propose(vouchers, [t, *noise()])) == set()


@given(st.integers(0, 5_000), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_a_missing_voucher_leaves_the_batch_alone(seed: int, missing: int) -> None:
    vouchers = bills(4, seed)
    left = [v for n, v in enumerate(vouchers) if n != missing] + bills(3, seed + 1, on="2025-03-27", start=6)
    assert automatic(propose(left, [batch("t", vouchers, "SAMMELAUFTRAG ANZAHL 4"), *noise()])) == set()


def test_hundreds_of_equal_bills_are_bounded_by_count() -> None:
    vouchers = [
        voucher(f"b{n:03}", f"R{n:04}", "49.90", f"{NAMES[n % 6]} {n}", "2025-03-03", paid="2025-03-20")
        for n in range(300)
    ]
    t = booking("t", "2025-03-20", "-598.80", "", "SAMMELAUFTRAG")
    assert automatic(propose(vouchers, [t, *noise()])) == set()


@given(st.lists(st.integers(-500, 500), max_size=9), st.integers(-900, 900), st.integers(0, 40))
def test_all_sums_in_a_range_are_found(amounts: list[int], low: int, wide: int) -> None:
    def total(mask: int) -> int:
        return sum(a for i, a in enumerate(amounts) if mask >> i & 1)

    expected = [m for m in range(1 << len(amounts)) if low <= total(m) <= low + wide]
    assert subsets_near(amounts, low, low + wide, most=1000) == expected
    assert subsets_near(amounts, low, low + wide, most=0) == (None if expected else [])


@given(st.lists(st.integers(1, 60), max_size=9), st.integers(1, 200), st.integers(0, 5))
def test_all_sets_of_a_size_are_found(amounts: list[int], target: int, size: int) -> None:
    def fits(mask: int) -> bool:
        members = [a for i, a in enumerate(amounts) if mask >> i & 1]
        return sum(members) == target and len(members) > 1 and (not size or len(members) == size)

    assert subsets_of_size(amounts, target, size, most=1000) == [m for m in range(1 << len(amounts)) if fits(m)]


def test_more_than_the_search_may_look_at_is_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        subsets_near([1] * 23, 1, 2)
    with pytest.raises(ValueError, match="too many"):
        subsets_of_size([1] * 23, 3, 2)


def test_a_deposit_before_the_invoice_and_the_rest() -> None:
    v = voucher("v", "RE-2025-0402", "2856.00", "Malerei Krumm", "2025-03-26", type="invoice", paid="2025-05-02")
    one = booking("t1", "2025-03-03", "571.00", "Malerei Krumm", "Anzahlung Auftrag 71987")
    two = booking("t2", "2025-05-02", "2285.00", "Malerei Krumm", "RE-2025-0402")
    other = booking("t3", "2025-04-02", "85.00", "Malerei Krumm", "Farbe")
    proposals = propose([v], [one, two, other, *noise()])
    assert automatic(proposals) == {("v", "t1"), ("v", "t2")}
    assert {"part_worded", "instalment", "sum_equal"} <= codes(best(proposals, "v"))


def test_instalments_that_two_vouchers_claim_are_left_to_people() -> None:
    vouchers = [
        voucher(
            f"v{n}", f"RE-2025-04{n}0", "516.38", "Tischlerei Holm", "2025-03-05", type="invoice", paid="2025-04-29"
        )
        for n in (1, 2)
    ]
    parts = [booking(f"t{n}", f"2025-0{3 + n}-29", "258.19", "Tischlerei Holm", f"Rate {n}/2") for n in (0, 1)]
    assert automatic(propose(vouchers, [*parts, *noise()])) == set()


def test_a_credit_note_set_off_is_part_of_the_payment() -> None:
    payments = (item("196.30", "2025-03-13"), item("78.77", "2025-02-27", "partPaymentCreditNote"))
    bill = voucher("v1", "2025/4744", "275.07", "Schlosserei Kiel", "2025-02-16", payments=payments)
    credit = voucher(
        "v2", "2025/4761", "78.77", "Schlosserei Kiel", "2025-02-27", type="purchasecreditnote", paid="2025-03-13"
    )
    t = booking("t", "2025-03-13", "-196.30", "Schlosserei Kiel", "offene Posten")
    proposals = propose([bill, credit], [t, *noise()])
    assert automatic(proposals) == {("v1", "t"), ("v2", "t")}
    proposal = best(proposals, "v2")
    assert proposal.kind == "netted"
    assert {str(a.amount) for a in proposal.allocations} == {"275.07", "78.77"}
    assert sum(a.amount * (1 if a.voucher == "v1" else -1) for a in proposal.allocations) == Decimal("196.30")
