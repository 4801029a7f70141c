"""The rows of a comparison as its page shows them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.display import money
from matching.evidence_text import sentence
from matching.models import Comparison, Transaction
from vouchers.models import Voucher

SORTS = ("becomes", "no_longer", "changed")


@dataclass(frozen=True, slots=True)
class Part:
    """A voucher and the line that pays it; either may be gone by now."""

    voucher: Voucher | None
    line: Transaction | None
    amount: str


@dataclass(frozen=True, slots=True)
class Row:
    """One change: what stands (``before``, with its proposal) and what would stand (``after``), and why."""

    proposal: int | None
    before: list[Part]
    after: list[Part]
    why: list[str]


@dataclass(frozen=True, slots=True)
class Section:
    """The changes of one sort; ``count`` of all of them, of which ``rows`` shows the first."""

    sort: str
    count: int
    rows: list[Row]


def sections(comparison: Comparison) -> list[Section]:
    """What a comparison found, in two queries."""
    result = comparison.result or {}
    entries = [entry for sort in SORTS for entry in result.get(sort, [])]
    shares = [share for entry in entries for side in entry.values() for share in side["shares"]]
    vouchers = Voucher.objects.filter(client=comparison.client_id).in_bulk({share[0] for share in shares})
    lines = Transaction.objects.filter(client=comparison.client_id).defer("raw", "details")
    known = lines.in_bulk({share[1] for share in shares})

    def parts(side: dict[str, Any] | None) -> list[Part]:
        return [
            Part(
                vouchers.get(voucher),
                line := known.get(booking),
                money(Decimal(amount), line.currency if line else "EUR"),
            )
            for voucher, booking, amount in (side or {"shares": []})["shares"]
        ]

    def row(entry: dict[str, Any]) -> Row:
        before: dict[str, Any] = entry.get("before") or {}
        return Row(
            before.get("proposal"),
            parts(entry.get("before")),
            parts(entry.get("after")),
            [sentence(item) for item in before.get("held", [])],
        )

    counts = result.get("counts", {})
    return [Section(sort, counts.get(sort, 0), [row(entry) for entry in result.get(sort, [])]) for sort in SORTS]
