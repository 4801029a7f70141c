"""The search of bank lines: by words, amounts as people type them, and account numbers with or without blanks."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

from matching.models import BankAccount

TEXTS: Final = (
    "counterparty",
    "purpose",
    "counterparty_iban",
    "end_to_end_id",
    "mandate_id",
    "creditor_id",
    "bank_reference",
    "structured_reference",
    "ultimate_party",
    "booking_text",
    "return_reason",
)
NUMBERED: Final = (
    "counterparty_iban",
    "purpose",
    "creditor_id",
    "structured_reference",
    "end_to_end_id",
    "mandate_id",
)
"""Where numbers stand that begin with two letters and two digits, as an IBAN does."""

MOST_WORDS: Final = 12
"""More than anybody remembers of a line; each is looked for in every text."""

_TYPED_AMOUNT: Final = re.compile(r"[+-]?\d{1,3}(?:[.,' ]\d{3})*(?:[.,]\d{1,2})?|[+-]?\d+(?:[.,]\d{1,2})?")
_CURRENCY: Final = re.compile(r"€|\$|£|\b(?:EUR|USD|GBP|CHF)\b", re.IGNORECASE)
_ACCOUNT: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{4,30}|\d{8,34}", re.IGNORECASE)
_DIGITS: Final = 8
"""Groups of digits with blanks between them are an account number from this many on."""


def search(rows: QuerySet[Any], term: str) -> QuerySet[Any]:
    """The lines in which every word of ``term`` stands, whatever its case and place; a word may be an amount.

    Words in quotation marks stay together. The whole term may be an amount (``1.234,56 €``) or an account number in
    groups; amounts are found whatever their sign, and before the bank exchanged them.
    """
    whole = typed_amount(term)
    if whole is not None:
        # An amount with cents is a number of nothing else; where people write one, it is in the purpose.
        names = TEXTS if term.strip().isdigit() else ("purpose",)
        return rows.filter(_texts(term.strip(), names) | _amount(whole))
    number = account_number(term)
    if number:
        # Digits alone may as well be words that stand apart from each other.
        return rows.filter(_number(number) | _words(term) if number.isdigit() else _number(number))
    return rows.filter(_words(term))


def typed_amount(term: str) -> Decimal | None:
    """The amount that somebody typed into a search, German or English, without its currency; None if it is none."""
    text = " ".join(_CURRENCY.sub("", term.replace("−", "-")).split())
    if not _TYPED_AMOUNT.fullmatch(text):
        return None
    mark = max(text.rfind(","), text.rfind("."))
    whole, cents = (text, "") if mark < 0 or len(text) - mark > 3 else (text[:mark], text[mark + 1 :])
    try:
        return Decimal(re.sub(r"[.,' ]", "", whole) + (f".{cents}" if cents else ""))
    except InvalidOperation:
        return None


def account_number(term: str) -> str:
    """The account number that somebody typed, whole or a part, without blanks; empty if it is none."""
    text = "".join(term.split())
    return text.upper() if _ACCOUNT.fullmatch(text) and sum(map(str.isdigit, text)) >= _DIGITS else ""


def _words(term: str) -> Q:
    found = Q()
    for word in list(smart_split(term))[:MOST_WORDS]:
        quoted = len(word) > 1 and word[0] in "\"'" and word[0] == word[-1]
        text = unescape_string_literal(word) if quoted else word
        if _CURRENCY.fullmatch(text):
            continue
        amount = typed_amount(text)
        found &= _texts(text) if amount is None else _texts(text) | _amount(amount)
    return found


def _texts(text: str, names: Iterable[str] = TEXTS) -> Q:
    return _any(Q(**{f"{name}__icontains": spelling}) for name in names for spelling in _spellings(text))


def _spellings(text: str) -> tuple[str, ...]:
    """SQLite compares letters such as Ä and ä as different ones."""
    if connection.vendor != "sqlite" or text.isascii():
        return (text,)
    return tuple(dict.fromkeys((text, text.lower(), text.upper(), text.capitalize())))


def _amount(amount: Decimal) -> Q:
    return Q(amount__in=(amount, -amount)) | Q(original_amount=abs(amount))


def _number(number: str) -> Q:
    own = BankAccount.objects.filter(Q(iban__contains=number) | Q(key__contains=number))
    return Q(account__in=own) | _texts(number, TEXTS if number.isdigit() else NUMBERED)


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found
