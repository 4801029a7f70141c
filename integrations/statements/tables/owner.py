"""Whose account a table is: a column of its rows, the notes above it, or nobody says."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from integrations.statements.shapes import Record, Statement, StatementHeader
from integrations.statements.tables.columns import Found
from integrations.statements.tables.evidence import Forms
from integrations.statements.tables.profile import Profile

_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_NUMBER: Final = re.compile(r"[A-Z0-9/ -]{4,34}")


@dataclass(frozen=True, slots=True)
class Owner:
    """An account in a table, with a currency; ``written`` is how its rows write both."""

    iban: str
    other_id: str
    currency: str
    written: frozenset[tuple[str, str]]

    def owns(self, cells: tuple[str, ...], found: Found) -> bool:
        """Whether a row is of this account."""
        account, currency = found.at.get("account"), found.at.get("currency")
        return (
            cells[account].strip("' ").upper() if account is not None else "",
            cells[currency].upper() if currency is not None else "",
        ) in self.written


def owners(forms: Forms, profile: Profile, iban_above: str) -> tuple[list[Owner], str]:
    """The accounts of a table in the order in which they come, at least one; and a number that was not believed.

    An IBAN whose check digits are wrong names the account only where all rows agree on it.
    """
    numbers = {"".join(account.split()) for account, _ in forms.groups if account}
    groups: dict[tuple[str, str, str], set[tuple[str, str]]] = {}
    odd = ""
    for account, currency in forms.groups or {("", ""): 0}:
        iban, other = _named("".join(account.split()), sure=len(numbers) == 1)
        if account and not iban and not other:
            odd = account
        if profile.account:
            iban, other = _named(profile.account, sure=True)
        elif not account:
            iban = iban or iban_above
        groups.setdefault((iban, other, currency), set()).add((account, currency))
    return [Owner(iban, other, currency, frozenset(rows)) for (iban, other, currency), rows in groups.items()], odd


def for_account(records: Iterable[Record], account: str) -> Iterator[Record]:
    """Give the statements that do not say whose they are an account: an IBAN, or another number."""
    number = "".join(account.split()).upper()
    iban, other = (number, "") if valid_iban(number) else ("", number)
    for record in records:
        if isinstance(record, StatementHeader) and not record.account:
            yield replace(record, iban=iban, other_id=other)
        elif isinstance(record, Statement) and not record.header.account:
            yield replace(record, header=replace(record.header, iban=iban, other_id=other))
        else:
            yield record


def valid_iban(text: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 13616, modulo 97)."""
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def _named(number: str, *, sure: bool) -> tuple[str, str]:
    if _IBAN.fullmatch(number):
        return (number, "") if sure or valid_iban(number) else ("", "")
    return "", number if _NUMBER.fullmatch(number) else ""
