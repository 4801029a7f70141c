"""The benchmark's tables as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .contestants import ENGINE, Result

COLUMNS: Mapping[str, str] = {
    "auto": "auto",
    "wrong": "wrong",
    "precision": "precis.",
    "precision_lower_95": "95 % >=",
    "recall": "recall",
    "recall_at_1": "first",
    "decidable_at_1": "(<=)",
    "recall_at_3": "three",
    "decidable_at_3": "(<=)",
    "sets_found": "sets",
    "sets_booked": "(auto)",
    "discounts_found": "Skonto",
    "discounts_booked": "(auto)",
    "falsely_matched": "false",
    "calibration_error": "ECE>.9",
}
"""Figures of the table and their headings."""

LEGEND = """\
auto, wrong, precis., 95 % >=, recall: allocations booked without a person, those that are wrong, the share of right
ones with the lower end of its 95 % Wilson interval, and the share of all true allocations; first, three: the right
booking is the first, or among the first three proposals, of all vouchers that have one (in brackets: of the decidable
ones at most; the sets name their number only, so a lucky hit counts); sets: payments of 2 to 8 vouchers, Skonto:
vouchers with a cash discount, each exactly right as proposed (in brackets: booked); false: vouchers without a
booking that got one; ECE>.9: expected calibration error above 0.9. Shares in per cent, seconds of the processor;
"-": nothing to count."""

SCENARIO_LEGEND = "each cell: recall of what is booked in %, wrong ones, right booking proposed first in %"

_COUNTS = frozenset({"auto", "wrong", "falsely_matched"})


def heading() -> str:
    """The first line of a set's table."""
    return "".join([f"{'':<20}", *(f"{word:>9}" for word in COLUMNS.values()), f"{'seconds':>9}"])


def line(result: Result) -> str:
    """A contestant's line. A baseline's confidence is no probability, so it has no calibration."""
    cells = []
    for figure in COLUMNS:
        value = result.figures[figure]
        if figure == "calibration_error" and result.name != ENGINE:
            value = None
        cells.append(f"{_cell(value, count=figure in _COUNTS):>9}")
    return "".join([f"{result.name:<20}", *cells, f"{result.seconds:>9.2f}"])


def by_scenario(results: Sequence[Result]) -> list[str]:
    """One line for each scenario of a set, one column for each contestant."""
    width = max([16, *(len(r.name) + 2 for r in results)])
    rows = ["".join([f"{'scenario':<30}{'n':>5}", *(f"{r.name:>{width}}" for r in results)])]
    for name, first in results[0].figures["scenarios"].items():
        cells = (_scenario_cell(r.figures["scenarios"][name]) for r in results)
        rows.append("".join([f"{name:<30}{first['allocations']:>5}", *(f"{cell:>{width}}" for cell in cells)]))
    return rows


def _scenario_cell(figures: Mapping[str, Any]) -> str:
    if not figures["allocations"]:
        return f"- {figures['wrong']:>3}     -"
    return f"{_percent(figures['recall'])} {figures['wrong']:>3} {_percent(figures['recall_at_1']):>5}"


def _cell(value: float | None, *, count: bool) -> str:
    if value is None:
        return "-"
    return str(value) if count else f"{100 * value:.2f}"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"
