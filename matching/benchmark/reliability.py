"""The reliability of the engine's probabilities: a table, and a picture as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from matching.calibration import HIGH, Bin, Outcome, bins, high_edges
from matching.scoring import wilson_interval

EDGES = [n / 10 for n in range(11)]
_COLOUR = "#1f5fa8"
_PANEL, _GAP, _LEFT, _TOP = 300, 70, 60, 46
_STYLE = "font-family='system-ui, sans-serif' font-size='12' fill='#222'"
_SMALL = "font-family='system-ui, sans-serif' font-size='10' fill='#555'"


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """Lines: what was stated against what was right, in tenths, and above 0.9 in hundredths."""
    rows = [f"{'probability':<14}{'n':>8}{'stated':>10}{'right':>10}"]
    low = [row for row in outcomes if row[0] < HIGH]
    for part in [*bins(low, EDGES[:-1]), *bins(outcomes, high_edges())]:
        span = f"{part.low:.2f}-{part.high:.2f}"
        rows.append(f"{span:<14}{part.count:>8}{part.stated:>10.4f}{part.right:>10.4f}")
    return rows


def svg(outcomes: Sequence[Outcome]) -> str:
    """Two panels, all probabilities and those above 0.9: a dot for each bin with its 95 % interval and its count."""
    width, height = 2 * _PANEL + _GAP + _LEFT + 30, _PANEL + _TOP + 60
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}' "
        f"role='img' aria-label='Stated probability against the share of right proposals'>",
        f"<rect width='{width}' height='{height}' fill='#fff'/>",
    ]
    for left, low, edges, step in ((_LEFT, 0.0, EDGES, 0.2), (_LEFT + _PANEL + _GAP, 0.9, high_edges(), 0.02)):
        parts += _axes(left, low, step)
        parts += [mark for part in bins(outcomes, edges) for mark in _mark(part, left, low)]
    return "\n".join([*parts, "</svg>", ""])


def _axes(left: int, low: float, step: float) -> list[str]:
    bottom, middle = _TOP + _PANEL, left + _PANEL // 2
    title = "all probabilities" if low == 0 else "above 0.9"
    parts = [
        f"<rect x='{left}' y='{_TOP}' width='{_PANEL}' height='{_PANEL}' fill='none' stroke='#999'/>",
        f"<line x1='{left}' y1='{bottom}' x2='{left + _PANEL}' y2='{_TOP}' stroke='#bbb' stroke-dasharray='4 4'/>",
        f"<text x='{middle}' y='{_TOP - 14}' text-anchor='middle' {_STYLE}>{title}</text>",
        f"<text x='{middle}' y='{bottom + 40}' text-anchor='middle' {_STYLE}>stated probability</text>",
        f"<text transform='translate({left - 44} {_TOP + _PANEL // 2}) rotate(-90)' text-anchor='middle' {_STYLE}>"
        f"share that was right</text>",
    ]
    for n in range(round((1 - low) / step) + 1):
        value = low + n * step
        x, y = _x(value, left, low), _y(value, low)
        label = f"{value:.2f}" if low else f"{value:.1f}"
        parts.append(f"<text x='{x:.1f}' y='{bottom + 18}' text-anchor='middle' {_STYLE}>{label}</text>")
        parts.append(f"<text x='{left - 6}' y='{y + 4:.1f}' text-anchor='end' {_STYLE}>{label}</text>")
    return parts


def _mark(part: Bin, left: int, low: float) -> list[str]:
    x, y = _x(part.stated, left, low), _y(part.right, low)
    bottom, top = wilson_interval(round(part.right * part.count), part.count)
    return [
        f"<line x1='{x:.1f}' y1='{_y(bottom, low):.1f}' x2='{x:.1f}' y2='{_y(top, low):.1f}' stroke='{_COLOUR}'/>",
        f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='{_COLOUR}'/>",
        f"<text transform='translate({x - 3:.1f} {_TOP + _PANEL - 6}) rotate(-90)' {_SMALL}>{part.count:,}</text>",
    ]


def _x(value: float, left: int, low: float) -> float:
    return left + (value - low) / (1 - low) * _PANEL


def _y(value: float, low: float) -> float:
    """Shares below the panel stand on its floor."""
    return _TOP + _PANEL - (max(value, low) - low) / (1 - low) * _PANEL
