"""Laws that hold for every input, in worlds with sets, instalments, credit notes and payouts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import propose
from matching.engine.types import MONEY_IN, Allocation, PaymentItem, Permission, Proposal, Transaction, Voucher

from .make import ACCOUNT, automatic
from .worlds import START, STORIES, Pair, World, worlds

FLIPPED = {
    "purchaseinvoice": "invoice",
    "invoice": "purchaseinvoice",
    "creditnote": "purchasecreditnote",
    "purchasecreditnote": "creditnote",
}
LIKELY = 0.05
ALMOST = 0.1
SURE = 0.95
ODD = Decimal("31.17")
"""A difference that no discount, fee or dunning explains."""
laws = settings(max_examples=40, deadline=None)


def seen(proposals: Iterable[Proposal]) -> set[tuple[object, ...]]:
    """What a person sees of proposals, without reasons and without payouts."""
    return {(p.allocations, p.permission, p.kind, round(p.probability, 3)) for p in proposals if p.kind != "payout"}


def by_allocations(proposals: Iterable[Proposal]) -> dict[tuple[Allocation, ...], Proposal]:
    return {p.allocations: p for p in proposals}


@given(worlds(), st.randoms(use_true_random=False))
@laws
def test_the_order_of_rows_does_not_matter(world: World, random: Random) -> None:
    expected = propose(world.vouchers, world.bookings)
    vouchers, bookings = list(world.vouchers), list(world.bookings)
    random.shuffle(vouchers)
    random.shuffle(bookings)
    assert propose(vouchers, bookings) == expected


def assert_within_amounts(world: World, allocations: Iterable[Allocation]) -> None:
    total = {v.id: v.total for v in world.vouchers}
    incoming = {v.id: v.type in MONEY_IN for v in world.vouchers}
    booked = {t.id: t.amount for t in world.bookings}
    of_voucher: dict[str, Decimal] = defaultdict(Decimal)
    of_booking: dict[str, Decimal] = defaultdict(Decimal)
    for a in allocations:
        assert a.amount > 0
        of_voucher[a.voucher] += a.amount
        of_booking[a.transaction] += a.amount if incoming[a.voucher] else -a.amount
    for key, used in of_voucher.items():
        assert used <= total[key]
    for key, used in of_booking.items():
        assert abs(used) <= abs(booked[key])
        assert used * booked[key] >= 0


@given(worlds(), st.randoms(use_true_random=False))
@laws
def test_nothing_is_allocated_beyond_voucher_or_booking(world: World, random: Random) -> None:
    """Also together with what stands already, whichever part of it that is."""
    first = [p for p in propose(world.vouchers, world.bookings) if p.permission is Permission.AUTOMATIC]
    every = [a for p in first for a in p.allocations]
    assert_within_amounts(world, every)
    standing = [a for p in first if random.random() < 0.5 for a in p.allocations]
    again = propose(world.vouchers, world.bookings, settled=standing)
    added = [a for p in again if p.permission is Permission.AUTOMATIC for a in p.allocations]
    assert_within_amounts(world, [*standing, *added])


@given(worlds(), st.randoms(use_true_random=False))
@laws
def test_what_people_decided_survives(world: World, random: Random) -> None:
    """What stands is used up and not proposed again; what was refused does not come back, in any company."""
    first = propose(world.vouchers, world.bookings)
    settled = [p for p in first if p.permission is Permission.AUTOMATIC and random.random() < 0.5]
    used = {(a.voucher, a.transaction) for p in settled for a in p.allocations}
    refused = {frozenset((a.voucher, a.transaction) for a in p.allocations) for p in first if p not in settled}
    again = propose(
        world.vouchers, world.bookings, settled=[a for p in settled for a in p.allocations], rejected=refused
    )
    for p in again:
        pairs = frozenset((a.voucher, a.transaction) for a in p.allocations)
        assert pairs not in refused
        assert not pairs & used


def flipped(world: World) -> World:
    vouchers = [replace(v, type=FLIPPED[v.type]) for v in world.vouchers]
    return World(vouchers, [replace(t, amount=-t.amount) for t in world.bookings], world.truth)


@given(worlds(STORIES))
@laws
def test_flipping_all_signs_changes_nothing(world: World) -> None:
    """But for payouts: a provider passes on what came in, and nobody collects bills in one sum less a fee."""
    turned = flipped(world)
    assert seen(propose(turned.vouchers, turned.bookings)) == seen(propose(world.vouchers, world.bookings))


def unrelated(count: int, years: int) -> tuple[list[Voucher], list[Transaction]]:
    """Rows of another year with other amounts, names, numbers and words, each with its own booking."""
    vouchers, bookings = [], []
    for n in range(count):
        on = START.replace(year=START.year + years) + timedelta(days=9 * n)
        amount = Decimal(777_000 + 1371 * n) / 100
        paid = PaymentItem("manualPayment", on, amount)
        vouchers.append(
            Voucher(
                f"x{n}", "purchaseinvoice", f"ZQ{n}81Y", on, on, amount, "EUR", f"Quax Zoobedarf {n}", payments=(paid,)
            )
        )
        bookings.append(
            Transaction(f"y{n}", ACCOUNT, on, on, -amount, "EUR", f"Quax Zoobedarf {n}", "", f"Futter ZQ{n}81Y")
        )
    return vouchers, bookings


@given(worlds(), st.integers(1, 12), st.sampled_from((-3, 2, 5)))
@laws
def test_unrelated_rows_change_nothing(world: World, count: int, years: int) -> None:
    """But for little: how rare an amount or a word is shows more clearly among more rows.

    So what is on the brink of its threshold may cross it, and hopeless suggestions may change places.
    """
    vouchers, bookings = unrelated(count, years)
    before = by_allocations(propose(world.vouchers, world.bookings))
    after = by_allocations(propose([*world.vouchers, *vouchers], [*world.bookings, *bookings]))
    theirs = {v.id for v in vouchers}
    ours = {key: p for key, p in after.items() if not any(a.voucher in theirs for a in p.allocations)}
    for one, other in ((before, ours), (ours, before)):
        for key, p in one.items():
            if p.probability >= LIKELY:
                assert key in other
                assert abs(other[key].probability - p.probability) <= ALMOST
            if p.permission is Permission.AUTOMATIC:
                assert other[key].probability >= SURE


def decoys(world: World, kind: str, n: int) -> World:
    """One row more that looks like a part of the truth and is weaker than it in at least one respect."""
    v = world.vouchers[n % len(world.vouchers)]
    sign = v.direction
    on: date = (v.date or START) + timedelta(days=6)
    vouchers, bookings = list(world.vouchers), list(world.bookings)
    if kind == "stranger with the amount":
        bookings.append(Transaction("zz", ACCOUNT, on, on, sign * v.total, "EUR", "Zoo Quax", "", "Jahreskarte"))
    elif kind == "stranger with the number":
        bookings.append(
            Transaction("zz", ACCOUNT, on, on, sign * (v.total + ODD), "EUR", "Zoo Quax", "", f"Vertrag {v.number}")
        )
    elif kind == "party with another amount":
        bookings.append(Transaction("zz", ACCOUNT, on, on, sign * (v.total + ODD), "EUR", v.contact, "", "Zahlung"))
    elif kind == "stranger's voucher of the amount":
        items = tuple(replace(p, type="manualPayment") for p in v.payments)
        vouchers.append(replace(v, id="zz", number="Q-77-81", contact="Zoo Quax", payments=items))
    elif kind == "party's voucher of another amount":
        vouchers.append(replace(v, id="zz", number="Q-77-81", total=v.total + ODD, payments=()))
    else:
        vouchers.append(replace(v, id="zz", total=v.total + ODD, contact="Zoo Quax", payments=()))
    return World(vouchers, bookings, world.truth)


KINDS = (
    "stranger with the amount",
    "stranger with the number",
    "party with another amount",
    "stranger's voucher of the amount",
    "party's voucher of another amount",
    "stranger's voucher with the number",
)


def wrong(world: World, pairs: set[Pair]) -> set[Pair]:
    return pairs - world.truth


@given(worlds(), st.sampled_from(KINDS), st.integers(0, 40))
@settings(max_examples=70, deadline=None)
def test_a_decoy_never_turns_a_right_match_into_a_wrong_one(world: World, kind: str, n: int) -> None:
    """It may turn it into a suggestion. What was wrong before is not the decoy's doing."""
    if not world.vouchers:
        return
    before = automatic(propose(world.vouchers, world.bookings))
    with_decoy = decoys(world, kind, n)
    after = automatic(propose(with_decoy.vouchers, with_decoy.bookings))
    assert wrong(world, after) <= wrong(world, before)


@given(worlds())
@settings(max_examples=70, deadline=None)
def test_what_is_booked_in_these_worlds_is_right(world: World) -> None:
    assert not wrong(world, automatic(propose(world.vouchers, world.bookings)))
    turned = flipped(world)
    assert not wrong(world, automatic(propose(turned.vouchers, turned.bookings)))
