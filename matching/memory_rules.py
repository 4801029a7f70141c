"""What is learned from a decision, how strongly it counts, and when it is forgotten. Pure."""

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final


class FactKind(StrEnum):
    """What ties a bank line to a contact."""

    IBAN = "iban"
    CREDITOR = "creditor"
    MANDATE = "mandate"
    ALIAS = "alias"
    CUSTOMER_NUMBER = "customer_number"


HALF_LIFE_DAYS: Final = 365
"""A fact counts half as much when nobody has confirmed it for so long: accounts are changed, companies are sold."""

REJECTION_COUNTS: Final = 2
"""One rejection outweighs as many confirmations: a wrong match costs more than a missing one."""

LEAST: Final = 0.25
"""Facts that count less are not used: one confirmation lasts two years, four last four."""

FOR_ALL: Final = frozenset({FactKind.IBAN, FactKind.CREDITOR})
"""What the firm may confirm for all clients; only of companies."""

VALUE_LENGTH: Final = 140
# Contacts of the accounting system that stand for nobody in particular.
_NOBODY: Final = frozenset({"sammelkunde", "sammellieferant"})
# Legal forms that no private person trades under; a registered merchant (e.K.) and a civil partnership are people.
_COMPANY: Final = re.compile(
    r"\b(?:g?gmbh|mbh|ag|kgaa|kg|ohg|ug|se|eg|e\.g\.|aör|kgaa|plc|ltd|limited|inc|incorporated|corp|corporation|llc|llp"
    r"|s\.?\s?[àa]\.?\s?r\.?\s?l|sarl|sas|b\.?v|n\.?v|s\.?p\.?a|s\.?r\.?l|s\.?r\.?o|sp\.?\s?z\.?\s?o\.?\s?o|oy|oyj|aps"
    r"|a/s)(?![\w])\.?",
    re.IGNORECASE,
)
_FORMS: Final = re.compile(rf"{_COMPANY.pattern}|\bco\b\.?|\be\.?\s?k\b\.?|&", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something in a bank line that belongs to a contact."""

    kind: FactKind
    value: str
    contact: str


@dataclass(frozen=True, slots=True)
class Line:
    """What of a bank line can be learned."""

    iban: str = ""
    creditor_id: str = ""
    mandate_id: str = ""
    counterparty: str = ""


def facts_of(line: Line, contacts: Collection[str], evidence: Iterable[Mapping[str, Any]]) -> frozenset[Fact]:
    """What a decision about a line says, where ``contacts`` are those of all the vouchers it was matched with.

    ``evidence`` as it is stored with a proposal. A line for several parties (a payout, a batch) says nothing of whose
    account it is, and neither does a contact that stands for nobody.
    """
    names = {name.strip() for name in contacts}
    if len(names) != 1:
        return frozenset()
    contact = names.pop()
    if not contact or contact.casefold() in _NOBODY:
        return frozenset()
    found = [(FactKind.IBAN, line.iban), (FactKind.CREDITOR, line.creditor_id), (FactKind.MANDATE, line.mandate_id)]
    alias = folded(line.counterparty)
    if len(alias) > 2 and not alias.isdigit() and party_key(line.counterparty) != party_key(contact):
        found.append((FactKind.ALIAS, alias))
    for item in evidence:
        params = item.get("params") or {}
        if item.get("code") == "customer_number" and params.get("contact", contact) == contact:
            found.append((FactKind.CUSTOMER_NUMBER, str(params.get("found", ""))))
    return frozenset(Fact(kind, value.strip()[:VALUE_LENGTH], contact) for kind, value in found if value.strip())


def strength(confirmations: int, rejections: int, last_confirmed: date | None, today: date) -> float:
    """How strongly a fact counts: confirmations less rejections, halved for every ``HALF_LIFE_DAYS`` since the last.

    0 where nobody has confirmed it, or where the rejections outweigh.
    """
    if last_confirmed is None:
        return 0.0
    weight = confirmations - REJECTION_COUNTS * rejections
    age = max(0, (today - last_confirmed).days)
    return max(0.0, weight * math.pow(0.5, age / HALF_LIFE_DAYS))


def is_company(name: str) -> bool:
    """Whether a name is that of a company, by its legal form; False where that is not certain."""
    return bool(_COMPANY.search(name))


@lru_cache(maxsize=10_000)
def party_key(name: str) -> str:
    """What two spellings of a party have in common: no case, accents, signs or legal forms."""
    return re.sub(r"[\W_]+", " ", _FORMS.sub(" ", folded(name))).strip()


def folded(text: str) -> str:
    """Text without case and doubled blanks, with plain letters."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).split())
