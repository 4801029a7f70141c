"""All bank files of others, imported in any order and twice, end in the same transactions."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Client
from integrations.models import AccountStatement
from integrations.services.statements import import_file
from integrations.statements.mt940_account import account_aliases
from matching.models import AccountState, BankAccount, PendingLine, Sighting, Transaction

pytestmark = [pytest.mark.django_db, pytest.mark.samples, pytest.mark.slow]
Row = tuple[Any, ...]


def _import_all(client: Client, files: list[Path]) -> int:
    new = 0
    for file in files:
        content = file.read_bytes()
        result = import_file(client, file.name, content)
        new += result.new
        if result.needs_account:
            chosen, _ = BankAccount.objects.get_or_create(
                client=client, key=file.stem, defaults={"state": AccountState.OPEN}
            )
            new += import_file(client, file.name, content, account=chosen).new
    return new


def _account(account: BankAccount | None) -> str:
    assert account
    return min(account_aliases(account.key) or {account.key})


def _standing() -> Counter[Row]:
    rows = Transaction.objects.select_related("account")
    return Counter(
        (_account(row.account), row.booking_date, row.amount, row.currency, row.withdrawn_reason) for row in rows
    )


def _days() -> set[Row]:
    rows = AccountStatement.objects.select_related("account")
    return {(_account(row.account), row.format, row.from_date, row.to_date, row.booked, row.lines) for row in rows}


def test_any_order_gives_the_same_transactions(samples: Path, kontor_client: Client) -> None:
    files = [file for file in sorted((samples / "bank").iterdir()) if file.suffix not in (".md", ".json")]
    assert len(files) > 70
    results = []
    for seed in (None, 1, 2):
        order = list(files)
        if seed is not None:
            random.Random(seed).shuffle(order)
        assert _import_all(kontor_client, order) > 300
        sightings = Sighting.objects.count()
        assert _import_all(kontor_client, order[::-1]) == 0
        assert Sighting.objects.count() == sightings
        results.append((_standing(), _days(), sightings))
        for model in (PendingLine, AccountStatement, Transaction, BankAccount):
            model.objects.all().delete()
        kontor_client.statement_files.all().delete()
    assert results[0] == results[1] == results[2]
