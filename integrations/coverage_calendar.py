"""The calendar of an account: a bar for each month, cut where something changes, with its words."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from integrations.completeness_words import days, look_word
from matching.coverage import Coverage, Look, Span

DAY = timedelta(days=1)
WIDTH = 10
"""How wide a day is, in the bar's own units; a bar is 31 days wide, so that months stand above each other."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of a month of which the same is known."""

    look: Look
    span: Span

    @property
    def left(self) -> int:
        """Where it begins in the bar."""
        return (self.span.first.day - 1) * WIDTH

    @property
    def width(self) -> int:
        """How wide it is."""
        return self.span.days * WIDTH

    @property
    def words(self) -> str:
        """What it says."""
        return f"{days(self.span)}: {look_word(self.look)}"


@dataclass(frozen=True, slots=True)
class Month:
    """A month and its stretches."""

    first: date
    stretches: tuple[Stretch, ...]

    @property
    def look(self) -> Look:
        """The worst of it."""
        order = (Look.DOUBT, Look.MISSING, Look.PROVISIONAL, Look.COMPLETE, Look.NONE)
        return next(look for look in order if any(one.look is look for one in self.stretches))

    @property
    def words(self) -> str:
        """The month in words: complete, or the days that are not."""
        bad = [one for one in self.stretches if one.look not in (Look.COMPLETE, Look.NONE)]
        if not bad:
            return look_word(self.look)
        whole = len([one for one in self.stretches if one.look is not Look.NONE]) == 1
        if whole:
            return look_word(self.look)
        parts = groupby(bad, key=lambda one: one.look)
        return ", ".join(f"{look_word(look)}: {', '.join(_numbers(one.span) for one in some)}" for look, some in parts)


def calendar(coverage: Coverage) -> list[Month]:
    """The months in which an account is needed, the latest first."""
    if coverage.needed is None:
        return []
    months = []
    first = coverage.needed.first.replace(day=1)
    while first <= coverage.needed.last:
        last = first.replace(day=monthrange(first.year, first.month)[1])
        looks = [(first + n * DAY, coverage.look(first + n * DAY)) for n in range((last - first).days + 1)]
        groups = (list(group) for _look, group in groupby(looks, key=lambda entry: entry[1]))
        months.append(Month(first, tuple(Stretch(some[0][1], Span(some[0][0], some[-1][0])) for some in groups)))
        first = last + DAY
    return months[::-1]


def _numbers(span: Span) -> str:
    if span.first == span.last:
        return _("day %(day)s") % {"day": span.first.day}
    return _("days %(first)s to %(last)s") % {"first": span.first.day, "last": span.last.day}
