"""A client that takes in rows one by one ends where a run over everything would."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import propose
from matching.engine.types import Proposal
from matching.engine.workbook import Workbook

from .make import automatic, booking, noise, voucher
from .test_properties import World, worlds


def outcome(proposals: list[Proposal]) -> list[tuple[object, ...]]:
    """What a person sees, without evidence."""
    return [(p.allocations, round(p.probability, 5), p.permission, p.kind) for p in proposals]


@given(worlds())
@settings(max_examples=30, deadline=None)
def test_a_new_workbook_says_what_a_full_run_says(world: World) -> None:
    vouchers, bookings = world
    assert outcome(Workbook(vouchers, bookings).proposals()) == outcome(propose(vouchers, bookings))


@given(worlds(), st.randoms(use_true_random=False), st.integers(1, 5))
@settings(max_examples=80, deadline=None)
def test_rows_in_any_order_and_portions_lead_to_the_same(world: World, random: Random, size: int) -> None:
    vouchers, bookings = world
    known, later = bookings[-12:], bookings[:-12]
    workbook = Workbook([], known)
    rows = [*vouchers, *later]
    random.shuffle(rows)
    for start in range(0, len(rows), size):
        portion = rows[start : start + size]
        workbook.add([r for r in portion if r in vouchers], [r for r in portion if r in later])
    step_by_step = outcome(workbook.proposals())
    workbook.everything()
    assert step_by_step == outcome(workbook.proposals())
    at_once = Workbook([], known)
    at_once.add(vouchers, later)
    assert step_by_step == outcome(at_once.proposals())


def test_a_late_booking_concerns_its_voucher_only() -> None:
    seen = voucher("v1", "RE-25-101", "119.37", "Papier Nord KG", paid="2025-03-10")
    open_one = voucher("v2", "RE-25-102", "250.11", "Druckhaus Seeblick GmbH", paid="2025-03-12")
    workbook = Workbook([seen, open_one], [*noise(), booking("t1", "2025-03-10", "-119.37", "Papier Nord KG")])
    changed = workbook.add(transactions=[booking("t2", "2025-03-12", "-250.11", "Druckhaus Seeblick", "RE-25-102")])
    assert {a.voucher for p in changed for a in p.allocations} == {"v2"}
    assert ("v2", "t2") in automatic(workbook.proposals())
    assert ("v1", "t1") in automatic(workbook.proposals())
