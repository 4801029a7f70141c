"""What we say to people: about a failed connection, a document that was left out, a fetch that did not end.

One place for the portal, the admin and the mails, so that a client and the support person on the phone read the same.
Always in this order: what happened, whose turn it is, what comes next. A code that is not listed here gets honest
general words, never itself.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from integrations import lexware_words, qonto_words
from integrations.models import Provider
from integrations.word_shapes import ProviderWords, Turn, Words

__all__ = ["WORDS", "Turn", "Words", "failure", "fetch_problem", "in_doubt", "left_out"]

WORDS: Final[dict[str, ProviderWords]] = {Provider.LEXWARE: lexware_words.WORDS, Provider.QONTO: qonto_words.WORDS}

_UNKNOWN_FAILURE = Words(
    title=_("Connection interrupted"),
    what=_("Something about the connection is not right, and we do not know yet what it is."),
    turn=Turn.US,
    next=_("Write to us, so that we look at it together."),
    staff=_("Look at the timeline; the last entry says what was answered."),
)
_UNKNOWN_FETCH_PROBLEM = Words(
    title=_("Fetch interrupted"),
    what=_("The last fetch did not get to its end."),
    turn=Turn.US,
    next=_("You need not do anything. We look at it, and nothing is lost."),
    staff=_("Look at the fetch's error and at the calls in the timeline."),
)


def failure(reason: str, provider: str = Provider.LEXWARE) -> Words:
    """The words for a failed connection's reason code."""
    return WORDS[provider].failures.get(reason, _UNKNOWN_FAILURE)


def left_out(code: str, provider: str = Provider.LEXWARE) -> Words:
    """The words for a record that a fetch did not take over."""
    words = WORDS[provider]
    return words.left_out.get(code, words.unknown_left_out)


def in_doubt(provider: str = Provider.LEXWARE) -> Words:
    """The words for a key that was rejected once."""
    return WORDS[provider].in_doubt


def fetch_problem(code: str, provider: str = Provider.LEXWARE) -> Words:
    """The words for a fetch that failed; reasons of a failed connection are known here too."""
    words = WORDS[provider]
    return words.fetch_problems.get(code) or words.failures.get(code) or _UNKNOWN_FETCH_PROBLEM
