"""The form of what we say to people: what happened, whose turn it is, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text


class Turn(Enum):
    """Who must act."""

    CLIENT = "client"
    TIME = "time"
    US = "us"

    @property
    def for_client(self) -> str:
        """The sentence for the client."""
        return str(_FOR_CLIENT[self.value])

    @property
    def for_staff(self) -> str:
        """The same seen from the firm."""
        return str(_FOR_STAFF[self.value])


_FOR_CLIENT = {
    "client": _("It is your turn."),
    "time": _("Nobody has to do anything: we keep trying."),
    "us": _("It is our turn."),
}
_FOR_STAFF = {
    "client": _("The client has to act."),
    "time": _("Nobody has to act: it is tried again."),
    "us": _("It is our turn."),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What to say about one problem.

    ``title``: two or three words. ``what``: what happened. ``turn``: who acts. ``next``: the client's next step.
    ``staff``: what somebody of the firm can do.
    """

    title: Text
    what: Text
    turn: Turn
    next: Text
    staff: Text


@dataclass(frozen=True, slots=True)
class ProviderWords:
    """All that is said about one provider.

    ``failures`` by reason code; ``left_out`` by the code of an error about one record, ``unknown_left_out`` for others;
    ``fetch_problems`` by the code of a fetch that did not end; ``in_doubt``: a key that was rejected once.
    """

    failures: Mapping[str, Words]
    left_out: Mapping[str, Words]
    unknown_left_out: Words
    fetch_problems: Mapping[str, Words]
    in_doubt: Words
