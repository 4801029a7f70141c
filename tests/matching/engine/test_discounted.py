"""Collective payments less a discount on some of the vouchers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine import propose
from matching.engine.discounted import discounted
from matching.engine.types import Permission

from .make import automatic, best, booking, noise, voucher

SEE = "Druckhaus Seeblick GmbH"


@given(st.lists(st.integers(1000, 500_000), min_size=2, max_size=6), st.sampled_from(["2", "3"]), st.integers(1, 63))
def test_a_discount_on_some_is_found_and_adds_up(amounts: list[int], percent: str, mask: int) -> None:
    reduced = frozenset(i for i in range(len(amounts)) if mask >> i & 1)
    if not reduced:
        return
    less = [int((amounts[i] * Decimal(percent) / 100).to_integral_value("ROUND_HALF_UP")) for i in sorted(reduced)]
    ways = discounted(amounts, sum(amounts) - sum(less))
    assert any(w.reduced == reduced and w.percent == Decimal(percent) for w in ways)
    assert all(sum(w.amounts) == sum(amounts) - sum(less) and min(w.amounts) > 0 for w in ways)


@pytest.mark.parametrize(("amounts", "booked"), [([10000, 20000], 30000), ([10000], 9800), ([10000, 20000], 20000)])
def test_what_is_no_discount(amounts: list[int], booked: int) -> None:
    assert discounted(amounts, booked) == []


def test_a_named_set_less_a_discount_on_one_of_it_names_the_difference() -> None:
    vouchers = [
        voucher("v1", "RE-2025-0181", "668.28", SEE),
        voucher("v2", "RE-2025-0194", "412.83", SEE, on="2025-03-05"),
        voucher("v3", "RE-2025-0201", "91.07", SEE, on="2025-03-07"),
    ]
    t = booking("t", "2025-03-14", "-1158.81", SEE, "RE-2025-0181, RE-2025-0194, RE-2025-0201")
    proposal = best(propose(vouchers, [t, *noise()]), "v1")
    assert proposal.kind == "collective"
    paid = {a.voucher: str(a.amount) for a in proposal.allocations}
    assert paid == {"v1": "654.91", "v2": "412.83", "v3": "91.07"}
    told = [e.params for e in proposal.evidence if e.code == "amount_less_discount"]
    assert [p["percent"] for p in told] == ["2"]


def test_equal_members_leave_open_which_one_is_reduced() -> None:
    vouchers = [voucher(f"v{n}", f"RE-2025-018{n}", "412.83", SEE) for n in (1, 2)]
    t = booking("t", "2025-03-14", "-817.40", SEE, "RE-2025-0181, RE-2025-0182")
    proposals = propose(vouchers, [t, *noise()])
    assert automatic(proposals) == set()
    assert best(proposals, "v1").permission is Permission.SUGGEST
