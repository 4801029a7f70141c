"""Decisions of people about proposals: confirm, reject, undo. Every change is logged and can be undone."""

from accounts.models import User
from matching.models import Decision, Proposal
from vouchers.models import Voucher


class UnableToDecide(Exception):
    """The decision cannot be taken; ``str()`` says why in words for the person (translated)."""


def confirm(proposal: Proposal, actor: User, reason: str = "") -> Decision:
    """Confirm a suggested or automatic proposal: it stands. Raises ``UnableToDecide``."""
    raise NotImplementedError


def reject(proposal: Proposal, actor: User, reason: str = "") -> Decision:
    """Reject a suggested or automatic proposal: it never comes back by itself. Raises ``UnableToDecide``."""
    raise NotImplementedError


def undo(what: Decision | Proposal, actor: User, reason: str = "") -> Decision:
    """Take back the last decision about a proposal (automatic, confirm, reject). Raises ``UnableToDecide``."""
    raise NotImplementedError


def reopen_for_voucher(voucher: Voucher, reason: str) -> int:
    """Send a voucher's standing match back to review, with a note; the number of proposals touched."""
    raise NotImplementedError
