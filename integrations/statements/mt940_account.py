"""The account of an MT940 statement, and how the same account is written elsewhere."""

import re
from typing import Final

from stdnum import iban

_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_GERMAN_IBAN: Final = re.compile(r"DE[0-9]{20}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_BLZ: Final = re.compile(r"([0-9]{8})/([0-9]{1,10})(?:[A-Z]{3})?")
_BIC: Final = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def iban_of(account: str) -> str:
    """The IBAN within ``:25:`` (alone, behind a BIC, before a currency), or an empty string.

    The check digits are not judged. A ``BLZ/Konto`` is never turned into an IBAN: many banks have rules of their own
    for that, and a guess would be the account of somebody else.
    """
    words = account.upper().split()
    if len(words) > 1 and _CURRENCY.fullmatch(words[-1]):
        words.pop()
    text = "".join(words)
    bic, slash, number = text.partition("/")
    if slash and _BIC.fullmatch(bic):
        text = number
    if not _IBAN.fullmatch(text):
        return ""
    if _CURRENCY.fullmatch(text[-3:]) and (_GERMAN_IBAN.fullmatch(text[:-3]) or iban.is_valid(text[:-3])):
        text = text[:-3]
    return text


def currency_of(account: str) -> str:
    """The currency appended to a ``BLZ/Konto``, to an IBAN, or behind a blank; else an empty string."""
    text = "".join(account.upper().split())
    tail = text[-3:]
    if not _CURRENCY.fullmatch(tail):
        return ""
    own = iban_of(account)
    return (
        tail if (own and not own.endswith(tail)) or _BLZ.fullmatch(text) or account.upper().endswith(f" {tail}") else ""
    )


def account_aliases(account: str) -> frozenset[str]:
    """Every way in which this account may be written; two texts name the same account if their aliases meet.

    A German IBAN contains bank code and account number, so it meets ``BLZ/Konto``, with or without leading zeros. An
    appended currency is left out: where a bank keeps several currencies under one number, compare the currency too.
    """
    text = "".join(account.upper().split())
    if not text:
        return frozenset()
    own = iban_of(account)
    if own:
        text = own
    aliases = {text}
    if _GERMAN_IBAN.fullmatch(text):
        aliases.add(f"{text[4:12]}/{text[12:].lstrip('0')}")
    elif found := _BLZ.fullmatch(text):
        aliases.add(f"{found[1]}/{found[2].lstrip('0')}")
    return frozenset(aliases)
