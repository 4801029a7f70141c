"""A piece of evidence before it is put into words for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from matching.engine.leanings import ADVERSE, FAVOURABLE
from matching.engine.text import locate
from matching.engine.types import Evidence, Transaction

_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Trait:
    """One reason with its log likelihood ratio; `where` is a field and a range of its folded text.

    `supports`: the side on which a reason without a weight stands, where its code leaves that open.
    """

    code: str
    weight: float
    params: dict[str, str] = field(default_factory=dict)
    where: tuple[str, int, int] | None = None
    supports: bool | None = None

    def evidence(self, t: Transaction) -> Evidence:
        """With the range in the text as it is, and `found` as it stands there."""
        params = dict(self.params)
        if self.where is not None:
            name, start, end = self.where
            text = getattr(t, name)
            first, last = locate(text, start, end)
            params.update(field=name, start=str(first), end=str(last), found=text[first:last])
        return Evidence(self.code, self.speaks_for, round(agreed(self.code, self.weight), 4), params)

    @property
    def speaks_for(self) -> bool:
        """The side on which it is told: that of its words, else that of its weight."""
        if self.code in FAVOURABLE or self.code in ADVERSE:
            return self.code in FAVOURABLE
        return self.weight >= 0 if self.supports is None else self.supports


def agreed(code: str, weight: float) -> float:
    """What of a weight agrees with the words of its code."""
    if code in FAVOURABLE:
        return max(weight, 0.0)
    return min(weight, 0.0) if code in ADVERSE else weight


def balanced(parts: Sequence[Sequence[Trait]]) -> list[Trait]:
    """The reasons with weights that agree with their words, and with the same sum.

    A name or an amount that fits may well make a match less likely, where such fits are common. That is no reason
    against it: it takes from what else speaks for the match, first in the same part, then everywhere. What is left
    when nothing speaks for it any more is told as such.
    """
    told: list[Trait] = []
    rest = 0.0
    for part in parts:
        found, more = _settled(part)
        told += found
        rest += more
    told, rest = _spread(told, rest)
    if abs(rest) < _NOTHING:
        return told
    for place, trait in enumerate(told):
        if agreed(trait.code, rest) == rest:
            told[place] = replace(trait, weight=trait.weight + rest)
            return told
    return [*told, Trait("found_elsewhere", rest)]


def _settled(part: Sequence[Trait]) -> tuple[list[Trait], float]:
    """The reasons of one part as far as they agree with their words, and what is left over."""
    found = [replace(trait, weight=agreed(trait.code, trait.weight)) for trait in part]
    return _spread(found, sum(t.weight for t in part) - sum(t.weight for t in found))


def _spread(traits: list[Trait], rest: float) -> tuple[list[Trait], float]:
    """Take what is left over from the reasons of the other side, each in its proportion, as far as they reach."""
    against = sum(t.weight for t in traits if t.weight * rest < 0)
    if not against:
        return traits, rest
    share = min(1.0, -rest / against)
    return [replace(t, weight=t.weight * (1 - share)) if t.weight * rest < 0 else t for t in traits], (
        rest + share * against
    )
