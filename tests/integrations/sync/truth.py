"""Whether a client has exactly what Lexware Office has, whatever was changed, broken or killed before.

The other side is the sandbox's truth (``GET /control/organizations/{id}/truth``), asked over HTTP, so that the sandbox
may run in this process or in one of its own.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone

from accounts.models import Client
from accounts.tax import sync_start
from integrations.models import SyncRun
from matching.models import Decision, Proposal
from matching.services.runs import run_matching
from vouchers.models import RawAnswer, StoredFile, Voucher, VoucherFile

SALES = ("invoice", "downpaymentinvoice", "creditnote")
SAID = ("type", "number", "date", "due_date", "contact", "total", "open_amount", "status", "payments")


def truth(control_url: str, organization: str) -> dict[str, Any]:
    """What the sandbox knows about an organization."""
    address = f"{control_url}/organizations/{organization}/truth?fields=vouchers,files"
    answer = requests.get(address, timeout=120)
    answer.raise_for_status()
    return dict(answer.json())


def differences(client: Client, control_url: str, organization: str, today: date | None = None) -> list[str]:
    """What is not as it must be after a complete fetch, in words; empty where both sides are equal.

    Vouchers, payment items and files (by their bytes, on the disk), nothing twice, nothing half, nothing left behind.
    """
    said = truth(control_url, organization)
    start = sync_start(client, today or timezone.localdate())
    wanted = {row["id"]: row for row in said["vouchers"] if _must_be_here(row, start)}
    found = [*_vouchers(client, wanted), *_files(client, wanted, said["files"]), *_twice(client), *media_problems()]
    return sorted(found)


def matching_differences(client: Client) -> list[str]:
    """What one more run of the matching would still do; empty where no call to it was lost. Writes what it finds."""
    before = _standing(client)
    decided = Decision.objects.filter(proposal__client=client).count()
    run_matching(client)
    after = _standing(client)
    found = [f"matching would drop {what}" for what in (before - after).elements()]
    found += [f"matching would add {what}" for what in (after - before).elements()]
    if Decision.objects.filter(proposal__client=client).count() != decided:
        found.append("matching would decide something")
    return sorted(found)


def media_problems() -> list[str]:
    """Files without a row, rows without their bytes, files that nobody uses, and halves; for all clients together."""
    root = Path(settings.MEDIA_ROOT)
    here = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    rows = {stored.path: stored for stored in StoredFile.objects.all()}
    found = [f"file without a row: {name}" for name in here - rows.keys()]
    found += [f"row without a file: {name}" for name in rows.keys() - here]
    for name in here & rows.keys():
        content = (root / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != rows[name].sha256 or len(content) != rows[name].size:
            found.append(f"other bytes than its name says: {name}")
    return found


def _must_be_here(row: dict[str, Any], start: date) -> bool:
    return bool(row["paid"] and row["date"] and date.fromisoformat(row["date"]) >= start)


def _vouchers(client: Client, wanted: dict[str, dict[str, Any]]) -> Iterator[str]:
    here = Voucher.objects.filter(client=client, withdrawn_at=None).prefetch_related("payments")
    stored = {str(voucher.external_id): voucher for voucher in here}
    for id in wanted.keys() - stored.keys():
        yield f"missing: {_name(wanted[id])}"
    for id in stored.keys() - wanted.keys():
        yield f"there, but must not be: {stored[id]} ({stored[id].status})"
    for id in wanted.keys() & stored.keys():
        for name in SAID:
            there, ours = _said(wanted[id], name), _stored(stored[id], name)
            if there != ours and not (name == "payments" and not ours and _may_say_nothing(wanted[id])):
                yield f"{_name(wanted[id])}: {name} is {ours!r}, not {there!r}"
        for name in ("payments_read", "document_read", "complete"):
            if not getattr(stored[id], name):
                yield f"{_name(wanted[id])}: not {name}"


def _files(client: Client, wanted: dict[str, dict[str, Any]], said: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    attached: dict[str, list[VoucherFile]] = {}
    files = VoucherFile.objects.filter(voucher__client=client, voucher__withdrawn_at=None)
    for file in files.select_related("stored", "voucher").order_by("position"):
        attached.setdefault(str(file.voucher.external_id), []).append(file)
    here = {str(id) for id in client.vouchers.filter(withdrawn_at=None).values_list("external_id", flat=True)}
    for id in wanted.keys() & here:
        row = wanted[id]
        ours = [file.stored.sha256 for file in attached.get(id, [])]
        there = [file["sha256"] for file in said[id]]
        if ours != there:
            yield f"{_name(row)}: files {_short(ours)}, not {_short(there)}"
        ids = [file.external_id for file in attached.get(id, [])]
        if row["type"] not in SALES and ids != row["file_ids"]:
            yield f"{_name(row)}: ids of files {ids}, not {row['file_ids']}"


def _twice(client: Client) -> Iterator[str]:
    """What the constraints of the database cannot see: the same thing kept twice under two names."""
    live = SyncRun.objects.filter(connection__client=client, state__in=[SyncRun.State.QUEUED, SyncRun.State.RUNNING])
    for run in live:
        yield f"a fetch is not over: {run.pk} {run.state}"
    before: tuple[Any, ...] = ()
    answers = RawAnswer.objects.filter(client=client).order_by("provider", "kind", "external_id", "version")
    for *which, version, sha256 in answers.values_list("provider", "kind", "external_id", "version", "sha256"):
        if before[:-1] == tuple(which) and before[-1] == sha256:
            yield f"the same answer twice in a row: {which} version {version}"
        before = (*which, sha256)


def _standing(client: Client) -> Counter[str]:
    rows = Proposal.objects.filter(client=client).exclude(state="superseded")
    return Counter(f"{row.state} {row.fingerprint} {row.rank}" for row in rows)


def _said(row: dict[str, Any], name: str) -> Any:
    if name == "payments":
        return [(item["type"], item["date"], Decimal(item["amount"])) for item in row["payments"]]
    value = row[name]
    return Decimal(value) if name in ("total", "open_amount") else value or ""


def _may_say_nothing(row: dict[str, Any]) -> bool:
    """Of a credit note that settles an invoice the service tells no payments (reference: payments, section 8)."""
    return bool(row["type"] == "creditnote")


def _stored(voucher: Voucher, name: str) -> Any:
    if name == "payments":
        items = sorted(voucher.payments.all(), key=lambda item: item.position)
        return [(item.type, item.date and item.date.isoformat(), item.amount) for item in items]
    value = getattr(voucher, "contact_name" if name == "contact" else name)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, Decimal) else value or ""


def _name(row: dict[str, Any]) -> str:
    return f"{row['type']} {row['number']}"


def _short(hashes: list[str]) -> list[str]:
    return [sha256[:12] for sha256 in hashes]
