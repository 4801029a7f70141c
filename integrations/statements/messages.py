"""The words for problems in bank files, in the language of the reader."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from accounts.display import readable
from integrations.statements.problems import TEXTS, Code
from integrations.statements.shapes import Place, ReadError

LAZY_TEXTS: Final[dict[Code, Promise]] = {code: gettext_lazy(text) for code, text in TEXTS.items()}
# What we worked out ourselves; every other parameter is quoted from the file.
OWN: Final = frozenset(
    {"announced", "balance", "closing", "credits", "date", "debits", "detail", "entry", "expected", "found", "opening",
     "total"}
)  # fmt: skip


def describe(problem: ReadError) -> str:
    """The sentence for a problem, in the active language, with our own sums and days in its form."""
    params = {name: readable(text) if name in OWN else text for name, text in problem.params.items()}
    return str(LAZY_TEXTS[problem.code]) % params


def describe_place(place: Place) -> str:
    """Where it was, in the active language."""
    words = []
    if place.statement:
        words.append(gettext("statement %(number)s") % {"number": place.statement})
    if place.entry:
        words.append(gettext("entry %(number)s") % {"number": place.entry})
    if place.line:
        words.append(gettext("line %(number)s") % {"number": place.line})
    return ": ".join(filter(None, (place.member, ", ".join(words)))) or gettext("file")
