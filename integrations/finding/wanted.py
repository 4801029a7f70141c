"""What somebody types to find a document: a number, a name, or an amount in German or English form. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

LONGEST = 100
"""A document's number is cut here when it is stored; nobody types more."""
SHORTEST_PART = 3
"""A part of a name or a number with fewer characters is in half of all documents."""

_BLANKS = re.compile(r"[\s\u00a0\u202f]+")
_CURRENCY = re.compile(r"^(?:€|eur\b)|(?:€|\beur)$", re.IGNORECASE)
# "1190,-" as on a price tag.
_DASHES = re.compile(r"[.,][-\u2013\u2014]{1,2}$")
_SIGN = re.compile(r"^[+\-\u2212]")
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<whole>[0-9]{1,3}(?:\.[0-9]{3})+)(?:,(?P<cents>[0-9]{1,2}))?",
        r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+)(?:\.(?P<cents>[0-9]{1,2}))?",
        r"(?P<whole>[0-9]{1,3}(?:[ '\u2019][0-9]{3})+)(?:[.,](?P<cents>[0-9]{1,2}))?",
        r"(?P<whole>[0-9]{1,12})(?:[.,](?P<cents>[0-9]{1,2}))?",
    )
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty ``text``: nothing. ``amount``: positive, where the text can be read as one."""

    text: str
    amount: Decimal | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """The text as a whole number of a document, in the forms that an index finds."""
        return tuple(dict.fromkeys((self.text, self.text.upper(), self.text.lower())))

    @property
    def id(self) -> UUID | None:
        """The text as the provider's id of a document, where it is one."""
        try:
            return UUID(self.text)
        except ValueError:
            return None

    @property
    def may_be_number(self) -> bool:
        """Whether to ask for a document with exactly this number makes sense: not so with 1.190,00 €."""
        return bool(self.text) and (self.amount is None or self.text.isdigit())

    @property
    def part(self) -> str:
        """The text as a part of a name or a number; empty where it is too short for that, or nothing but an amount."""
        return self.text if self.may_be_number and not self.too_short else ""

    @property
    def too_short(self) -> bool:
        """Whether it is too short to be looked for as a part."""
        return len(self.text) < SHORTEST_PART


def read(typed: str) -> Wanted:
    """Read what was typed. ``1.190,00``, ``1190``, ``1,190.00 €`` are the same amount; ``1.190`` has thousands."""
    text = _BLANKS.sub(" ", typed.replace("\x00", "")).strip()[:LONGEST]
    return Wanted(text, _amount(text))


def _amount(text: str) -> Decimal | None:
    bare = _SIGN.sub("", _CURRENCY.sub("", text).strip()).strip()
    bare = _DASHES.sub("", _CURRENCY.sub("", bare).strip())
    for form in _FORMS:
        if found := form.fullmatch(bare):
            whole = re.sub(r"[^0-9]", "", found["whole"])
            if len(whole) > 12:
                return None
            return Decimal(f"{whole}.{(found['cents'] or '').ljust(2, '0')}")
    return None
