"""The comparison of what came from the local Qonto with its truth."""

from collections import Counter
from decimal import Decimal
from typing import Any

from accounts.models import Client
from integrations.models import Connection, Provider
from integrations.services.qonto_lines import FAMILY
from matching.models import PendingLine, Sighting, Transaction, TransactionFile


def feed_differences(client: Client, truth: dict[str, Any]) -> list[str]:
    """What of a feed is not as the bank says it must be, in words; empty where every line and document is right."""
    problems = []
    sightings = Sighting.objects.filter(account__client=client, family=FAMILY).select_related("transaction", "account")
    here = {
        row.key: (row.transaction.amount, row.transaction.booking_date.isoformat(), row.account.iban)
        for row in sightings
    }
    wanted = {row["key"]: (Decimal(row["cents"]) / 100, row["day"], row["account"]) for row in truth["transactions"]}
    if missing := wanted.keys() - here.keys():
        problems.append(f"{len(missing)} transactions of Qonto are missing")
    if extra := here.keys() - wanted.keys():
        problems.append(f"{len(extra)} transactions of Qonto are there that must not be")
    if differ := sum(here[key] != wanted[key] for key in here.keys() & wanted.keys()):
        problems.append(f"{differ} transactions of Qonto have another amount, day or account")
    count = Transaction.objects.filter(client=client).count()
    if count != len(wanted):
        problems.append(f"{count} transactions instead of {len(wanted)}")
    pending = set(PendingLine.objects.filter(account__client=client, family=FAMILY).values_list("key", flat=True))
    if pending != set(truth["pending"]):
        problems.append(f"{len(pending)} announced payments instead of {len(truth['pending'])}")
    return problems + _document_differences(client, truth)


def _document_differences(client: Client, truth: dict[str, Any]) -> list[str]:
    """Whether the documents are here, byte for byte; none of them where the firm does not want them."""
    wants = Connection.objects.filter(client=client, provider=Provider.QONTO, fetch_files=True).exists()
    wanted = Counter((row["transaction"], row["sha256"]) for row in truth["documents"] if wants)
    files = TransactionFile.objects.filter(transaction__client=client).exclude(stored=None)
    here = Counter(files.filter(transaction__sightings__family=FAMILY).values_list(
        "transaction__sightings__key", "stored__sha256"
    ))  # fmt: skip
    differ = (wanted - here) + (here - wanted)
    return [f"{differ.total()} documents of Qonto are missing, or are others"] if differ else []
