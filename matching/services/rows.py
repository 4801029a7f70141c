"""Transactions with their sources: read many at once, written many at once.

They are plain values here and not objects of the models: of a large file those took more time than everything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, Final
from uuid import uuid4
from zlib import crc32

from django.utils import timezone

from matching.models import BankAccount, Sighting, Transaction
from matching.services.bulk import ASKED, insert, portions, reserve
from matching.services.columns import ENRICHED, columns_of, from_json, merged, to_json
from matching.services.identity import Seen, seen
from matching.services.lines import LAST_RANK, LEGACY, TransactionData

UPDATED: Final = (*ENRICHED, "entry_key", "part", "parts")

COLUMNS: Final = (
    *("id", "client_id", "account_id", "source", "key", "booking_date", "amount", "currency"),
    *("entry_key", "part", "parts", "withdrawn_at", "withdrawn_reason", "created_at"),
    *ENRICHED,
)
SOURCE: Final = (
    *("transaction_id", "account_id", "family", "rank", "key", "delivery", "place", "said", "raw", "seen_at"),
)


@dataclass(slots=True)
class Source:
    """The values of a `Sighting`, stored (with ``id``) or new."""

    account_id: int
    family: str
    rank: int
    key: str
    delivery: str = ""
    place: str = ""
    transaction_id: int | None = None
    said: dict[str, Any] = field(default_factory=dict)
    raw: str = ""
    seen_at: datetime = field(default_factory=timezone.now)
    id: int | None = None


@dataclass(slots=True)
class Told:
    """One source of a transaction and what it said; ``line``: as it came just now, None for what was stored."""

    source: Source
    columns: dict[str, Any]
    line: TransactionData | None = None

    @property
    def name(self) -> tuple[str, str]:
        """Family and key."""
        return self.source.family, self.source.key

    @property
    def seen(self) -> Seen:
        """What tells it apart."""
        return seen(self.source.family, self.source.rank, self.source.key, self.columns)


@dataclass(slots=True)
class Row:
    """A transaction by its ``COLUMNS``, stored or new (``id`` is None), and its sources."""

    values: dict[str, Any]
    told: list[Told] = field(default_factory=list)
    changed: bool = False

    @classmethod
    def begin(cls, account: BankAccount, source: str, told: Told, like: "Row") -> "Row":
        """A new transaction in the words of one source, of the same day, amount and currency as ``like``."""
        if told.line is not None:
            return cls(
                values_of(account, source, told.source.family, told.line, told.columns, told.source.seen_at), [told]
            )
        # its words had been stored with another transaction, whose name stays taken
        given = {name: like.values[name] for name in ("client_id", "account_id", "booking_date", "amount", "currency")}
        given |= {"id": None, "source": source, "key": f"moved-{uuid4().hex}", "created_at": told.source.seen_at}
        return cls({**_WHOLE, **given, **told.columns}, [told])

    @property
    def id(self) -> int | None:
        """Its primary key; None for a new one."""
        found: int | None = self.values["id"]
        return found

    def tell(self, told: list[Told]) -> None:
        """Let these be its sources: each column from the best one that says something."""
        self.told = sorted(told, key=lambda one: (one.source.rank, one.name))
        for name, value in merged([one.columns for one in self.told]).items():
            self._set(name, value)
        if self.values["parts"] == 1 and self.values["part"] == 1:
            split = next((one.line for one in self.told if one.line and one.line.parts > 1), None)
            if split is not None:
                self._set("entry_key", split.entry_key[:80])
                self._set("part", split.part)
                self._set("parts", split.parts)

    def _set(self, name: str, value: Any) -> None:
        if self.values[name] != value:
            self.values[name] = value
            self.changed = self.id is not None


_WHOLE: Final = {"entry_key": "", "part": 1, "parts": 1, "withdrawn_at": None, "withdrawn_reason": ""}
"""The columns of a transaction that is one entry and stands."""


def values_of(
    account: BankAccount, source: str, family: str, line: TransactionData, columns: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """The values of a new transaction, still without an id, in the words (``columns``) of a line."""
    values = {
        **_WHOLE,
        "id": None,
        "client_id": account.client_id,
        "account_id": account.pk,
        "source": source,
        # a family names its lines for itself; two of them may use the same name for different lines
        "key": line.key if family == LEGACY else f"{line.key[:71]}~{crc32(family.encode()):08x}",
        "booking_date": line.booking_date,
        "amount": line.amount,
        "currency": line.currency,
        "created_at": now,
        **columns,
    }
    if line.parts > 1:
        values |= {"entry_key": line.entry_key[:80], "part": line.part, "parts": line.parts}
    return values


def write_lines(account: BankAccount, source: str, lines: Sequence[TransactionData], like: Source) -> None:
    """Write lines as new transactions with one source each, where nothing stored can be the same: the usual case.

    ``like``: what their sources have in common. What `Row` and `write_rows` would write, row by row, while the
    database takes the row before.
    """
    ids = reserve(Transaction, len(lines))
    pick, now = itemgetter(*COLUMNS), like.seen_at
    insert(
        Transaction,
        COLUMNS,
        (
            pick(values_of(account, source, like.family, line, columns_of(line), now) | {"id": pk})
            for pk, line in zip(ids, lines, strict=True)
        ),
    )
    common = (account.pk, like.family, like.rank)
    insert(
        Sighting,
        SOURCE,
        (
            (pk, *common, line.key, like.delivery, line.place[:80], {}, "", now)
            for pk, line in zip(ids, lines, strict=True)
        ),
    )


def load_rows(ids: Sequence[int]) -> dict[int, Row]:
    """These transactions with their sources."""
    rows: dict[int, Row] = {}
    for some in portions(ids):
        rows.update({values["id"]: Row(values) for values in Transaction.objects.filter(pk__in=some).values(*COLUMNS)})
        for values in Sighting.objects.filter(transaction__in=some).values("id", *SOURCE):
            source, row = Source(**values), rows[values["transaction_id"]]
            row.told.append(Told(source, from_json(source.said, source.raw) if source.said else _enriched(row)))
    for row in rows.values():
        if not row.told:
            row.told.append(_unnamed(row))
    return rows


def _enriched(row: Row) -> dict[str, Any]:
    return {name: row.values[name] for name in ENRICHED}


def _unnamed(row: Row) -> Told:
    """The words of a transaction of which no source was kept."""
    values = row.values
    source = Source(values["account_id"], values["source"], LAST_RANK, values["key"], transaction_id=values["id"])
    return Told(source, _enriched(row))


def write_rows(rows: Sequence[Row]) -> None:
    """Write new transactions, those whose words changed, and the sources that are new or changed, all at once."""
    new = [row for row in rows if row.id is None]
    for row, pk in zip(new, reserve(Transaction, len(new)) if new else (), strict=True):
        row.values["id"] = pk
    insert(Transaction, COLUMNS, map(itemgetter(*COLUMNS), (row.values for row in new)))
    Transaction.objects.bulk_create(
        [Transaction(**row.values) for row in rows if row.changed],
        batch_size=ASKED,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=UPDATED,
    )
    outdated: list[int] = []
    sources: list[Source] = []
    for row in rows:
        for told in row.told:
            source = told.source
            same = told.columns.items() <= row.values.items()
            said, raw = ({}, "") if same else (to_json(told.columns), told.columns["raw"])
            if source.id is not None:
                if (row.id, said, raw) == (source.transaction_id, source.said, source.raw):
                    continue
                outdated.append(source.id)
            source.transaction_id, source.said, source.raw = row.id, said, raw
            sources.append(source)
    for some in portions(outdated):
        Sighting.objects.filter(pk__in=some).delete()
    insert(Sighting, SOURCE, map(attrgetter(*SOURCE), sources))
