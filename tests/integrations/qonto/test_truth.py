"""The demo's comparison of a feed with what the local Qonto knows: silent where all is right, and only there."""

from typing import Any

import pytest
import requests
from django.utils import timezone

from config.demo.feed_report import feed_differences
from integrations.models import Connection
from matching.models import PendingLine, Transaction, TransactionFile
from tests.integrations.qonto.conftest import Qonto, fetch
from tests.integrations.qonto.test_fetch import days_ago

pytestmark = pytest.mark.django_db(transaction=True)


def truth(qonto: Qonto) -> dict[str, Any]:
    url = f"{qonto.running.control_url}/qonto/organizations/{qonto.id}/truth"
    return dict(requests.get(url, timeout=10).json())


@pytest.fixture
def complete(qonto: Qonto, connection: Connection) -> Connection:
    """Two lines, one with its document, and one that is announced."""
    Connection.objects.filter(pk=connection.pk).update(fetch_files=True)
    bought = qonto.add(-1999, days_ago(4))
    qonto.do("attachments", bought, text="Quittung")
    qonto.add(5000, days_ago(3))
    qonto.add(-700)
    fetch(connection)
    return connection


def test_a_complete_feed_is_right(qonto: Qonto, complete: Connection) -> None:
    assert feed_differences(complete.client, truth(qonto)) == []


def test_what_differs_is_told(qonto: Qonto, complete: Connection) -> None:
    qonto.add(100, days_ago(2), updated_at=timezone.now().isoformat())
    assert [line.split()[0] for line in feed_differences(complete.client, truth(qonto))] == ["1", "2"]
    fetch(complete)
    Transaction.objects.filter(amount="50.00").update(amount="51.00")
    TransactionFile.objects.update(stored=None)
    PendingLine.objects.all().delete()
    told = feed_differences(complete.client, truth(qonto))
    assert told == [
        "1 transactions of Qonto have another amount, day or account",
        "0 announced payments instead of 1",
        "1 documents of Qonto are missing, or are others",
    ]


def test_documents_that_nobody_wants_are_not_missed(qonto: Qonto, connection: Connection) -> None:
    qonto.do("attachments", qonto.add(-1999, days_ago(4)), text="Quittung")
    fetch(connection)
    assert feed_differences(connection.client, truth(qonto)) == []
