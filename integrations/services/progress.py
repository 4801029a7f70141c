"""How far a fetch is and how long it still takes. Pure: counts and the pace in, seconds and words out."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations.providers.pace import INTERVAL

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text

# What a fetch in the morning takes that finds little; how long one waits is estimated with it.
USUAL_SECONDS = 5.0

QUEUED = "queued"
LIST = "list"
PAYMENTS = "payments"
DOCUMENTS = "documents"

PHASES: dict[str, Text] = {
    QUEUED: gettext_lazy("Waiting for its turn"),
    "": gettext_lazy("Beginning"),
    LIST: gettext_lazy("Looking which documents there are"),
    "compare": gettext_lazy("Comparing with what is here already"),
    PAYMENTS: gettext_lazy("Fetching payments"),
    DOCUMENTS: gettext_lazy("Fetching documents and their files"),
    "transactions": gettext_lazy("Fetching bank transactions, account by account"),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What is true of a client's vouchers after the list: facts, which no restart turns back.

    ``standing``: how many there are; ``unpaid``: payments not read yet; ``incomplete``: anything still to come.
    """

    standing: int
    unpaid: int
    incomplete: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch is. ``total`` 0: not known yet. ``seconds`` until its end, None while nobody can say."""

    phase: str
    done: int = 0
    total: int = 0
    seconds: float | None = None

    @property
    def doing(self) -> str:
        """The phase in words."""
        return phase_words(self.phase)

    @property
    def waiting(self) -> bool:
        """Whether it has not begun."""
        return self.phase == QUEUED

    @property
    def left(self) -> str:
        """The time left in words; empty while nobody can say."""
        if self.seconds is None:
            return ""
        return waiting_words(self.seconds) if self.waiting else left_words(self.seconds)


def phase_words(phase: str) -> str:
    """What a fetch is doing."""
    return str(PHASES.get(phase, gettext_lazy("Fetching documents")))


def position(counts: Counts, *, first: bool, found: int) -> tuple[str, int, int]:
    """Phase, done and total of a fetch that has its list.

    ``first``: nothing was ever fetched completely, so everything counts; otherwise what this fetch has ``found`` to be
    new or changed. Done never falls, whoever goes on with the fetch, unless a document changes on the other side.
    """
    phase, missing = (PAYMENTS, counts.unpaid) if counts.unpaid else (DOCUMENTS, counts.incomplete)
    total = counts.standing if first else max(found, missing)
    return phase, max(total - missing, 0), total


def seconds_left(requests: int, *, pace: float = 1.0, sharing: int = 1, time_scale: float = 1.0) -> float:
    """How long so many requests take at 95 % of the documented limit (reference: rate limit 2.1).

    ``pace``: the share of it that the service bears now; ``sharing``: how many fetches use up the same limit.
    """
    return max(requests, 0) * INTERVAL * max(sharing, 1) / (max(pace, 0.01) * time_scale)


def seconds_to_wait(running: Sequence[float], places: int, ahead: int, usual: float = USUAL_SECONDS) -> float | None:
    """How long a fetch waits that has ``ahead`` others before it; None where nobody works at all.

    ``running``: the seconds until the end of each that is under way, on so many ``places``.
    """
    if places < 1:
        return None
    ends = [*sorted(running)[:places], *([0.0] * max(places - len(running), 0))]
    heapq.heapify(ends)
    for _turn in range(ahead):
        heapq.heapreplace(ends, ends[0] + usual)
    return ends[0]


def left_words(seconds: float) -> str:
    """A time left, no more exact than it can be known: ``about 25 minutes left``."""
    if seconds < 50:
        return _("less than a minute left")
    return _("about %(time)s left") % {"time": stretch(seconds)}


def waiting_words(seconds: float) -> str:
    """When a waiting fetch begins."""
    if seconds < 50:
        return _("begins in a moment")
    return _("begins in about %(time)s") % {"time": stretch(seconds)}


def stretch(seconds: float) -> str:
    """A length of time, rounded up to what people say: whole minutes, then fives, then hours and quarters."""
    minutes = max(math.ceil(seconds / 60 - 0.2), 1)
    if minutes > 20:
        minutes = math.ceil(minutes / 5) * 5
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    quarters = math.ceil(minutes / 15)
    hours, rest = divmod(quarters, 4)
    whole = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    if not rest or hours >= 6:
        return whole
    return _("%(hours)s and %(n)d minutes") % {"hours": whole, "n": rest * 15}
