"""Transfers between a client's own accounts: pure, from lines to pairs."""

from matching.own_transfers.rule import find_pairs, partners
from matching.own_transfers.shapes import Holder, Leg, Pair, Reason

__all__ = ["Holder", "Leg", "Pair", "Reason", "find_pairs", "partners"]
