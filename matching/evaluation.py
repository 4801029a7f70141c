"""The engine measured on a benchmark data set: read it, run the engine, write predictions, score them.

Reads folders with vouchers.jsonl, transactions.jsonl, truth.jsonl (each may end in .gz), rates.json and, where
there is one, meta.json (scenarios, classes of interchangeable vouchers and transactions).
"""

from __future__ import annotations

import gzip
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from .engine import propose
from .engine.model import Model
from .engine.types import PaymentItem, Permission, Transaction, Voucher
from .judging import Classes, Prediction, visible_classes
from .scoring import score as score_rows


@dataclass(frozen=True, slots=True)
class Dataset:
    """A benchmark set: rows by client, the true allocations, and what is known of scenarios and classes."""

    path: Path
    vouchers: dict[str, list[Voucher]]
    transactions: dict[str, list[Transaction]]
    rates: dict[date, dict[str, Decimal]]
    truth: list[dict[str, str]]
    meta: dict[str, Any] = field(default_factory=dict)


def _lines(folder: Path, name: str) -> list[dict[str, Any]]:
    plain, packed = folder / name, folder / f"{name}.gz"
    data = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    text = data.decode("utf-8")
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _voucher(row: Mapping[str, Any]) -> Voucher:
    items = tuple(PaymentItem(p["type"], _day(p["date"]), Decimal(p["amount"])) for p in row["payments"])
    return Voucher(
        row["id"], row["type"], row["number"], _day(row["date"]), _day(row.get("due_date")), Decimal(row["total"]),
        row["currency"], row["contact"], row["status"], Decimal(row["open_amount"]), items, row.get("remark", ""),
    )  # fmt: skip


def _transaction(row: Mapping[str, Any]) -> Transaction:
    return Transaction(
        row["id"], row["account_iban"], date.fromisoformat(row["booking_date"]), _day(row.get("value_date")),
        Decimal(row["amount"]), row["currency"], row["counterparty"], row["counterparty_iban"], row["purpose"],
        row.get("end_to_end_id", ""), row.get("mandate_id", ""), row.get("creditor_id", ""), row.get("code", ""),
    )  # fmt: skip


def load_dataset(path: str | Path) -> Dataset:
    """Read a benchmark folder. Raises FileNotFoundError where a file is missing."""
    folder = Path(path)
    vouchers: dict[str, list[Voucher]] = defaultdict(list)
    transactions: dict[str, list[Transaction]] = defaultdict(list)
    for row in _lines(folder, "vouchers.jsonl"):
        vouchers[row["client"]].append(_voucher(row))
    for row in _lines(folder, "transactions.jsonl"):
        transactions[row["client"]].append(_transaction(row))
    rates: dict[date, dict[str, Decimal]] = {}
    if (folder / "rates.json").exists():
        raw = json.loads((folder / "rates.json").read_text(encoding="utf-8"), parse_float=Decimal)
        rates = {date.fromisoformat(d): {c: Decimal(r) for c, r in row.items()} for d, row in raw["rates"].items()}
    meta = folder / "meta.json"
    known = json.loads(meta.read_text(encoding="utf-8")) if meta.exists() else {}
    return Dataset(folder, dict(vouchers), dict(transactions), rates, _lines(folder, "truth.jsonl"), known)


def predict(
    dataset: Dataset,
    progress: Callable[[int, int], None] | None = None,
    models: Mapping[str, Model] | None = None,
) -> list[Prediction]:
    """Run the engine for every client of a set; one prediction for each voucher and transaction.

    `models`: the model to use for each client, where it is not the current one; clients without one are left out.
    """
    found: dict[tuple[str, str], Prediction] = {}
    clients = sorted(dataset.vouchers if models is None else models)
    for done, client in enumerate(clients, 1):
        model = models[client] if models else None
        transactions = dataset.transactions.get(client, [])
        proposals = propose(dataset.vouchers[client], transactions, rates=dataset.rates, model=model)
        for proposal in proposals:
            decision = "auto" if proposal.permission is Permission.AUTOMATIC else "suggest"
            for a in proposal.allocations:
                key = a.voucher, a.transaction
                old = found.get(key)
                rank = (decision == "auto", proposal.probability)
                if old is None or rank > (old.decision == "auto", old.confidence):
                    found[key] = Prediction(client, *key, a.amount, proposal.probability, decision)
        if progress:
            progress(done, len(clients))
    return [found[key] for key in sorted(found)]


def write_predictions(predictions: Iterable[Prediction], path: str | Path) -> None:
    """Write predictions as JSON lines: client, voucher, transaction, amount, confidence, decision."""
    lines = (
        json.dumps(
            {
                "client": p.client,
                "voucher": p.voucher,
                "transaction": p.transaction,
                "amount": f"{p.amount:.2f}",
                "confidence": p.confidence,
                "decision": p.decision,
            }
        )
        for p in predictions
    )
    Path(path).write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def score(dataset: Dataset, predictions: Iterable[Prediction]) -> dict[str, Any]:
    """Figures of predictions for a set, see `scoring.score`."""
    return score_rows(dataset.truth, {**dataset.meta, "equivalence": classes_of(dataset)}, predictions)


def classes_of(dataset: Dataset) -> Classes:
    """What nothing visible tells apart: as the set names it, else by the visible rule."""
    named: Classes | None = dataset.meta.get("equivalence")
    return named or visible_classes(dataset.vouchers, dataset.transactions, dataset.truth)


def evaluate(path: str | Path, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Load a set, predict and score it; `seconds` is the time the engine took."""
    dataset = load_dataset(path)
    started = time.perf_counter()
    predictions = predict(dataset, progress)
    seconds = time.perf_counter() - started
    return {**score(dataset, predictions), "seconds": round(seconds, 2)}
