"""Looks for a document in everything that was kept: the lists' rows, the vouchers, what had to be left out.

The number of queries is the same however much is found. Whole numbers and amounts are looked up in an index, parts of
names and numbers by reading, at most ``SHOWN`` of each.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from accounts.scoping import scoped
from integrations.finding.shapes import Findings, Found, Standing
from integrations.finding.wanted import Wanted
from integrations.models import Connection, Provider, SeenVoucher, SkippedRecord, VoucherChange
from vouchers.models import Voucher, VoucherFile

SHOWN = 25
CHANGES_SHOWN = 20

M = TypeVar("M", bound=Model)
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look. ``wide``: in the documents of more than one client."""

    connections: QuerySet[Connection]
    seen: QuerySet[SeenVoucher]
    vouchers: QuerySet[Voucher]
    skipped: QuerySet[SkippedRecord]
    wide: bool


def all_of(user: User) -> Sources:
    """Everything of the clients that a person may see."""
    return Sources(
        scoped(Connection.objects.filter(provider=Provider.LEXWARE), user),
        scoped(SeenVoucher.objects.all(), user, "connection__client"),
        scoped(Voucher.objects.all(), user),
        scoped(SkippedRecord.objects.all(), user, "run__connection__client"),
        wide=True,
    )


def one(connection: Connection) -> Sources:
    """Everything of one connection; whoever calls has made sure that its reader may see it."""
    return Sources(
        Connection.objects.filter(pk=connection.pk),
        SeenVoucher.objects.filter(connection=connection),
        Voucher.objects.filter(client=connection.client_id),
        SkippedRecord.objects.filter(run__connection=connection),
        wide=False,
    )


def find(wanted: Wanted, sources: Sources) -> Findings:
    """The documents with this number or amount, then those whose number or name has it as a part; newest first."""
    if not wanted.text:
        return Findings(())
    rows = _seen(wanted, sources)
    enough = _enough(wanted, rows, sources)
    seen = {(row.connection_id, str(row.external_id)): row for row in rows}
    vouchers = _vouchers(wanted, sources, rows, enough=enough)
    found = [*seen, *(key for key in vouchers if key not in seen)]
    skipped = _skipped(wanted, sources, found, enough=enough)
    found += [key for key in skipped if key not in seen and key not in vouchers]
    shown = found[:SHOWN]
    connections = _connections(sources, shown)
    files = _files([vouchers[key] for key in shown if key in vouchers])
    changes = _changes(shown)
    documents = [
        _found(
            connections[key[0]],
            key[1],
            seen.get(key),
            vouchers.get(key),
            skipped.get(key),
            files.get(vouchers[key].pk, 0) if key in vouchers else 0,
            tuple(changes.get(key, ())),
        )
        for key in shown
        if key[0] in connections
    ]
    return Findings(tuple(documents), more=len(found) > SHOWN)


def exact(wanted: Wanted) -> Q:
    """The whole number, the amount, or the provider's id."""
    wish = Q(number__in=wanted.numbers)
    if wanted.amount is not None:
        wish |= Q(total=wanted.amount)
    return wish | Q(external_id=wanted.id) if wanted.id else wish


def part(wanted: Wanted) -> Q:
    """A part of the number or the name."""
    return Q(number__icontains=wanted.part) | Q(contact_name__icontains=wanted.part)


def _newest(rows: QuerySet[M]) -> list[M]:
    return list(rows.order_by("-date", "-pk")[: SHOWN + 1])


def _seen(wanted: Wanted, sources: Sources) -> list[SeenVoucher]:
    every = sources.seen.select_related("connection")
    rows = _newest(every.filter(exact(wanted)))
    rows.sort(key=lambda row: row.number not in wanted.numbers)
    if wanted.part and not _enough(wanted, rows, sources):
        rows += _newest(every.filter(part(wanted)).exclude(pk__in=[row.pk for row in rows]))
    return rows


def _enough(wanted: Wanted, rows: list[SeenVoucher], sources: Sources) -> bool:
    """Whether nobody has to read every row for parts of numbers and names: the number itself was found.

    Among all clients that is a great many rows; there an amount that was found is enough, too.
    """
    return len(rows) > SHOWN or any(row.number in wanted.numbers for row in rows) or bool(rows and sources.wide)


def _vouchers(wanted: Wanted, sources: Sources, seen: list[SeenVoucher], *, enough: bool) -> dict[Key, Voucher]:
    """The vouchers of the rows that were found, and those that came before rows were kept."""
    ids = [row.external_id for row in seen]
    # With the clients, because the index begins with them.
    of = sources.vouchers.filter(client__in={row.connection.client_id for row in seen}, external_id__in=ids)
    known = list(of) if ids else []
    wish = exact(wanted)
    if wanted.part and not enough:
        wish |= part(wanted)
    others = _newest(sources.vouchers.filter(wish).exclude(external_id__in=ids)) if len(ids) <= SHOWN else []
    others.sort(key=lambda voucher: voucher.number not in wanted.numbers)
    owners = {voucher.client_id for voucher in (*known, *others)}
    lexware = dict(sources.connections.filter(client__in=owners).values_list("client_id", "pk")) if owners else {}
    return {
        (lexware[voucher.client_id], str(voucher.external_id)): voucher
        for voucher in (*known, *others)
        if voucher.client_id in lexware
    }


def _skipped(wanted: Wanted, sources: Sources, found: list[Key], *, enough: bool) -> dict[Key, SkippedRecord]:
    """The newest reason for each document that was left out: of the found ones, and of others with this number."""
    wish = Q(run__connection__in={pk for pk, _ in found}, external_id__in={name for _, name in found})
    if not enough:
        wish |= Q(number__in=wanted.numbers)
        if wanted.part:
            wish |= Q(number__icontains=wanted.part)
    newest: dict[Key, SkippedRecord] = {}
    for record in sources.skipped.filter(wish).select_related("run").order_by("-pk")[: 20 * SHOWN]:
        newest.setdefault((record.run.connection_id, record.external_id), record)
    return newest


def _connections(sources: Sources, keys: list[Key]) -> dict[int, Connection]:
    rows = sources.connections.filter(pk__in={pk for pk, _ in keys}).select_related("client")
    return {connection.pk: connection for connection in rows}


def _files(vouchers: list[Voucher]) -> dict[int, int]:
    """How many of the expected files of each voucher are here."""
    here: dict[int, int] = defaultdict(int)
    expected = {voucher.pk: set(voucher.expected_files) for voucher in vouchers}
    for voucher_id, external_id in VoucherFile.objects.filter(voucher__in=expected).values_list(
        "voucher_id", "external_id"
    ):
        here[voucher_id] += external_id in expected[voucher_id]
    return here


def _changes(keys: list[Key]) -> dict[Key, list[VoucherChange]]:
    ids = [UUID(external_id) for _, external_id in keys if _is_uuid(external_id)]
    rows = VoucherChange.objects.filter(connection__in={pk for pk, _ in keys}, external_id__in=ids)
    told: dict[Key, list[VoucherChange]] = defaultdict(list)
    for change in rows.order_by("-at", "-pk")[: SHOWN * CHANGES_SHOWN]:
        kept = told[change.connection_id, str(change.external_id)]
        if len(kept) < CHANGES_SHOWN:
            kept.append(change)
    return told


def _found(
    connection: Connection,
    external_id: str,
    seen: SeenVoucher | None,
    voucher: Voucher | None,
    skip: SkippedRecord | None,
    files: int,
    changes: tuple[VoucherChange, ...],
) -> Found:
    standing, reason, since = standing_of(seen, voucher, skip)
    row = voucher or seen
    skipped_at = skip.run.queued_at if skip else None
    firsts = [moment for moment in (seen and seen.first_seen_at, voucher and voucher.created_at) if moment]
    return Found(
        connection=connection,
        external_id=external_id,
        number=(row.number if row else "") or (skip.number if skip else ""),
        date=row.date if row else None,
        contact=row.contact_name if row else "",
        total=row.total if row else None,
        currency=voucher.currency if voucher else "EUR",
        type=row.type if row else "",
        status=seen.status if seen else voucher.status if voucher else "",
        standing=standing,
        reason=reason,
        detail=skip.detail if skip and standing in (Standing.SKIPPED, Standing.INCOMPLETE) else "",
        since=min(firsts) if firsts else skipped_at,
        standing_since=since or skipped_at,
        voucher=voucher.pk if voucher else None,
        files=files,
        files_expected=len(voucher.expected_files) if voucher else 0,
        payments_read=voucher.payments_read if voucher else False,
        changes=changes,
    )


def standing_of(
    seen: SeenVoucher | None, voucher: Voucher | None, skip: SkippedRecord | None
) -> tuple[Standing, str, datetime | None]:
    """Where a document stands, why, and since when. What is here says it first, then the newest list that showed it."""
    if voucher is not None and voucher.withdrawn_at is None:
        if voucher.complete:
            return Standing.HERE, "", voucher.created_at
        if skip is not None:
            return Standing.INCOMPLETE, skip.reason, None
        return Standing.ARRIVING, "", voucher.created_at
    if voucher is not None:
        return Standing.WITHDRAWN, voucher.withdrawn_reason, voucher.withdrawn_at
    if seen is None or (seen.verdict == SeenVoucher.Verdict.TAKEN and skip is not None):
        return Standing.SKIPPED, skip.reason if skip else "", None
    if seen.verdict == SeenVoucher.Verdict.TAKEN:
        return Standing.EXPECTED, "", seen.verdict_at
    return Standing(seen.verdict), "", seen.verdict_at


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
