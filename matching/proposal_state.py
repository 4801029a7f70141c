"""How the state of a proposal looks: a word, an icon, a colour."""

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.display import state
from matching.models import Proposal

LOOKS = {
    Proposal.State.SUGGESTED: ("todo", "arrow_circle_right"),
    Proposal.State.AUTOMATIC: ("good", "bolt"),
    Proposal.State.CONFIRMED: ("good", "check_circle"),
    Proposal.State.REJECTED: ("none", "block"),
    Proposal.State.SUPERSEDED: ("none", "history"),
}

PERMISSION_WORDS: dict[str, str | Promise] = {
    "nothing": _("Nothing"),
    "suggest": _("Suggest"),
    "automatic": _("Match without a person"),
}
KIND_WORDS: dict[str, str | Promise] = {
    "single": _("One voucher, one payment"),
    "collective": _("Several vouchers, one payment"),
    "partial": _("One voucher, several payments"),
    "netted": _("Several vouchers with credit notes, one payment"),
    "payout": _("Several sales, one payout"),
    "external": _("One voucher, paid externally"),
}


def proposal_state(value: str) -> SafeString:
    """A proposal's state."""
    known = Proposal.State(value)
    tone, icon = LOOKS[known]
    return state(tone, known.label, icon)
