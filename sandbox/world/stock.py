"""Gives a company its articles and recurring templates, apart from everything else, so that nothing else moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sandbox.world.calendar import local
from sandbox.world.contacts import new_id
from sandbox.world.goods import Article, RecurringTemplate
from sandbox.world.model import Contact, Organisation
from sandbox.world.money import Line, cents
from sandbox.world.profiles import Profile

SERVICE_UNITS = ("Std.", "psch.", "Monat")
INTERVALS = (("MONTHLY", 1), ("QUARTERLY", 3), ("ANNUALLY", 12))


def gtin(rng: Random) -> str:
    """Return a number of 13 digits with the right check digit, from the range for use within one company."""
    digits = f"20{rng.randrange(10**10):010d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """Return the check digit of the GS1 numbers (GTIN-8, 12, 13 and 14) for the digits before it."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _articles(organisation: Organisation, profile: Profile, rng: Random) -> None:
    for at, (title, unit, low, high) in enumerate(profile.goods, 1):
        service = unit in SERVICE_UNITS
        moment = organisation.created + timedelta(days=at, minutes=at)
        price = Decimal(rng.randrange(low, high + 1))
        article = Article(
            id=new_id(rng),
            title=title,
            kind="SERVICE" if service else "PRODUCT",
            unit=unit,
            price=price if not profile.gross_prices else cents(price) - Decimal("0.10"),
            leads="GROSS" if profile.gross_prices else "NET",
            rate=19,
            created=moment,
            updated=moment,
            number=f"{'L' if service else 'W'}-{at:03d}",
            gtin=None if service else gtin(rng),
        )
        organisation.articles[article.id] = article


def _months_later(day: date, months: int) -> date:
    """Return the same day so many months later; all of them are first days of a month."""
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)


def _templates(
    organisation: Organisation, profile: Profile, rng: Random, customers: Sequence[Contact], today: date
) -> None:
    text, unit, price = profile.retainer
    for contact, (interval, months) in zip(customers, INTERVALS, strict=False):
        start = date(today.year - 1, rng.randrange(1, 12), 1)
        following, last = start, None
        while following < today:
            following, last = _months_later(following, months), following
        paused = interval == "ANNUALLY"
        moment = local(start - timedelta(days=9), 10, rng.randrange(60))
        updated = max(moment, local(last, 3, 4)) if last else moment
        template = RecurringTemplate(
            id=new_id(rng),
            settings_id=new_id(rng),
            contact=contact,
            lines=(Line(text, Decimal(months), unit, Decimal(price), 19),),
            gross_prices=profile.gross_prices,
            terms=profile.terms[0],
            interval=interval,
            start=start,
            end=following if paused else None,
            next=None if paused else following,
            last=last,
            finalize=interval == "MONTHLY",
            status="PAUSED" if paused else "ACTIVE",
            created=moment,
            updated=updated,
        )
        organisation.templates[template.id] = template


def add_stock(organisation: Organisation, profile: Profile, seed: int, today: date) -> None:
    """Add an article for everything the company sells, and a template for some of its customers."""
    _articles(organisation, profile, Random(f"{seed}:{profile.slug}:articles"))
    customers = [item for item in organisation.contacts.values() if item.customer_number and not item.person]
    _templates(organisation, profile, Random(f"{seed}:{profile.slug}:templates"), customers[:3], today)
