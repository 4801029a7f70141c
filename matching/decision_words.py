"""Why Kontor itself changed a proposal, in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matching.models import Decision
from vouchers.words import withdrawn_words

NEW_DATA, POLICY_CHANGED, ENGINE_CHANGED = "new_data", "policy_changed", "engine_changed"

WORDS: Final[dict[str, Promise]] = {
    NEW_DATA: _("Vouchers or payments that came later, or decisions of yours, speak against it or make it uncertain."),
    POLICY_CHANGED: _("Your rule for automatic matches leaves it to a person now."),
    ENGINE_CHANGED: _("The newer version of the matching would not do this without a person."),
}


def decision_words(decision: Decision) -> str:
    """The reason of a decision: what the person wrote; of Kontor's own ones the words for it."""
    if decision.actor_id:
        return decision.reason
    return str(WORDS[decision.reason]) if decision.reason in WORDS else withdrawn_words(decision.reason)
