"""What is complete, what is missing and what to do about it, in words for clients and accountants."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.display import day, money
from integrations.services.completeness import Covered
from matching.coverage import Coverage, Finding, Kind, Look, Span
from matching.models import BankAccount

MOST_SPANS = 3

LOOKS: dict[Look, str | Promise] = {
    Look.COMPLETE: gettext_lazy("complete"),
    Look.PROVISIONAL: gettext_lazy("provisional"),
    Look.MISSING: gettext_lazy("missing"),
    Look.DOUBT: gettext_lazy("contradicts itself"),
    Look.NONE: gettext_lazy("not needed"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what is wrong, and what to upload."""

    finding: Finding
    what: str
    do: str
    look: Look


def days(span: Span) -> str:
    """Days in words: ``12 February 2025``, ``12 February to 3 March 2025``."""
    last = date_format(span.last, "DATE_FORMAT")
    if span.first == span.last:
        return last
    short = "MONTH_DAY_FORMAT" if span.first.year == span.last.year else "DATE_FORMAT"
    return _("%(first)s to %(last)s") % {"first": date_format(span.first, short), "last": last}


def summary(coverage: Coverage) -> str:
    """The state of an account in one sentence: what is complete, and the first gaps in it."""
    if coverage.needed is None:
        return _("No statements are needed.")
    kinds = (Kind.MISSING, Kind.LATEST)
    gaps = [finding.span for finding in coverage.findings if finding.kind in kinds]
    if not coverage.complete:
        return _("Nothing is here yet: needed from %(day)s.") % {"day": date_format(coverage.needed.first)}
    here = Span(coverage.complete[0].first, coverage.complete[-1].last)
    # What is not here since the last statement may not be due yet; the tasks say it.
    inside = [gap for gap in gaps if gap.first < here.last]
    words = _("Complete %(days)s.") % {"days": days(here)}
    if inside:
        given = {"days": days(here), "gaps": listed(inside)}
        words = _("Here %(days)s, missing %(gaps)s.") % given
    doubts = [finding.span for finding in coverage.findings if finding.kind in (Kind.SUM, Kind.BREAK)]
    if doubts:
        if not inside:
            words = _("Here %(days)s.") % {"days": days(here)}
        words += " " + _("The balances contradict each other: %(days)s.") % {"days": listed(doubts)}
    return words


def open_words(number: int) -> str:
    """How many tasks are open; nothing where none is."""
    words = ngettext("%(n)s thing is still open.", "%(n)s things are still open.", number)
    return words % {"n": number} if number else ""


def listed(spans: Iterable[Span]) -> str:
    """The first few stretches, and how many more there are."""
    some = list(spans)
    shown = ", ".join(days(span) for span in some[:MOST_SPANS])
    more = len(some) - MOST_SPANS
    return shown if more <= 0 else _("%(days)s and %(n)s more") % {"days": shown, "n": more}


def tasks(covered: Covered, *, today: date | None = None) -> list[Task]:
    """What is to be done about an account, in order of days; with ``today`` only what is due."""
    found = covered.tasks if today is None else covered.due(today)
    return [task(finding, covered.account) for finding in found]


def notes(covered: Covered) -> list[Task]:
    """What somebody should know, and has nothing to do about."""
    return [task(finding, covered.account) for finding in covered.coverage.findings if finding.kind is Kind.CHANGED]


def task(finding: Finding, account: BankAccount) -> Task:
    """A finding in words."""
    when = {"days": days(finding.span)}
    figures = {
        "expected": money(finding.expected, account.currency),
        "found": money(finding.found, account.currency),
        "before": day(finding.span.first),
        "after": day(finding.span.last),
        **when,
    }
    told = finding.expected is not None and finding.found is not None
    match finding.kind:
        case Kind.MISSING:
            what = _("%(days)s: no statement is here.") % when
            if told:
                what += " " + _("Before them the balance is %(expected)s, after them %(found)s.") % figures
            return Task(finding, what, _("Upload the statements of these days."), Look.MISSING)
        case Kind.LATEST:
            what = _("%(days)s: no statement has come since.") % when
            return Task(finding, what, _("Upload the statements of these days."), Look.MISSING)
        case Kind.PROVISIONAL:
            what = _("%(days)s: only a provisional report is here, more may have been booked.") % when
            return Task(finding, what, _("Upload a statement that was made after that day."), Look.PROVISIONAL)
        case Kind.SUM:
            words = _("%(days)s: opening balance and payments give %(expected)s, the statement says %(found)s.")
            do = _("A payment is missing or too many. Fetch the statement from the bank again and upload it.")
            return Task(finding, words % figures, do, Look.DOUBT)
        case Kind.BREAK:
            words = _("Up to %(before)s the balance is %(expected)s, the next statement begins with %(found)s.")
            if finding.span.first == finding.span.last:
                words = _("%(days)s: one statement says %(expected)s, another one %(found)s.")
            do = _("Fetch the statements of these days from the bank again and upload them.")
            return Task(finding, words % figures, do, Look.DOUBT)
        case Kind.CHANGED:
            words = _("%(days)s: the bank first said %(expected)s, later %(found)s. The later statement counts.")
            return Task(finding, words % figures, _("Nothing, if the later one is right."), Look.PROVISIONAL)


def look_word(look: Look) -> str:
    """A look as a word."""
    return str(LOOKS[look])


def ending(account: BankAccount) -> str:
    """Which account is meant, in a few signs: the bank and the last digits."""
    return account.short
