"""Payouts that are shown to a person: deducted once, a fee that nobody knows, cents that belong to nobody."""

from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import propose
from matching.engine.types import Permission, Proposal, Transaction

from .make import automatic, best, booking, codes, noise, voucher
from .shop import Shop, found_whole, shop

PRICE = Decimal("34.51")  # 29.00 with value added tax
ODD = Decimal("17.83")


def less(world: Shop, place: int, amount: Decimal) -> Shop:
    """The same shop, but that so much more was kept of one payout."""
    payouts = list(world.payouts)
    payouts[place] = replace(payouts[place], amount=payouts[place].amount - amount)
    return replace(world, payouts=payouts)


def run(world: Shop) -> list[Proposal]:
    return propose(world.sales, [*world.payouts, *noise()])


def pairs(proposal: Proposal) -> set[tuple[str, str]]:
    return {(a.voucher, a.transaction) for a in proposal.allocations}


@pytest.mark.parametrize("seed", [2, 3, 4])
@pytest.mark.parametrize("amount", [PRICE, ODD])
def test_what_was_deducted_once_is_named_and_left_to_a_person(seed: int, amount: Decimal) -> None:
    world = less(shop(seed, Decimal("1.90"), 25), 3, amount)
    proposals = run(world)
    proposal = best(proposals, "s30")
    assert pairs(proposal) == {pair for pair in world.truth if pair[1] == "p3"}
    assert proposal.permission is Permission.SUGGEST
    assert {"payout_deduction", "policy_deduction"} <= codes(proposal)
    told = next(e for e in proposal.evidence if e.code == "payout_deduction").params
    assert abs(Decimal(told["difference"]) - amount) <= Decimal("0.01")
    assert found_whole(proposals) == {pair for pair in world.truth if pair[1] != "p3"}


def test_a_whole_price_is_likelier_than_any_other_deduction() -> None:
    chances = []
    for amount in (PRICE, ODD):
        proposals = run(less(shop(2, Decimal("1.90"), 25), 3, amount))
        chances.append(best(proposals, "s30").probability)
    assert chances[0] > chances[1]


@given(st.integers(0, 10_000), st.integers(1, 19_000), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_a_deduction_books_nothing_wrong(seed: int, cents: int, place: int) -> None:
    world = shop(seed, Decimal("2.49"), 35, weeks=4)
    cents = min(cents, int(world.payouts[place].amount * 50))
    assert automatic(run(less(world, place, Decimal(cents) / 100))) <= world.truth


def test_a_single_payout_with_an_unknown_fee_is_shown_with_the_sales_before_it() -> None:
    sales = [
        voucher(f"s{n}", f"V-{n}1", total, f"Kundin {n}, Ada", f"2025-03-0{n}", type="salesinvoice")
        for n, total in enumerate(("120.40", "33.90", "75.15"), 3)
    ]
    payout = booking("p", "2025-03-10", "196.03", "Marktbude Payments", "PAYOUT 4711")
    proposals = propose(sales, [payout, *noise()])
    proposal = best(proposals, "s3")
    assert pairs(proposal) == {("s3", "p"), ("s4", "p"), ("s5", "p")}
    assert proposal.permission is Permission.SUGGEST
    assert "policy_fee_unknown" in codes(proposal)
    assert sum(a.amount for a in proposal.allocations) == payout.amount


def test_money_of_a_stranger_is_no_payout() -> None:
    """Nothing says that it is one: no word, no fee."""
    sales = [
        voucher(f"s{n}", f"V-{n}1", total, f"Kundin {n}, Ada", f"2025-03-0{n}", type="salesinvoice")
        for n, total in enumerate(("120.40", "33.90", "75.15"), 3)
    ]
    found = propose(sales, [booking("p", "2025-03-10", "196.03", "Jo Renner", "Danke"), *noise()])
    assert all(p.kind != "payout" for p in found)


def many(count: int) -> tuple[Shop, Transaction]:
    """A shop of which one payout pays so many sales."""
    world = shop(4, Decimal("1.50"), 0)
    sales, net = list(world.sales), 0
    for n in range(count):
        gross = 2_017 + 331 * n
        sales.append(
            voucher(
                f"z{n}", f"V-99{n}", f"{Decimal(gross) / 100:.2f}", f"Gast {n}, Bo", "2025-04-01",
                type="salesinvoice", paid="2025-04-01", remark="Zahlwerk",
            )
        )  # fmt: skip
        net += gross - int(Fraction(gross * 150, 10_000) + Fraction(1, 2))
    amount = f"{Decimal(net) / 100:.2f}"
    last = booking("z", "2025-04-04", amount, "Zahlwerk Europe B.V.", "PAYOUT 99 Zahlwerk", iban="NL91ABNA0417164300")
    return replace(world, sales=sales, payouts=[*world.payouts, last]), last


def test_cents_that_belong_to_nobody_are_left_to_a_person() -> None:
    world, last = many(12)
    proposal = best(run(world), "z0")
    assert pairs(proposal) == {(f"z{n}", "z") for n in range(12)}
    assert proposal.probability > 0.99
    assert proposal.permission is Permission.SUGGEST
    assert "policy_open_cents" in codes(proposal)
    assert sum(a.amount for a in proposal.allocations) == last.amount


@given(st.integers(0, 10_000), st.integers(60, 1500), st.integers(0, 50))
@settings(max_examples=25, deadline=None)
def test_a_booked_share_is_right_to_three_cents_wherever_the_rest_is_put(seed: int, rate: int, fixed: int) -> None:
    """Who shares out a payout may put all cents that rounding leaves on any one of its sales."""
    world = shop(seed, Decimal(rate) / 100, fixed, weeks=4)
    gross = {v.id: v.total for v in world.sales}
    arrived = {t.id: t.amount for t in world.payouts}
    booked: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for p in run(world):
        if p.permission is Permission.AUTOMATIC:
            for a in p.allocations:
                booked[a.transaction][a.voucher] = a.amount
    for payout, shares in booked.items():
        total = sum(gross[v] for v in shares)
        cut = {v: (arrived[payout] * gross[v] / total).quantize(Decimal("0.01"), ROUND_FLOOR) for v in shares}
        rest = arrived[payout] - sum(cut.values())
        for v, share in shares.items():
            assert abs(share - cut[v]) <= Decimal("0.03")
            assert abs(share - (cut[v] + rest)) <= Decimal("0.03")
