"""What speaks for and against a voucher and a booking belonging together, one module for each kind."""

from .number import WHOLE
from .pair import Pair, examine
from .trait import Trait

__all__ = ["WHOLE", "Pair", "Trait", "examine"]
