"""How the state of a proposal looks: a word, an icon, a colour."""

from django.utils.safestring import SafeString

from accounts.display import state
from matching.models import Proposal

LOOKS = {
    Proposal.State.SUGGESTED: ("todo", "arrow_circle_right"),
    Proposal.State.AUTOMATIC: ("good", "bolt"),
    Proposal.State.CONFIRMED: ("good", "check_circle"),
    Proposal.State.REJECTED: ("none", "block"),
    Proposal.State.SUPERSEDED: ("none", "history"),
}


def proposal_state(value: str) -> SafeString:
    """A proposal's state."""
    known = Proposal.State(value)
    tone, icon = LOOKS[known]
    return state(tone, known.label, icon)
