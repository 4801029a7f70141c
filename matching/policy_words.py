"""What policies allow, in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.display import NO_BREAK, money
from matching.models import MatchingPolicy, PolicyChange
from matching.models.policy import ALLOWED

POLICY_WORDS: Final[dict[str, str | Promise]] = {
    **{name: MatchingPolicy._meta.get_field(name).verbose_name for name in ALLOWED},  # type: ignore[union-attr]
    "other": _("not known to this version"),
}

_ORDER: Final = ("in_use", "threshold", "highest", *ALLOWED)
_YES_NO: Final[dict[bool, Promise]] = {True: _("yes"), False: _("no")}


def change_lines(change: PolicyChange) -> list[str]:
    """What somebody changed in a policy, a line for each column; only what was set where the policy was new."""
    lines = []
    for name, (before, after) in sorted(change.changes.items(), key=lambda item: _ORDER.index(item[0])):
        label = MatchingPolicy._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        words = {"what": label, "before": _value(name, before), "after": _value(name, after)}
        new = before is None and name != "highest"
        lines.append((gettext("%(what)s: %(after)s") if new else gettext("%(what)s: %(before)s → %(after)s")) % words)
    return lines


def value_lines(values: Mapping[str, str | bool | None]) -> list[str]:
    """What a policy says, a line for each column, leaving out what holds nothing back."""
    kept = {name: value for name, value in values.items() if value is not True and value is not None}
    if not Decimal(str(kept.get("threshold", 0))):
        kept.pop("threshold", None)
    labels = {name: MatchingPolicy._meta.get_field(name).verbose_name for name in kept}  # type: ignore[union-attr]
    return [f"{labels[name]}: {_value(name, kept[name])}" for name in _ORDER if name in kept]


def threshold_words(percent: Decimal) -> str:
    """A threshold in percent in the reader's form, with all its decimals."""
    return f"{number_format(percent.normalize(), use_l10n=True)}{NO_BREAK}%"


def _value(name: str, value: str | bool | None) -> str:
    if isinstance(value, bool):
        return str(_YES_NO[value])
    if value is None:
        return "–"
    return threshold_words(Decimal(value)) if name == "threshold" else money(Decimal(value))
