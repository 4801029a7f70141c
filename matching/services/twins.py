"""Which of several lines that look alike by their keys is which, where a delivery brings more of them than before.

The key of a line without an id leaves out names, which are written differently now and then, and twins are numbered as
they come. A later delivery may bring them in another order: then the names tell which of them is known already.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from matching.models import BankAccount, Sighting
from matching.services.bulk import portions
from matching.services.identity import fold
from matching.services.lines import TransactionData

_NUMBERED: Final = re.compile(r"([0-9a-f]{64})-[0-9]+")


def as_told_before(
    account: BankAccount, family: str, booked: Mapping[str, TransactionData], known: set[str]
) -> dict[str, TransactionData]:
    """The lines with the numbers of their keys exchanged, so that each known key names whom it named before."""
    lines = dict(booked)
    groups = _open_groups(booked, known)
    if not groups:
        return lines
    names = _names(account, family, [key for keys in groups for key in keys if key in known])
    for keys in groups:
        waiting = [booked[key] for key in keys]
        places: dict[str, TransactionData] = {}
        for key in filter(names.__contains__, keys):
            same = next((line for line in waiting if _name(line.counterparty, line.booking_text) == names[key]), None)
            if same is not None:
                waiting.remove(same)
                places[key] = same
        rest = iter(waiting)
        for key in keys:
            lines[key] = replace(places.get(key) or next(rest), key=key)
    return lines


def _open_groups(booked: Mapping[str, TransactionData], known: set[str]) -> list[list[str]]:
    """Keys that differ by their number only, some of them known and some not, with lines of different names."""
    groups: dict[str, list[str]] = defaultdict(list)
    if not known or len(known) == len(booked):
        return []
    for key in booked:
        if found := _NUMBERED.fullmatch(key):
            groups[found[1]].append(key)
    return [
        keys
        for keys in groups.values()
        if len(keys) > 1
        and 0 < sum(key in known for key in keys) < len(keys)
        and len({_name(booked[key].counterparty, booked[key].booking_text) for key in keys}) > 1
    ]


def _names(account: BankAccount, family: str, keys: list[str]) -> dict[str, tuple[str, str]]:
    found = {}
    told = Sighting.objects.filter(account=account, family=family).select_related("transaction")
    for some in portions(keys):
        for sighting in told.filter(key__in=some):
            row = sighting.transaction
            said = sighting.said or {}
            found[sighting.key] = _name(
                said.get("counterparty", row.counterparty), said.get("booking_text", row.booking_text)
            )
    return found


def _name(counterparty: object, booking_text: object) -> tuple[str, str]:
    return fold(counterparty), fold(booking_text)
