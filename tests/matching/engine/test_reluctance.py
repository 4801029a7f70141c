"""Every suggestion says why it was not booked without a person."""

import pytest
from hypothesis import given, settings

from matching.engine import propose
from matching.engine.types import Permission, Proposal, Transaction, Voucher

from .make import best, booking, item, noise, voucher
from .test_properties import World, worlds

SEE = "Druckhaus Seeblick GmbH"


def policy(proposal: Proposal) -> list[str]:
    return [e.code for e in proposal.evidence if e.code.startswith("policy_")]


def one() -> Voucher:
    return voucher("v", "K-25023", "412.83", SEE, paid="2025-03-12")


def paid(amount: str = "-412.83", name: str = SEE, purpose: str = "Zahlung", on: str = "2025-03-12") -> Transaction:
    return booking("t", on, amount, name, purpose)


@pytest.mark.parametrize(
    ("asked", "t", "codes"),
    [
        (one(), paid(name="Karl Ohlsen"), ["policy_single_signal"]),
        (one(), paid(purpose="K-25022"), ["policy_other_number"]),
        (one(), paid(purpose="Gehalt"), ["policy_barred"]),
        (one(), paid(on="2025-10-14"), ["policy_needs_day"]),
        (one(), paid("-390.17"), ["policy_needs_amount"]),
        (one(), paid(name="Karl Ohlsen", purpose="K-25023", on="2025-07-14"), ["policy_needs_day"]),
        (one(), paid("-404.57", "Karl Ohlsen", "K-25023"), ["policy_needs_amount"]),
    ],
)
def test_what_was_missed(asked: Voucher, t: Transaction, codes: list[str]) -> None:
    proposal = best(propose([asked], [t, *noise()]), "v")
    assert proposal.permission is Permission.SUGGEST
    assert policy(proposal) == codes


def test_an_amount_that_comes_again() -> None:
    v = voucher("v", "K-25023", "412.83", SEE, on="2025-03-03")
    later = booking("u", "2025-04-14", "-412.83", SEE, "Zahlung")
    proposal = best(propose([v], [paid(), later, *noise()]), "v")
    assert policy(proposal) == ["policy_recurring_amount"]


def test_rivals_make_it_unsure() -> None:
    vouchers = [voucher(f"v{n}", f"77{n}1", "20.04", SEE, on="2025-03-12", paid="2025-03-12") for n in (1, 2)]
    proposal = best(propose(vouchers, [booking("t", "2025-03-12", "-20.04", SEE), *noise()]), "v1")
    assert policy(proposal) == ["policy_unsure"]


def test_a_set_that_nobody_named() -> None:
    vouchers = [
        voucher(f"v{n}", f"A-{n}00", amount, SEE, type="invoice", payments=(item(amount, "2025-04-30"),))
        for n, amount in enumerate(("119.37", "250.11"), 1)
    ]
    t = booking("t", "2025-04-10", "369.48", SEE, "wie besprochen")
    proposal = best(propose(vouchers, [t, *noise()]), "v1")
    assert proposal.kind == "collective"
    assert policy(proposal) == ["policy_set_guessed"]


@given(worlds())
@settings(max_examples=60, deadline=None)
def test_suggestions_say_why_and_automatic_ones_have_nothing_to_say(world: World) -> None:
    for proposal in propose(*world):
        assert bool(policy(proposal)) == (proposal.permission is not Permission.AUTOMATIC)
        assert all(not e.supports for e in proposal.evidence if e.code.startswith("policy_"))
