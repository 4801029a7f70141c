"""Comparisons in words: where one stands, as icon and word, and what it is about."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.display import state
from matching.models import Comparison

State = Comparison.State
LOOKS = {
    State.WAITING: ("soon", ""),
    State.RUNNING: ("soon", ""),
    State.DONE: ("todo", ""),
    State.APPLYING: ("soon", ""),
    State.APPLIED: ("good", ""),
    State.OUTDATED: ("none", "history"),
    State.FAILED: ("failed", ""),
}


def comparison_state(value: str) -> SafeString:
    """Where a comparison stands."""
    known = State(value)
    tone, icon = LOOKS[known]
    return state(tone, known.label, icon)


def about_words(policy: Mapping[str, Any] | None) -> str:
    """Which rule it is about."""
    return _("the rule in force") if policy is None else _("another rule")
