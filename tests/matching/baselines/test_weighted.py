"""The weighted similarity against the figures that are known of the original."""

import pytest

from matching.baselines.weighted import match, score
from matching.baselines.weighted_scores import amount_score, confidence, date_score, name_score
from tests.matching.engine.make import booking, voucher

# Name, amount and date scores of a case, and the confidence that the original arrives at.
KNOWN = {
    "exact amount, nothing of the name, a month": (0.0, 1.0, 0.98, 0.456),
    "number, exact amount, two weeks": (0.95, 1.0, 0.95, 0.979),
    "number, 2 % short, eight days": (0.95, 0.95, 0.93, 0.949),
    "number, 3 % short, eight days": (0.95, 0.85, 0.93, 0.899),
    "number, half of the amount": (0.95, 0.0, 0.95, 0.479),
    "same vendor and amount, right month": (0.95, 1.0, 0.99, 0.989),
    "same vendor and amount, one month off": (0.95, 1.0, 0.98, 0.987),
    "a fifth off, similar name, two weeks": (0.85, 0.3, 0.95, 0.613),
}


@pytest.mark.parametrize("case", sorted(KNOWN))
def test_the_original_arrives_at_the_same_confidence(case: str) -> None:
    name, amount, date, expected = KNOWN[case]
    assert confidence(name, amount, date, same_currency=True) == pytest.approx(expected, abs=0.0006)


@pytest.mark.parametrize(
    ("number", "amount", "paid", "expected"),
    [
        ("RE-2025-0402", "100.00", "2025-03-17", 0.979),
        ("RE-2025-0402", "98.00", "2025-03-11", 0.949),
        ("RE-2025-0402", "97.00", "2025-03-11", 0.899),
        ("RE-2025-0402", "50.00", "2025-03-17", 0.479),
        ("", "100.00", "2025-04-02", 0.456),
    ],
)
def test_whole_cases(number: str, amount: str, paid: str, expected: float) -> None:
    v = voucher("v", "RE-2025-0402", "100.00", "Papier Nord KG", type="invoice")
    object.__setattr__(v, "due_date", v.date.replace(day=20))
    t = booking("t", paid, amount, "Zoo Quax", number)
    assert score(v, t)[0] == pytest.approx(expected, abs=0.0006)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Papier Nord KG", "PAPIER NORD GmbH & Co. KG", 1.0),
        ("Papier Nord", "Papier Nord Filiale Ost", 0.85),
        ("Papier Nord", "Papier Süd", 0.6),
        ("PapierNord", "Papier Nord", 0.95),
        ("Papier Nord", "Zoo Quax", 0.0),
    ],
)
def test_names(left: str, right: str, expected: float) -> None:
    assert name_score(left, right) == pytest.approx(expected)


def test_a_difference_of_vat_counts_only_where_nothing_else_does() -> None:
    """The original's own defect: 7 and 19 % have a score by distance already."""
    assert amount_score(119, 100) == 0.3
    assert amount_score(107, 100) == 0.6
    assert amount_score(126, 100) == 0.88
    assert amount_score(150, 100) == 0.0


@pytest.mark.parametrize(
    ("days", "invoice", "expected"),
    [(30, True, 0.98), (2, True, 0.99), (8, True, 0.93), (-5, True, 0.85), (-1, False, 0.99), (0, False, 0.85)],
)
def test_dates(days: int, invoice: bool, expected: float) -> None:
    assert date_score(days, invoice=invoice) == expected


def test_two_hundredths_decide_between_two_months() -> None:
    """It has no guard against ambiguity: the nearer one of two equal bills is booked."""
    old = voucher("v1", "A-1", "50.00", "Papier Nord", on="2025-02-03", type="invoice")
    new = voucher("v2", "A-2", "50.00", "Papier Nord", on="2025-03-03", type="invoice")
    for v in (old, new):
        object.__setattr__(v, "due_date", v.date.replace(day=20))
    t = booking("t", "2025-03-05", "50.00", "Papier Nord")
    answers = [a for a in match([old, new], [t]) if a.automatic]
    assert [a.voucher for a in answers] == ["v2"]
    assert score(new, t)[0] - score(old, t)[0] < 0.003
