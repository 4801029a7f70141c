"""What came before sources were kept is recognised when it comes again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import Client
from matching.models import Sighting, Transaction
from matching.services.intake import TransactionData, account_for, import_transactions

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 10)
LINE = TransactionData("k1", DAY, DAY, Decimal("-4.50"), "EUR", counterparty="Café", raw="<Ntry/>")


@pytest.mark.parametrize("filled", [True, False])
def test_old_lines_meet_their_file_again(kontor_client: Client, filled: bool) -> None:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    twins = [LINE, replace(LINE, key="k1-2")]
    import_transactions(account, twins)
    Sighting.objects.all().delete()
    if filled:
        migration = import_module("matching.migrations.0007_sources_of_old_lines")
        for _ in range(2):
            migration.fill(apps, SimpleNamespace(connection=connection))
        assert set(Sighting.objects.values_list("family", "rank", "key")) == {
            ("camt.053", 1, "k1"),
            ("camt.053", 1, "k1-2"),
        }
        assert import_transactions(account, twins).duplicate == 2
    outcome = import_transactions(account, twins, family="camt.053.001.08")
    assert (outcome.new, outcome.sightings) == (0, 2)
    assert Transaction.objects.count() == 2
    assert import_transactions(account, twins, family="camt.053.001.08").sightings == 0
    richer = replace(LINE, key="m1", counterparty="CAFE", end_to_end_id="E2E-7")
    import_transactions(account, [richer], family="mt940")
    assert set(Transaction.objects.values_list("counterparty", flat=True)) == {"Café"}
    assert Transaction.objects.filter(end_to_end_id="E2E-7").count() == 1
