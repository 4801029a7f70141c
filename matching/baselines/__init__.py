"""Published rules of other systems, written anew, so that the benchmark can run them beside the engine.

Each module holds one rule as a pure function over the engine's own shapes. What a system does not model (a set of
vouchers, a foreign currency, a discount …) it does not answer. None of this decides anything for a client.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import (
    amount_date,
    buchhaltungsbutler,
    datev,
    digit_tokens,
    lexware,
    ranked,
    reference,
    weighted,
)
from .interface import Answer, Baseline

BASELINES: Mapping[str, Baseline] = {
    "amount-date": amount_date.match,
    "reference": reference.match,
    "ranked": ranked.match,
    "digit-tokens": digit_tokens.match,
    "weighted": weighted.match,
    "lexware": lexware.match,
    "datev": datev.match,
    "buchhaltungsbutler": buchhaltungsbutler.match,
}
"""The baselines by the name they have in the benchmark's table."""

__all__ = ["BASELINES", "Answer", "Baseline"]
