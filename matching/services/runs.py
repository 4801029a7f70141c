"""A run of the engine over everything of one client."""

from dataclasses import dataclass

from accounts.models import Client


@dataclass(frozen=True, slots=True)
class MatchingResult:
    """How a client stands after a run: ``automatic`` matches, ``suggested`` proposals, what has neither, seconds."""

    automatic: int
    suggested: int
    unmatched_vouchers: int
    unmatched_transactions: int
    seconds: float


def run_matching(client: Client) -> MatchingResult:
    """Let the engine propose for all vouchers and transactions of ``client`` and write what is new."""
    raise NotImplementedError
