"""A whole benchmark set through the real doors: vouchers, statement files, matching, export, against its truth."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from matching.evaluation import Prediction, load_dataset, score
from matching.models import Decision, Proposal, Transaction
from matching.services import run_matching
from tests.matching import benchmark_world as world

pytestmark = [pytest.mark.django_db, pytest.mark.samples, pytest.mark.slow]


def test_every_automatic_match_is_right(samples: Path, tmp_path: Path) -> None:
    folder = samples / "matching" / "dev-small"
    clients = world.add_clients(folder, date(2026, 3, 12))
    world.take_over_vouchers(folder, clients)
    files = world.import_statements(folder, clients)
    assert sum(file.new for file in files) == len(world.rows(folder, "transactions.jsonl"))
    assert not any(file.errors for file in files)

    results = [run_matching(client) for client in clients.values()]
    assert sum(result.automatic for result in results) > 250
    written = (Proposal.objects.count(), Decision.objects.count())
    for client in clients.values():
        run_matching(client)
    assert (Proposal.objects.count(), Decision.objects.count()) == written

    # the bank's reference of each booking is its id in the set, without hyphens
    ids = {row["id"].replace("-", ""): row["id"] for row in world.rows(folder, "transactions.jsonl")}
    booked = {str(pk): ids[reference] for pk, reference in Transaction.objects.values_list("pk", "bank_reference")}
    predictions = []
    for name, client in clients.items():
        target = tmp_path / f"{client.number}.jsonl"
        call_command("export", client.number, "matches", "-o", str(target), verbosity=0)
        for line in target.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            decision = "auto" if row["state"] == "automatic" else "suggest"
            pair = row["voucher"], booked[row["transaction"]]
            predictions.append(Prediction(name, *pair, Decimal(row["amount"]), row["probability"], decision))
    scores = score(load_dataset(folder), predictions)
    assert scores["wrong"] == 0
    assert scores["recall"] > 0.8
