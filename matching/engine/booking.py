"""A transaction, read once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise

from .amounts import cents
from .numbers import NumberText
from .purpose import is_card, no_voucher_word
from .text import TextDate, dates_in, figures_of_another_kind, fold, name_words, words
from .types import Transaction

FIELDS = ("purpose", "end_to_end_id", "counterparty")
"""The fields of a transaction in which numbers are looked for, in this order."""

_DIGITS = re.compile(r"\d+")
_NO_LETTER_OR_DIGIT = re.compile(r"[^A-Z0-9]")
_names = lru_cache(maxsize=4096)(name_words)


class Pool:
    """Strings and texts that occur again and again, kept once.

    Most words of a bank text come in thousands of bookings. And apart from their digits most texts do so as a whole:
    `text` numbers them, so that a name is compared with a wording once and not with every booking that has it.
    """

    __slots__ = ("_texts", "_words")

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._texts: dict[tuple[str, str, bool], int] = {}

    def words(self, folded: str) -> frozenset[str]:
        """The words of a folded text."""
        keep = self._words.setdefault
        return frozenset([keep(w, w) for w in words(folded)])

    def text(self, counterparty: str, purpose: str, card: bool) -> int:
        """The number of a text whatever its digits are."""
        key = _DIGITS.sub("0", counterparty), _DIGITS.sub("0", purpose), card
        return self._texts.setdefault(key, len(self._texts))


class Booking:
    """A transaction with everything that is read from it once.

    `amount`: what is left of it in cents; `day`: its booking date as an ordinal; `text`: equal for bookings whose
    texts differ in digits only; `dunning_named`: whether the text speaks of a reminder.
    """

    __slots__ = (
        "amount", "day", "dunning_named", "index", "is_card", "names", "no_voucher", "numbers", "returned", "sign", "t",
        "text", "text_dates", "words",
    )  # fmt: skip

    def __init__(self, index: int, t: Transaction, used: int, pool: Pool) -> None:
        self.index = index
        self.t = t
        self.sign = 1 if t.amount >= 0 else -1
        self.amount = abs(cents(t.amount)) - used
        self.day = t.booking_date.toordinal()
        purpose, counterparty = fold(t.purpose), fold(t.counterparty)
        self.text_dates: list[TextDate] | tuple[()] = dates_in(purpose) or ()
        other_figures = figures_of_another_kind(purpose, self.text_dates, abs(cents(t.amount)))
        folded = (("purpose", purpose), ("end_to_end_id", fold(t.end_to_end_id)), ("counterparty", counterparty))
        self.numbers = tuple(
            NumberText(field, text, other_figures if field == "purpose" else ())
            for field, text in folded
            if _DIGITS.search(text)
        )
        self.words = pool.words(f"{counterparty} {purpose}".replace("'", ""))
        self.dunning_named = any(word.startswith("MAHN") for word in self.words)
        self.names = _names(t.counterparty)
        self.is_card = is_card(t)
        self.no_voucher = no_voucher_word(t)
        self.returned: date | None = None
        self.text = pool.text(counterparty, purpose, self.is_card)

    @property
    def squashed(self) -> str:
        """Its letters and digits without anything between them."""
        return _NO_LETTER_OR_DIGIT.sub("", f"{fold(self.t.counterparty)} {fold(self.t.purpose)}")

    def marks(self) -> Iterator[tuple[str, ...]]:
        """What may mark a party: its words, and neighbouring ones where each alone is common (DB VERTRIEB)."""
        for word in self.words:
            if len(word) >= (5 if word.isdigit() else 3):
                yield (word,)
        shown = fold(self.t.counterparty) or fold(self.t.purpose)[:40]
        for couple in set(pairwise(words(shown))):
            if not "".join(couple).isdigit():
                yield couple
