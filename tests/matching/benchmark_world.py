"""A benchmark data set in the database, taken over through the same doors as real data."""

import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from accounts.models import Client
from accounts.services import add_client
from integrations.services.statements import StatementImport, import_file
from vouchers.services import set_document, set_payments, upsert_vouchers
from vouchers.shapes import PaymentItemData, VoucherData

UPDATED = datetime(2026, 1, 2, 6, tzinfo=UTC)


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """The lines of a JSON lines file, plain or packed."""
    plain = folder / name
    data = plain.read_bytes() if plain.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    return [json.loads(line) for line in data.splitlines() if line.strip()]


def add_clients(folder: Path, today: date) -> dict[str, Client]:
    """A client of ours for each client of the set."""
    names = sorted({row["client"] for row in rows(folder, "vouchers.jsonl")})
    return {
        name: add_client(name=name, email="", number=str(20000 + number), today=today)
        for number, name in enumerate(names)
    }


def take_over_vouchers(folder: Path, clients: dict[str, Client]) -> None:
    """The vouchers with their payments and remarks."""
    by_client: dict[str, list[dict[str, Any]]] = {name: [] for name in clients}
    for row in rows(folder, "vouchers.jsonl"):
        by_client[row["client"]].append(row)
    for name, some in by_client.items():
        stored = upsert_vouchers(clients[name], [_voucher(row) for row in some])
        for row, (voucher, _) in zip(some, stored, strict=True):
            items = [PaymentItemData(p["type"], _day(p["date"]), Decimal(p["amount"])) for p in row["payments"]]
            set_payments(voucher, items, items[0].date if items else None, Decimal(row["open_amount"]))
            if row.get("remark"):
                set_document(voucher, row["remark"], [])


def import_statements(folder: Path, clients: dict[str, Client]) -> list[StatementImport]:
    """The account files, each for the client whose transactions it holds."""
    owners = {row["account_iban"]: row["client"] for row in rows(folder, "transactions.jsonl")}
    files = [*sorted((folder / "camt").glob("*.xml")), *sorted((folder / "camt").glob("*.xml.gz"))]
    results = []
    for path in files:
        content = path.read_bytes() if path.suffix == ".xml" else gzip.decompress(path.read_bytes())
        name = path.name.removesuffix(".gz")
        results.append(import_file(clients[owners[Path(name).stem]], name, content))
    return results


def _voucher(row: dict[str, Any]) -> VoucherData:
    return VoucherData(
        external_id=UUID(row["id"]),
        type=row["type"],
        number=row["number"],
        date=date.fromisoformat(row["date"]),
        due_date=_day(row.get("due_date")),
        contact_id=None,
        contact_name=row["contact"],
        total=Decimal(row["total"]),
        open_amount=Decimal(row["open_amount"]),
        currency=row["currency"],
        status=row["status"],
        provider_updated_at=UPDATED,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
