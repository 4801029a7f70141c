"""The same payment from the feed, from a table of Qonto and from a statement is one transaction, in every order."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from accounts.models import Client
from integrations.models import Connection
from integrations.services.statements import import_file
from matching.models import Transaction
from tests.integrations.qonto.conftest import Qonto, fetch
from tests.integrations.statements.builder import booking, one

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = (
    "Status;Settlement date (UTC);Settlement date (local);Operation date (UTC);Operation date (local);Transaction ID;"
    "Counterparty name;Reference;Payment method;Total amount (incl. VAT);Currency;IBAN"
)


class Deliveries:
    """Two equal purchases and an income of one day, as each source tells of them."""

    def __init__(self, qonto: Qonto, connection: Connection) -> None:
        self.qonto, self.connection = qonto, connection
        self.day = timezone.localdate() - timedelta(days=6)
        self.iban = qonto.account.iban
        self.keys = [
            qonto.add(cents, self.day.isoformat(), label="Kaffeerösterei Wendt", reference="Bohnen")
            for cents in (-4990, -4990, 120000)
        ]

    def feed(self, client: Client) -> None:
        assert fetch(self.connection).error == ""

    def table(self, client: Client) -> None:
        day = f"{self.day:%d-%m-%Y}"
        rows = [
            f"settled;{day} 11:00:00;{day} 12:00:00;{day} 11:00:00;{day} 12:00:00;{key};Kaffeerösterei Wendt;Bohnen;"
            f"Transfer;{amount};EUR;{self.iban}"
            for key, amount in zip(self.keys, ("-49.90", "-49.90", "1200.00"), strict=True)
        ]
        found = import_file(client, "qonto.csv", "\n".join([HEADER, *rows, ""]).encode())
        assert (found.transactions, found.errors) == (3, ())

    def statement(self, client: Client) -> None:
        day = self.day.isoformat()
        lines = [
            booking(amount, "Bohnen", direction=direction, booked=day, valued=day)
            for amount, direction in (("49.90", "DBIT"), ("49.90", "DBIT"), ("1200.00", "CRDT"))
        ]
        found = import_file(client, "auszug.xml", one(*lines, iban=self.iban))
        assert (found.transactions, found.errors) == (3, ())


@pytest.mark.parametrize("order", list(permutations(["feed", "table", "statement"])), ids="-".join)
def test_in_every_order(qonto: Qonto, connection: Connection, kontor_client: Client, order: tuple[str, ...]) -> None:
    deliveries = Deliveries(qonto, connection)
    for name in order:
        getattr(deliveries, name)(kontor_client)
    assert fetch(connection, full=True).created == 0
    amounts = sorted(str(amount) for amount in Transaction.objects.values_list("amount", flat=True))
    assert amounts == ["-49.90", "-49.90", "1200.00"]
    for transaction in Transaction.objects.all():
        families = {family.split(".")[0] for family in transaction.sightings.values_list("family", flat=True)}
        assert families == {"feed:qonto", "csv:qonto", "camt"}
