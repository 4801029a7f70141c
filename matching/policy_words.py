"""What policies allow, in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matching.models import MatchingPolicy, PolicyChange
from matching.models.policy import ALLOWED

POLICY_WORDS: Final[dict[str, str | Promise]] = {
    **{name: MatchingPolicy._meta.get_field(name).verbose_name for name in ALLOWED},  # type: ignore[union-attr]
    "other": _("not known to this version"),
}

_YES_NO: Final[dict[bool, Promise]] = {True: _("yes"), False: _("no")}


def change_lines(change: PolicyChange) -> list[str]:
    """What somebody changed in a policy, a line for each column; only what was set where the policy was new."""
    lines = []
    for name, (before, after) in sorted(change.changes.items()):
        label = MatchingPolicy._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        words = {"what": label, "before": _value(before), "after": _value(after)}
        new = before is None and name != "highest"
        lines.append((gettext("%(what)s: %(after)s") if new else gettext("%(what)s: %(before)s → %(after)s")) % words)
    return lines


def value_lines(values: Mapping[str, str | bool | None]) -> list[str]:
    """What a policy says, a line for each column, leaving out what is allowed anyway."""
    kept = {name: value for name, value in values.items() if value is not True and value is not None}
    labels = {name: MatchingPolicy._meta.get_field(name).verbose_name for name in kept}  # type: ignore[union-attr]
    return [f"{labels[name]}: {_value(value)}" for name, value in sorted(kept.items())]


def _value(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return str(_YES_NO[value])
    return "–" if value is None else number_format(Decimal(value), use_l10n=True)
