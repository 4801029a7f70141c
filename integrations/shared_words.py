"""What is the same of every provider but for its name: unreachable, busy, a key doubted or of another company."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from integrations.models import Reason
from integrations.word_shapes import Turn, Words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text


def failures(provider: str) -> dict[str, Words]:
    """Why a connection may fail at any provider; ``provider`` is its name."""
    return {
        Reason.ORGANIZATION_CHANGED: Words(
            title=_("Key of another company"),
            what=_("The API key belongs to another company than the one connected here before."),
            turn=Turn.CLIENT,
            next=_named(
                _(
                    "Enter a key of the right company. If you have moved to a new account at {provider}, "
                    "say so in the form."
                ),
                provider,
            ),
            staff=_("Ask the client which company is meant. After a move the client confirms it in the form."),
        ),
        Reason.UNREACHABLE: Words(
            title=_named(_("{provider} not reachable"), provider),
            what=_named(_("{provider} has not answered us several times in a row. Nothing is lost."), provider),
            turn=Turn.TIME,
            next=_(
                "A connection that worked before comes back by itself; otherwise enter the key again later. "
                "If it takes longer than a day, write to us."
            ),
            staff=_("See whether other clients are affected too, then check the connection again."),
        ),
    }


def in_doubt(provider: str) -> Words:
    """The key was rejected once, which is not believed yet: said of the connection and of the fetch that met it."""
    return Words(
        title=_("Being looked into"),
        what=_named(
            _("{provider} refused the API key once. That happens during a disturbance on their side, too."), provider
        ),
        turn=Turn.TIME,
        next=_("We ask again in a few minutes and go on by ourselves. What is here stays as it is."),
        staff=_("It is asked again within minutes; only a second refusal fails the connection."),
    )


def fetch_problems(provider: str, doubt: Words, *, busy: Text) -> dict[str, Words]:
    """Fetches that ended before their end, while the connection as such stands; ``busy``: who uses up the limit."""
    return {
        "in_doubt": doubt,
        "unavailable": Words(
            title=_named(_("{provider} did not answer"), provider),
            what=_named(_("{provider} did not answer during the last fetch."), provider),
            turn=Turn.TIME,
            next=_("We try again by ourselves. Nothing is lost."),
            staff=_("It is tried again; look at it if it stays like this until tomorrow."),
        ),
        "rate_limited": Words(
            title=_named(_("{provider} was busy"), provider),
            what=_named(_("{provider} asked us to go slower, and the last fetch did not get to its end."), provider),
            turn=Turn.TIME,
            next=_("We go on by ourselves. Nothing is lost."),
            staff=busy,
        ),
        "replaced": Words(
            title=_("Key replaced meanwhile"),
            what=_("A new API key was entered while the fetch with the old one was under way."),
            turn=Turn.TIME,
            next=_("You need not do anything: the fetch goes on with the new key."),
            staff=_("Nothing to do: another fetch follows with the new key."),
        ),
    }


def _named(words: Text, provider: str) -> Text:
    """A sentence with the provider's name in it, translated when it is shown."""
    return format_lazy(words, provider=provider)
