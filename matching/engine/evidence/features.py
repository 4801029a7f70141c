"""What a measure shows to the model: a few named properties, each true or not.

A feature is a tuple whose first word is the part it belongs to (number, amount, party, day, rarity); its learned weight
is told with the evidence of that part. Numbers are sorted into bins that a reader would make as well.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from matching.engine.book import Booking, Claim, Slot
from matching.engine.purpose import names_a_part
from matching.engine.timing import ASSIGNED

if TYPE_CHECKING:
    from .pair import Measure

Feature = tuple[str, ...]
PARTS = ("number", "amount", "party", "day", "rarity", "remark")

OWN_WORDS = frozenset({("day", "due"), ("day", "period")})
"""Features by their first two words that have a reason of their own; others are told with their part."""

_AMOUNT_CLASS = {
    "amount_equal": "equal",
    "amount_original": "original",
    "amount_converted": "converted",
    "amount_less_discount": "discount",
    "amount_plus_dunning": "more",
    "amount_rounded": "rounded",
    "amount_less_fee": "less",
    "amount_plus_tax": "overpaid",
    "amount_rounded_up": "overpaid",
    "amount_twice": "overpaid",
    "amount_differs": "differs",
}
_USUAL_DISCOUNTS = frozenset({"2", "3"})
_DAY_BINS = (-30, -7, -3, -1, 0, 1, 2, 4, 8, 15, 31, 61)
_LAG_BINS = (-30, -5, 0, 1, 6, 11, 22, 36, 61, 101)
_DUE_BINS = (-10, -3, 0, 1, 3, 8, 21)
_RATIO_BINS = (0.5, 0.8, 0.9, 0.95, 0.98, 1.0, 1.02, 1.05, 1.1, 1.25)
_WEIGHT_BINS = (-1.0, 1.0, 2.5, 4.0, 5.5, 7.0)
_DEVIATION_BINS = (0.004, 0.012, 0.022, 0.04)
_AT_LEAST = ("2", "3", "4")
"""Bookings of the same amount: each further one can only take away, see `never_helps`."""


def channel(b: Booking) -> str:
    """How the money went. Never in or out: money that comes is judged like money that goes."""
    if b.is_card:
        return "card"
    return "debit" if is_direct_debit(b) else "transfer"


def is_direct_debit(b: Booking) -> bool:
    """By its identifiers, its ISO code, or its Geschäftsvorfallcode (104 and 105: SEPA direct debits)."""
    return bool(b.t.mandate_id or b.t.creditor_id) or "RDDT" in b.t.code or b.t.code in ("104", "105")


def never_helps(feature: Feature) -> bool:
    """Whether a weight above zero would be nonsense: that others have the amount makes nothing more certain."""
    return feature[0] == "rarity" and feature[-1] in _AT_LEAST


def features(slot: Slot, claim: Claim, b: Booking, m: Measure) -> tuple[Feature, ...]:
    """The properties of a measure, in a fixed order."""
    way = channel(b)
    number, money, party, day = m.number_fit, m.amount_fit, m.party_fit, m.day_fit
    grade = number.grade
    if grade == "against":
        grade = "against named" if number.other else "against kind"
    amount = _AMOUNT_CLASS[money.code]
    who = party.grade
    found = [
        ("number", grade, way),
        ("number", grade, _bin(number.weight, _WEIGHT_BINS)),
        ("number", grade, amount),
        ("amount", amount, _amount_detail(m, b)),
        ("amount", amount, who),
        ("amount", amount, "weight", _bin(money.weight, _WEIGHT_BINS)),
        ("party", who, way),
        ("party", who, "weight", _bin(party.weight, _WEIGHT_BINS)),
        ("day", _typed(slot, claim), "-" if day.days is None else _bin(day.days, _DAY_BINS)),
        ("day", way, "-" if day.lag is None else _bin(day.lag, _LAG_BINS)),
        ("day", day.grade, who, "equal" if amount == "equal" else "other"),
        ("day", way, "named" if day.named else "other day" if day.other_day else "silent"),
        ("rarity", m.alone, day.grade, who),
    ]
    found += [("rarity", amount, least) for least in _AT_LEAST if m.same_amount >= int(least)]
    if day.code == "payment_next_bank_day":
        found.append(("day", "next bank day", _typed(slot, claim)))
    if day.due is not None and day.days != 0:
        found.append(("day", "due", way, _bin(day.due, _DUE_BINS)))
    if day.period is not None:
        found.append(("day", "period", str(max(-3, min(4, day.period)))))
        found.append(("day", "period", "fits" if day.fits_period else "other", m.alone))
    if money.difference_named:
        found.append(("amount", amount, "difference named"))
    if party.series:
        found.append(("party", "by series"))
    if m.remark:
        found.append(("remark", "paid otherwise", way))
    known = party.known
    if known is not None:
        found += [
            ("party", "known by", name)
            for name, has in (
                ("iban", known.iban),
                ("creditor", known.creditor),
                ("customer number", known.customer_number),
                ("alias", known.alias),
            )
            if has
        ]
    if slot.count > 1:
        found.append(("day", "part worded" if names_a_part(b.t) else "no part worded", day.grade))
        found.append(("day", "one of several", day.grade))
        found.append(("amount", "one of several", amount))
    return tuple(found)


def _bin(value: float, edges: tuple[float, ...]) -> str:
    return str(bisect_right(edges, value))


def _typed(slot: Slot, claim: Claim) -> str:
    """Who set the day of the payment item: the bank's booking, or a person who may have typed what was at hand."""
    if slot.due is None:
        return "no item"
    if slot.item_type == ASSIGNED:
        return "assigned"
    if slot.due == claim.v.date:
        return "document day"
    return "typed"


def _amount_detail(m: Measure, b: Booking) -> str:
    money = m.amount_fit
    if money.code == "amount_less_discount":
        return money.percent if money.percent in _USUAL_DISCOUNTS else "unusual"
    if money.code in ("amount_converted", "amount_original"):
        return _bin(money.deviation, _DEVIATION_BINS)
    if money.code == "amount_differs" and money.expected:
        return _bin(b.amount / money.expected, _RATIO_BINS)
    return money.shown
