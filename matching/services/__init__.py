"""The writers of matching: intake of transactions, runs of the engine, decisions of people."""

from matching.services.decisions import UnableToDecide, confirm, reject, reopen_for_voucher, undo
from matching.services.runs import MatchingResult, run_matching

__all__ = ["MatchingResult", "UnableToDecide", "confirm", "reject", "reopen_for_voucher", "run_matching", "undo"]
