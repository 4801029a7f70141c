"""The single scores of the weighted similarity (Midday, inbox matching), each in 0..1."""

from __future__ import annotations

from functools import lru_cache

from .interface import fold

LEGAL_FORMS = frozenset(
    (
        "gmbh", "ug", "ag", "kg", "ohg", "gbr", "ek", "ev", "se", "kgaa", "mbh", "ltd", "limited", "llc", "inc",
        "corp", "co", "plc", "pty", "sarl", "sa", "sas", "srl", "spa", "bv", "nv", "ab", "as", "oy",
    )
)  # fmt: skip
VAT_RATES = (0.05, 0.06, 0.07, 0.075, 0.08, 0.1, 0.12, 0.19, 0.2, 0.21, 0.22, 0.25)
_STEPS = ((0.0, 1.0), (0.01, 0.98), (0.02, 0.95), (0.05, 0.85), (0.1, 0.6), (0.2, 0.3))
_AFTER_INVOICE = (
    (24, 38, 0.98), (55, 68, 0.96), (85, 98, 0.94), (10, 20, 0.95), (3, 11, 0.93), (1, 6, 0.99),
)  # fmt: skip
_BEFORE_RECEIPT = ((4, 0.99), (10, 0.95), (33, 0.9), (63, 0.8), (93, 0.7))
_APART = ((0, 1.0), (1, 0.95), (3, 0.85), (7, 0.75), (14, 0.6))


@lru_cache(maxsize=50_000)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name without legal forms."""
    return tuple(word for word in fold(name).split() if word not in LEGAL_FORMS)


@lru_cache(maxsize=50_000)
def trigrams(name: str) -> frozenset[str]:
    """Runs of three characters of each padded word."""
    return frozenset(f"  {word} "[i : i + 3] for word in fold(name).split() for i in range(len(word) + 1))


def resembles(contact: str, name: str) -> float:
    """The share of the contact's trigrams that the other name has."""
    own = trigrams(contact)
    return len(own & trigrams(name)) / len(own) if own else 0.0


@lru_cache(maxsize=200_000)
def name_score(contact: str, name: str) -> float:
    """How alike two names are: common words, containment, the first word, joined words."""
    ours, theirs = tokens(contact), tokens(name)
    if not ours or not theirs:
        return 0.0
    best = len(set(ours) & set(theirs)) / len(set(ours) | set(theirs))
    left, right = " ".join(ours), " ".join(theirs)
    if min(len(left), len(right)) >= 3 and (left in right or right in left):
        best = max(best, 0.85)
    if ours[0] == theirs[0] and len(ours[0]) >= 3:
        best = max(best, 0.6)
    left, right = "".join(ours), "".join(theirs)
    if min(len(left), len(right)) >= 4:
        best = max(best, 0.95 if left == right else 0.8 if left in right or right in left else 0.0)
    return best


def amount_score(document: float, booked: float) -> float:
    """Positive amounts in one currency: by relative distance, else a difference that is a rate of VAT."""
    high, low = max(document, booked), min(document, booked)
    distance = (high - low) / high if high else 0.0
    for limit, score in _STEPS:
        if distance <= limit:
            return score
    ratio = high / low if low else 0.0
    return 0.88 if any(abs(ratio - 1 - rate) <= 0.015 for rate in VAT_RATES) else 0.0


def foreign_amount_score(document: float, booked: float) -> float:
    """Positive amounts in two currencies without a common base."""
    high, low = max(document, booked), min(document, booked)
    if not low or high / low > 5:
        return 0.1
    distance = (high - low) / high
    return 0.7 if distance <= 0.05 else 0.4 if distance <= 0.2 else 0.1


def date_score(days: int, *, invoice: bool) -> float:
    """Days from document to booking: payment terms of an invoice; a receipt is often entered after its booking."""
    if invoice and days > 0:
        for low, high, score in _AFTER_INVOICE:
            if low <= days <= high:
                return score
        if days <= 123:
            return max(0.7, 0.9 - (days - 33) * 0.002)
    elif invoice and days >= -10:
        return 0.85
    elif not invoice and days < 0:
        for limit, score in _BEFORE_RECEIPT:
            if -days + 3 <= limit:
                return score
    elif not invoice and days <= 10:
        return 0.85
    return proximity(abs(days))


def proximity(apart: int) -> float:
    """A score by days apart alone."""
    for limit, score in _APART:
        if apart <= limit:
            return score
    return max(0.3, 1 - 0.7 * apart / 30) if apart <= 30 else 0.1


def confidence(name: float, amount: float, date: float, *, same_currency: bool) -> float:
    """The weighted mean with its floors and cuts."""
    currency = 1.0 if same_currency else 0.3
    weights = (10, 30, 15, 5) if same_currency or name < 0.8 else (10, 20, 25, 5)
    total = sum(w * s for w, s in zip(weights, (name, amount, date, currency), strict=True)) / sum(weights)
    if amount == 1.0 and same_currency:
        if name >= 0.5 and date >= 0.7:
            total = max(total, 0.92)
        if name >= 0.3 and date >= 0.5:
            total = max(total, 0.85)
        if date >= 0.6:
            total = max(total, 0.78)
    if not same_currency and name >= 0.5 and amount >= 0.6 and date >= 0.3:
        total += 0.05
    if name == 0:
        total *= 0.55
    if date < 0.2:
        total *= 0.65
    return min(total, 1.0)
