"""What speaks for and against a voucher and a booking belonging together, one module for each kind."""

from .pair import Pair, examine
from .trait import Trait

__all__ = ["Pair", "Trait", "examine"]
