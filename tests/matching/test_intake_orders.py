"""Whatever is delivered in which order, overlapping and repeated: the database ends with the payments that happened."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import Client
from matching.models import Sighting, Transaction
from matching.services.intake import TransactionData, account_for, import_transactions

pytestmark = pytest.mark.django_db
FIRST = date(2025, 7, 1)
DAYS = 6
FAMILIES = ("camt.053.001.08", "camt.053.001.02", "mt940", "csv:dkb", "camt.052.001.08")


def happened(chance: random.Random) -> list[TransactionData]:
    """Payments of some days, with many twins."""
    found = []
    for number in range(chance.randint(5, 30)):
        day = FIRST + timedelta(days=chance.randrange(DAYS))
        line = TransactionData(
            str(number),
            day,
            day,
            Decimal(chance.choice(["-4.50", "-4.50", "-9.99", "120.00"])),
            "EUR",
            counterparty=chance.choice(["Kaffeerösterei Nord GmbH", "Druckhaus Seeblick"]),
            counterparty_iban=chance.choice(["", "DE75512108001245126199", "DE02120300000000202051"]),
            purpose=chance.choice(["Abo Juli", f"Rechnung {number}"]),
            end_to_end_id=chance.choice(["", f"E2E-{number:04}"]),
        )
        found.append(line)
    return found


def told(family: str, payments: list[TransactionData], chance: random.Random) -> list[TransactionData]:
    """The same payments as a family tells of them: texts cut, ids left out, keys of its own, twins numbered."""
    losing = chance.sample(["end_to_end_id", "counterparty_iban", "purpose"], chance.randint(0, 3))
    empty: dict[str, Any] = dict.fromkeys(losing, "")
    cut = chance.choice([10, 27, 255])
    counted: Counter[tuple[object, ...]] = Counter()
    lines = []
    for payment in payments:
        said = replace(payment, counterparty=payment.counterparty[:cut].upper(), **empty)
        content = (said.booking_date, said.amount, said.counterparty_iban, said.end_to_end_id, said.purpose)
        counted[content] += 1
        name = "|".join(map(str, (*content, counted[content])))
        lines.append(replace(said, key=f"{family[:4]}{name}"[:80]))
    return lines


@pytest.mark.parametrize("seed", range(12))
def test_exactly_what_happened(kontor_client: Client, seed: int) -> None:
    chance = random.Random(seed)
    payments = happened(chance)
    deliveries = []
    for family in chance.sample(FAMILIES, chance.randint(1, len(FAMILIES))):
        lines = told(family, payments, chance)
        for _ in range(3):
            first = chance.randrange(DAYS)
            last = chance.randrange(first, DAYS)
            deliveries.append((family, first, last, lines))
        deliveries.append((family, 0, DAYS, lines))
    results = []
    for _ in range(2):
        chance.shuffle(deliveries)
        account = account_for(kontor_client, iban="DE02120300000000202051")
        for family, first, last, lines in deliveries:
            days = {FIRST + timedelta(days=n) for n in range(first, last + 1)}
            import_transactions(account, [line for line in lines if line.booking_date in days], family=family)
        stored = Counter(Transaction.objects.values_list("booking_date", "amount"))
        assert stored == Counter((line.booking_date, line.amount) for line in payments)
        columns = ("booking_date", "amount", "counterparty", "counterparty_iban", "purpose", "end_to_end_id")
        results.append((Counter(Transaction.objects.values_list(*columns)), Sighting.objects.count()))
        Transaction.objects.all().delete()
    assert results[0] == results[1]


def test_a_thousand_lines_take_few_queries(kontor_client: Client) -> None:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    lines = [
        TransactionData(f"k{n}", FIRST + timedelta(days=n % 300), None, Decimal(n), "EUR", raw="x" * 100)
        for n in range(1, 2001)
    ]
    counts = []
    for family in ("camt.053.001.08", "mt940", "mt940"):
        queries: list[str] = []

        def note(execute, sql, params, many, context, queries=queries):
            queries.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            import_transactions(account, lines, family=family)
        counts.append(len(queries))
    assert max(counts) <= 30
