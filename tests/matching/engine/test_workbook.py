"""A client that takes in rows one by one ends where a run over everything would."""

from dataclasses import replace
from random import Random

import pytest
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


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_additions_changes_and_removals_lead_to_what_is_left(world: World, random: Random) -> None:
    vouchers, bookings = world
    known, later = bookings[-12:], bookings[:-12]
    workbook = Workbook(vouchers[1:], known)
    now_v, now_t = {v.id: v for v in vouchers[1:]}, {t.id: t for t in known}
    for _ in range(random.randint(2, 8)):
        some_v, some_t = random.sample(vouchers, 1), random.sample(later or known, 1)
        move = random.choice(("add", "change", "remove"))
        if move == "remove":
            gone_v, gone_t = now_v.keys() & {v.id for v in some_v}, now_t.keys() & {t.id for t in some_t}
            workbook.remove(gone_v, gone_t)
            for key in gone_v:
                del now_v[key]
            for key in gone_t:
                del now_t[key]
            continue
        if move == "change":
            other = random.choice(bookings)
            some_v = [replace(v, total=abs(other.amount), payments=()) for v in some_v]
            some_t = [replace(t, amount=other.amount, purpose=random.choice(vouchers).number) for t in some_t]
        workbook.add(some_v, some_t)
        now_v |= {v.id: v for v in some_v}
        now_t |= {t.id: t for t in some_t}
    step_by_step = outcome(workbook.proposals())
    workbook.everything()
    assert step_by_step == outcome(workbook.proposals())
    at_once = Workbook(vouchers[1:], known)
    at_once.remove([v.id for v in vouchers[1:]], {t.id for t in known} - now_t.keys())
    at_once.add(now_v.values(), [t for t in now_t.values() if t not in known])
    assert step_by_step == outcome(at_once.proposals())


def test_who_gives_up_unknown_rows_gives_up_nothing() -> None:
    seen = voucher("v1", "RE-25-101", "119.37", "Papier Nord KG", paid="2025-03-10")
    workbook = Workbook([seen], [*noise(), booking("t1", "2025-03-10", "-119.37", "Papier Nord KG")])
    before = workbook.proposals()
    with pytest.raises(KeyError):
        workbook.remove(["v1"], ["t9"])
    assert workbook.proposals() == before


def test_what_a_removed_booking_had_paid_is_open_again() -> None:
    seen = voucher("v1", "RE-25-101", "119.37", "Papier Nord KG", paid="2025-03-10")
    workbook = Workbook([seen], [*noise(), booking("t1", "2025-03-10", "-119.37", "Papier Nord KG", "RE-25-101")])
    assert ("v1", "t1") in automatic(workbook.proposals())
    workbook.remove(transactions=["t1"])
    assert workbook.proposals() == []
    workbook.add(transactions=[booking("t1", "2025-03-11", "-119.37", "Papier Nord KG", "RE-25-101")])
    assert ("v1", "t1") in automatic(workbook.proposals())


def test_a_late_booking_concerns_its_voucher_only() -> None:
    seen = voucher("v1", "RE-25-101", "119.37", "Papier Nord KG", paid="2025-03-10")
    open_one = voucher("v2", "RE-25-102", "250.11", "Druckhaus Seeblick GmbH", paid="2025-03-12")
    workbook = Workbook([seen, open_one], [*noise(), booking("t1", "2025-03-10", "-119.37", "Papier Nord KG")])
    changed = workbook.add(transactions=[booking("t2", "2025-03-12", "-250.11", "Druckhaus Seeblick", "RE-25-102")])
    assert {a.voucher for p in changed for a in p.allocations} == {"v2"}
    assert ("v2", "t2") in automatic(workbook.proposals())
    assert ("v1", "t1") in automatic(workbook.proposals())
