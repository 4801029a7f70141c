"""A cash discount taken on some of the vouchers that one booking names, or on all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from .amounts import DISCOUNTS

_MOST = 8
_USUAL = (Decimal(2), Decimal(3))
_OF_ALL, _OF_USUAL = 1.0, 1.0
"""What it says that the discount was taken on all, and that it is one of the two that nearly everybody grants."""


@dataclass(frozen=True, slots=True)
class Discounted:
    """What is paid for each (cents), `percent` less for those in `reduced`; `weight`: log odds against chance."""

    amounts: tuple[int, ...]
    percent: Decimal
    reduced: frozenset[int]
    weight: float


def discounted(amounts: Sequence[int], booked: int) -> list[Discounted]:
    """All ways in which one usual discount on some of the amounts makes their sum the booked one; all in cents.

    A cent may be lost in rounding; it is taken from the largest. At most eight amounts are tried.
    """
    missing = sum(amounts) - booked
    if (
        not 2 <= len(amounts) <= _MOST
        or min(amounts) <= 0
        or not 0 < missing * 100 <= sum(amounts) * max(DISCOUNTS) + 100
    ):
        return []
    span = float(max(DISCOUNTS)) * sum(amounts) / 100
    chance = min(0.5, 3 * len(DISCOUNTS) * 2 ** len(amounts) / span)
    found = []
    for percent in DISCOUNTS:
        less = [int((amount * percent / 100).to_integral_value("ROUND_HALF_UP")) for amount in amounts]
        for mask in range(1, 1 << len(amounts)):
            reduced = frozenset(i for i in range(len(amounts)) if mask >> i & 1)
            lost = missing - sum(less[i] for i in reduced)
            if abs(lost) > 1:
                continue
            paid = [amount - (less[i] if i in reduced else 0) for i, amount in enumerate(amounts)]
            paid[max(reduced, key=lambda i: (amounts[i], -i))] -= lost
            weight = math.log(0.5 / chance) + _OF_ALL * (len(reduced) == len(amounts)) + _OF_USUAL * (percent in _USUAL)
            found.append(Discounted(tuple(paid), percent, reduced, weight))
    return found
