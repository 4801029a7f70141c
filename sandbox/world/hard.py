"""Which of the deals that need a person a company has in a year, and when."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sandbox.world.calendar import banking_day
from sandbox.world.hard_purchases import HARD_PURCHASES
from sandbox.world.hard_sales import HARD_SALES
from sandbox.world.profiles import Profile

HARD_DEALS = HARD_SALES | HARD_PURCHASES
KINDS = tuple(HARD_DEALS)
# Kinds with several vouchers; a third, rounded down, of the deals that are certain are of these.
SEVERAL = ("twins", "collective", "silent_credit", "same_amount")
# The days of a year on which such a deal may begin: twins and collective payments need some weeks more.
SPAN = 315
CHANCES = 2
CHANCE = 0.25


def hard_deals(profile: Profile, seed: int, year: int) -> list[tuple[date, str]]:
    """Return the deals of a year that need a person, with their days, evenly spread.

    ``profile.hard`` of them are certain: the kinds take turns over the years, so none is missing for long. Up to two
    more come by chance.
    """
    if not profile.hard:
        return []
    order = Random(f"{seed}:{profile.slug}:hard:order")
    kinds = order.sample(KINDS, len(KINDS))
    chosen: list[str] = []
    for several, count in ((True, profile.hard // 3), (False, profile.hard - profile.hard // 3)):
        turns = [kind for kind in kinds if (kind in SEVERAL) == several and kind not in profile.never]
        chosen += [turns[(year * count + at) % len(turns)] for at in range(count)]
    rng = Random(f"{seed}:{profile.slug}:{year}:hard")
    others = [kind for kind in kinds if kind not in chosen and kind not in profile.never]
    chosen += rng.sample(others, sum(rng.random() < CHANCE for _ in range(CHANCES)))
    rng.shuffle(chosen)
    first = date(year, 1, 3)
    return [
        (banking_day(first + timedelta(days=int((at + rng.random()) * SPAN / len(chosen)))), kind)
        for at, kind in enumerate(chosen)
    ]
