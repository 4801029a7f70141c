"""Payouts of providers: sales less a fee that nobody told the engine."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import propose
from matching.engine.fees import Run, Schedule, learn
from matching.engine.types import Permission, Proposal

from .make import automatic, best, booking, codes, noise, voucher
from .shop import Shop, found_whole, shop, without_marks

FEES = [("1.73", 0), ("2.49", 35), ("11.00", 35), ("0.87", 6), ("3.30", 12)]
rates = st.tuples(st.integers(60, 1500).map(lambda r: Decimal(r) / 100), st.integers(0, 50))


def run(world: Shop) -> list[Proposal]:
    return propose(world.sales, [*world.payouts, *noise()])


@pytest.mark.parametrize(("rate", "fixed"), FEES)
def test_a_fee_nobody_knows_is_learned_from_the_payouts(rate: str, fixed: int) -> None:
    world = shop(11, Decimal(rate), fixed)
    proposals = run(world)
    assert found_whole(proposals) == world.truth
    proposal = best(proposals, "s00")
    assert proposal.kind == "payout"
    assert {"payout_of_provider", "payout_fee_learned", "payout_run", "payout_marked"} <= codes(proposal)
    told = next(e for e in proposal.evidence if e.code == "payout_fee_learned").params
    assert abs(Decimal(told["percent"]) - Decimal(rate)) <= Decimal("0.01")


@pytest.mark.parametrize("name", ["Quipay Payments Ltd", "Virement SA", "Hadria Platby s.r.o."])
def test_any_name_may_be_a_provider(name: str) -> None:
    world = shop(5, Decimal("1.95"), 20, name=name, mark="Quorra")
    assert found_whole(run(world)) == world.truth


def test_without_a_word_in_the_vouchers_nothing_wrong_is_booked() -> None:
    for seed in range(6):
        world = without_marks(shop(seed, Decimal("1.95"), 0))
        assert automatic(run(world)) <= world.truth


@given(st.integers(0, 10_000), rates)
@settings(max_examples=25, deadline=None)
def test_what_is_booked_is_right_and_adds_up(seed: int, schedule: tuple[Decimal, int]) -> None:
    world = shop(seed, *schedule, weeks=4)
    proposals = run(world)
    assert automatic(proposals) <= world.truth
    spent: dict[str, Decimal] = defaultdict(Decimal)
    gross = {v.id: v.total for v in world.sales}
    for p in proposals:
        if p.permission is Permission.AUTOMATIC:
            for a in p.allocations:
                spent[a.transaction] += a.amount
                assert Decimal(0) < a.amount <= gross[a.voucher]
    assert all(spent[t.id] in (0, t.amount) for t in world.payouts)


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_makes_no_difference(seed: int, random: Random) -> None:
    world = shop(seed, Decimal("2.20"), 25)
    sales, payouts = list(world.sales), [*world.payouts, *noise()]
    first = propose(sales, payouts)
    random.shuffle(sales)
    random.shuffle(payouts)
    assert propose(sales, payouts) == first


@given(st.integers(0, 10_000), st.integers(0, 20), st.booleans(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_decoy_sale_never_turns_a_right_payout_into_a_wrong_one(
    seed: int, which: int, same_amount: bool, marked: bool
) -> None:
    world = shop(seed, Decimal("2.49"), 35)
    model = world.sales[which % len(world.sales)]
    day = model.date
    assert day is not None
    total = model.total if same_amount else model.total + Decimal("3.17")
    decoy = replace(
        voucher("zz", "V-90210", f"{total:.2f}", "Andere, Bo", day.isoformat()),
        type="salesinvoice",
        remark=model.remark if marked else "",
    )
    decoy = replace(decoy, date=day + timedelta(days=1))
    found = automatic(propose([*world.sales, decoy], [*world.payouts, *noise()]))
    assert found <= world.truth


def test_a_missing_sale_leaves_its_payout_to_people() -> None:
    world = shop(3, Decimal("2.49"), 35)
    left = [v for v in world.sales if v.id != "s21"]
    found = automatic(propose(left, [*world.payouts, *noise()]))
    assert found == {pair for pair in world.truth if pair[1] != "p2"}


def test_refunds_are_taken_off() -> None:
    world = shop(8, Decimal("1.50"), 25)
    sale, last = world.sales[0], world.payouts[0]
    day = (last.booking_date - timedelta(days=2)).isoformat()
    refund = voucher("r", "G-7", "9.40", sale.contact, day, type="salescreditnote", paid=day)
    payouts = [replace(last, amount=last.amount - Decimal("9.40")), *world.payouts[1:]]
    proposals = propose([*world.sales, refund], [*payouts, *noise()])
    assert automatic(proposals) == world.truth | {("r", "p0")}
    assert "payout_refund" in codes(best(proposals, "r"))


def test_hundreds_of_equal_sales_are_bounded_by_count() -> None:
    """The search looks at so many sets whatever the input: it ends, and chooses between no equals."""
    sales = [
        voucher(f"s{n:03}", f"V-{n:05}", "19.90", f"Gast {n}", "2025-03-05", type="salesinvoice", remark="Zahlwerk")
        for n in range(400)
    ]
    payouts = [
        booking(f"p{n}", f"2025-03-{10 + n}", f"{Decimal('19.46') * (7 + n):.2f}", "Zahlwerk Europe", "PAYOUT Zahlwerk")
        for n in range(8)
    ]
    assert automatic(propose(sales, [*payouts, *noise()])) == set()


def test_a_schedule_is_learned_only_where_payouts_agree() -> None:
    schedule = Schedule(175, 0)
    agreeing = [[Run(1, gross, round(gross * 0.0175))] for gross in (41_230, 9_905, 120_010, 7_725)]
    learned = learn(agreeing)
    assert learned is not None
    assert learned[0] == schedule
    assert learn([[Run(1, 41_230, 512)], [Run(1, 9_905, 733)], [Run(1, 120_010, 9_001)]]) is None
