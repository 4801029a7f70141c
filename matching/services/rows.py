"""Transactions with their sources: read many at once, written many at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar
from uuid import uuid4
from zlib import crc32

from matching.models import BankAccount, Sighting, Transaction
from matching.services.bulk import insert, reserve
from matching.services.columns import ENRICHED, columns_of_row, from_json, merged, to_json
from matching.services.identity import Seen, seen
from matching.services.lines import LAST_RANK, LEGACY, TransactionData

ASKED: Final = 1000
"""Keys, days or ids in one query, and rows in one statement."""

UPDATED: Final = (*ENRICHED, "entry_key", "part", "parts")

NEW: Final = (
    *("id", "client_id", "account_id", "source", "key", "booking_date", "amount", "currency"),
    *("entry_key", "part", "parts", "withdrawn_at", "withdrawn_reason", "created_at"),
    *ENRICHED,
)
SIGHTING: Final = (
    *("transaction_id", "account_id", "family", "rank", "key", "delivery", "place", "said", "raw", "seen_at"),
)

_T = TypeVar("_T")


def portions(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Slices of at most ``ASKED``."""
    return (items[start : start + ASKED] for start in range(0, len(items), ASKED))


@dataclass(slots=True)
class Told:
    """One source of a transaction and what it said; ``line``: as it came just now, None for what was stored."""

    sighting: Sighting
    columns: dict[str, Any]
    line: TransactionData | None = None

    @property
    def name(self) -> tuple[str, str]:
        """Family and key."""
        return self.sighting.family, self.sighting.key

    @property
    def seen(self) -> Seen:
        """What tells it apart."""
        return seen(self.sighting.family, self.sighting.rank, self.sighting.key, self.columns)


@dataclass(slots=True)
class Row:
    """A transaction, stored (with ``pk``) or new, and its sources."""

    transaction: Transaction
    told: list[Told] = field(default_factory=list)
    changed: bool = False

    @classmethod
    def begin(cls, account: BankAccount, source: str, told: Told) -> "Row":
        """A new transaction in the words of one source."""
        line, family = told.line, told.sighting.family
        model: TransactionData | Transaction = line or told.sighting.transaction
        if line is None:  # its words had been stored with another transaction, whose name stays taken
            key = f"moved-{uuid4().hex}"
        else:
            # a family names its lines for itself; two of them may use the same name for different lines
            key = line.key if family == LEGACY else f"{line.key[:71]}~{crc32(family.encode()):08x}"
        split = line is not None and line.parts > 1
        row = Transaction(
            client_id=account.client_id,
            account=account,
            source=source,
            key=key,
            booking_date=model.booking_date,
            amount=model.amount,
            currency=model.currency,
            entry_key=line.entry_key[:80] if line and split else "",
            part=line.part if line and split else 1,
            parts=line.parts if line and split else 1,
            **told.columns,
        )
        return cls(row, [told])

    def tell(self, told: list[Told]) -> None:
        """Let these be its sources: each column from the best one that says something."""
        self.told = sorted(told, key=lambda one: (one.sighting.rank, one.name))
        for name, value in merged([one.columns for one in self.told]).items():
            self._set(name, value)
        if self.transaction.parts == 1 and self.transaction.part == 1:
            split = next((one.line for one in self.told if one.line and one.line.parts > 1), None)
            if split is not None:
                self._set("entry_key", split.entry_key[:80])
                self._set("part", split.part)
                self._set("parts", split.parts)

    def _set(self, name: str, value: Any) -> None:
        if getattr(self.transaction, name) != value:
            setattr(self.transaction, name, value)
            self.changed = self.transaction.pk is not None


def load_rows(ids: Sequence[int]) -> dict[int, Row]:
    """These transactions with their sources."""
    rows: dict[int, Row] = {}
    for some in portions(ids):
        rows.update({line.pk: Row(line) for line in Transaction.objects.filter(pk__in=some)})
        for sighting in Sighting.objects.filter(transaction__in=some):
            row = rows[sighting.transaction_id]
            sighting.transaction = row.transaction
            said = from_json(sighting.said, sighting.raw) if sighting.said else columns_of_row(row.transaction)
            row.told.append(Told(sighting, said))
    for row in rows.values():
        if not row.told:
            row.told.append(_unnamed(row.transaction))
    return rows


def _unnamed(line: Transaction) -> Told:
    """The words of a transaction of which no source was kept."""
    # only lines of accounts are in buckets
    assert line.account_id is not None  # noqa: S101
    sighting = Sighting(account_id=line.account_id, transaction=line, family=line.source, rank=LAST_RANK, key=line.key)
    return Told(sighting, columns_of_row(line))


def write_rows(rows: Sequence[Row]) -> None:
    """Write new transactions, those whose words changed, and the sources that are new or changed, all at once."""
    new = [row for row in rows if row.transaction.pk is None]
    for row, pk in zip(new, reserve(Transaction, len(new)) if new else (), strict=True):
        row.transaction.pk = pk
    insert(Transaction, NEW, ([getattr(row.transaction, name) for name in NEW] for row in new))
    changed = [row.transaction for row in rows if row.changed]
    Transaction.objects.bulk_create(
        changed, batch_size=ASKED, update_conflicts=True, unique_fields=["pk"], update_fields=UPDATED
    )
    outdated: list[int] = []
    sightings: list[Sighting] = []
    for row in rows:
        for one in row.told:
            sighting = one.sighting
            same = all(getattr(row.transaction, name) == value for name, value in one.columns.items())
            said, raw = ({}, "") if same else (to_json(one.columns), one.columns["raw"])
            now = (row.transaction.pk, said, raw)
            if sighting.pk is not None:
                if now == (sighting.transaction_id, sighting.said, sighting.raw):
                    continue
                outdated.append(sighting.pk)
            sighting.transaction_id, sighting.said, sighting.raw = now
            sightings.append(sighting)
    for some in portions(outdated):
        Sighting.objects.filter(pk__in=some).delete()
    insert(Sighting, SIGHTING, ([getattr(one, name) for name in SIGHTING] for one in sightings))
