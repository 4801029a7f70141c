"""What speaks for and against a voucher and a booking belonging together, one module for each kind.

`measure` is cheap and made for every candidate; `explain` puts a measure into reasons, for what is shown.
"""

from .number import UNSURE, WHOLE
from .pair import Measure, Repeated, explain, is_known, learn, measure, score, tell
from .trait import Trait

__all__ = [
    "UNSURE",
    "WHOLE",
    "Measure",
    "Repeated",
    "Trait",
    "explain",
    "is_known",
    "learn",
    "measure",
    "score",
    "tell",
]
