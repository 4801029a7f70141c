"""The index of every document that a list has shown: what it was, and what was decided about it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from integrations.models import SeenVoucher
from integrations.providers.lexware.types import VoucherRow
from integrations.services.sync_mapping import CENT, LARGEST

_COLUMNS = ("type", "status", "number", "date", "contact_name", "total", "verdict")


@dataclass(frozen=True, slots=True)
class Seen:
    """A document as a list showed it, with what was decided; texts are cut to what the index holds."""

    external_id: UUID
    verdict: str
    type: str = ""
    status: str = ""
    number: str = ""
    date: dt.date | None = None
    contact_name: str = ""
    total: Decimal | None = None


def seen(row: VoucherRow, verdict: str) -> Seen:
    """A row of the list for the index."""
    return Seen(
        external_id=row.id,
        verdict=verdict,
        type=row.type[:40],
        status=row.status[:40],
        number=row.number[:100],
        date=row.date,
        contact_name=row.contact_name[:255],
        total=row.total.quantize(CENT) if abs(row.total) < LARGEST else None,
    )


def note_seen(connection_id: int, found: Iterable[Seen]) -> None:
    """Bring the index up to date; one query where nothing is different."""
    latest = {item.external_id: item for item in found}
    known = {
        row.external_id: row
        for row in SeenVoucher.objects.filter(connection_id=connection_id, external_id__in=list(latest))
    }
    now = timezone.now()
    new, changed = [], []
    for item in latest.values():
        values = {name: getattr(item, name) for name in _COLUMNS}
        row = known.get(item.external_id)
        if row is None:
            new.append(SeenVoucher(connection_id=connection_id, external_id=item.external_id, **values))
            continue
        if all(getattr(row, name) == value for name, value in values.items()):
            continue
        row.changed_at = now
        if row.verdict != item.verdict:
            row.verdict_at = now
        for name, value in values.items():
            setattr(row, name, value)
        changed.append(row)
    if new:
        SeenVoucher.objects.bulk_create(new, ignore_conflicts=True)
    if changed:
        SeenVoucher.objects.bulk_update(changed, [*_COLUMNS, "verdict_at", "changed_at"], batch_size=100)


def note_verdict(connection_id: int, external_id: UUID, verdict: str, status: str = "") -> None:
    """Change what was decided about a document that no list shows any more; nothing where it was so already."""
    now = timezone.now()
    values = {"status": status[:40]} if status else {}
    row = SeenVoucher.objects.filter(connection_id=connection_id, external_id=external_id)
    row.exclude(verdict=verdict).update(verdict=verdict, verdict_at=now, changed_at=now, **values)
