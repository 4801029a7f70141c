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
# The days of a year on which such a deal may begin: twins and collective payments need some weeks more.
SPAN = 315
CHANCES = 2
CHANCE = 0.25


def hard_deals(profile: Profile, seed: int, year: int) -> list[tuple[date, str]]:
    """Return the deals of a year that need a person, with their days, evenly spread.

    ``profile.hard`` of them are certain: the kinds take turns over the years, so none is missing for long. Up to two
    more come by chance.
    """
    kinds = [kind for kind in KINDS if kind not in profile.never]
    if not profile.hard:
        return []
    Random(f"{seed}:{profile.slug}:hard:order").shuffle(kinds)
    rng = Random(f"{seed}:{profile.slug}:{year}:hard")
    chosen = [kinds[(year * profile.hard + at) % len(kinds)] for at in range(profile.hard)]
    others = [kind for kind in kinds if kind not in chosen]
    chosen += rng.sample(others, sum(rng.random() < CHANCE for _ in range(CHANCES)))
    rng.shuffle(chosen)
    first = date(year, 1, 3)
    return [
        (banking_day(first + timedelta(days=int((at + rng.random()) * SPAN / len(chosen)))), kind)
        for at, kind in enumerate(chosen)
    ]
