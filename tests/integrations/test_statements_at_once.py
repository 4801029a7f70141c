"""Two statements of one day, imported in the same moment: the payments of both, whichever is kept last."""

from threading import Event
from time import monotonic, sleep

import pytest
from django.db import transaction

from accounts.models import Client
from integrations.models import StatementFile
from integrations.services.statements import import_file
from matching.models import Transaction
from tests.integrations.statements.builder import booking, one
from tests.threads import in_threads, join
from vouchers.storage import store

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 30


def part(number: int, opening: str, closing: str) -> bytes:
    """A part of the day: a coffee between two balances, told without any id."""
    return one(booking("4.50", "Kaffee"), number=f"S-{number}", opening=opening, closing=closing)


@pytest.mark.postgresql
def test_an_import_that_is_overtaken_before_its_days_are_kept_still_proves_its_payments(kontor_client: Client) -> None:
    first, second = part(1, "100.00", "95.50"), part(2, "95.50", "91.00")
    stored = store(first, "application/xml")
    held, go_on = Event(), Event()

    def hold() -> None:
        """Make the first import wait behind its lines, with a row like the one that it is going to write."""
        with transaction.atomic():
            StatementFile.objects.create(client=kontor_client, name="held", stored=stored)
            held.set()
            go_on.wait(WAIT)
            transaction.set_rollback(True)

    threads = in_threads(hold)
    assert held.wait(WAIT)
    threads += in_threads(lambda: import_file(kontor_client, "first.xml", first))
    end = monotonic() + WAIT
    while not Transaction.objects.exists() and monotonic() < end:
        sleep(0.02)
    overtaken = import_file(kontor_client, "second.xml", second)
    assert (overtaken.new, overtaken.duplicate) == (0, 1)
    go_on.set()
    join(threads)
    assert sorted(StatementFile.objects.values_list("name", "new", "duplicate")) == [
        ("first.xml", 1, 0),
        ("second.xml", 0, 1),
    ]
    assert Transaction.objects.count() == 2
    assert import_file(kontor_client, "second.xml", second).new == 0
    assert Transaction.objects.count() == 2
