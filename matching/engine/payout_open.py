"""Payouts that a person has to look at: something deducted once beside the fee, or a fee that is not known.

Monthly prices, advertising, shipping labels and reserves are kept from one payout and stand in the provider's
statement only. Where the provider's sales in their order leave just such an amount, they are shown with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from .book import Booking
from .fees import Run, Schedule, plausible, tolerance
from .payout_sets import Between, Candidate, Way, kept_exactly, prior
from .payout_streams import HIGHEST_EXTRA, is_price

_LATEST = 60
_ONCE = math.log(0.05)
_PRICES = sum(is_price(cents) for cents in range(1, HIGHEST_EXTRA + 1))
_LARGEST_SHARE = 10


def deductions(
    pool: Sequence[Candidate], b: Booking, schedule: Schedule, between: Between
) -> Iterable[tuple[list[Candidate], Way, float]]:
    """Unbroken runs of sales that leave a single deduction beside the fee, each with its log likelihood.

    Prices in whole units, with or without value added tax, are as likely as all other amounts together.
    """
    for members in _runs(pool):
        extra = kept_exactly((c.sale for c in members), b, schedule)
        most = max(HIGHEST_EXTRA, sum(c.amount for c in members) // _LARGEST_SHARE)
        if not tolerance(len(members)) < extra <= most:
            continue
        share = 0.5 / most + (0.5 / _PRICES if extra <= HIGHEST_EXTRA and is_price(extra) else 0.0)
        weight = _ONCE + math.log(share)
        yield members, Way(schedule, extra, weight, once=True), prior(pool, members, between) + weight


def guess(pool: Sequence[Candidate], b: Booking) -> list[Candidate]:
    """Where no fee explains the payout: the likeliest unbroken run that a provider may keep the difference of.

    Of equally likely ones the longest: nothing else explains the sales. Of sales that name the provider more may be
    missing than a fee.
    """
    best: list[Candidate] = []
    highest = -math.inf
    for members in _runs(pool):
        gross = sum(c.amount for c in members)
        score = sum(c.odds for c in members)
        if not plausible(Run(len(members), gross, gross - b.amount)):
            more = gross - b.amount - HIGHEST_EXTRA
            if not all(c.sure for c in members) or not plausible(Run(len(members), gross, max(1, more))):
                continue
            score += _ONCE
        if score > highest and gross > b.amount:
            best, highest = members, score
    return best


def _runs(pool: Sequence[Candidate]) -> Iterable[list[Candidate]]:
    """Unbroken runs in the order of sales, longest first: of all candidates, of the provider's own, without refunds."""
    everything = sorted(pool, key=lambda c: c.sale.order)[-_LATEST:]
    own = [c for c in everything if c.sure or c.sale.refund]
    sold = [c for c in everything if not c.sale.refund]
    named = [c for c in own if not c.sale.refund]
    for among in {tuple(c.sale.slot.index for c in row): row for row in (everything, own, sold, named)}.values():
        for last in range(len(among), 0, -1):
            for first in range(last):
                members = among[first:last]
                if not all(c.sale.refund for c in members):
                    yield members
