"""A piece of evidence before it is put into words for people."""

from __future__ import annotations

from dataclasses import dataclass, field

from matching.engine.text import locate
from matching.engine.types import Evidence, Transaction


@dataclass(frozen=True, slots=True)
class Trait:
    """One reason with its log likelihood ratio; `where` is a field and a range of its folded text."""

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
        supports = self.weight >= 0 if self.supports is None else self.supports
        return Evidence(self.code, supports, round(self.weight, 4), params)
