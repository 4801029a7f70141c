"""Bank transactions are taken over once, whole, and never changed afterwards."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Client, User
from matching.models import Transaction
from matching.services.intake import (
    AccountOfAnotherClient,
    ImportOutcome,
    TransactionData,
    account_for,
    import_transactions,
)

DAY = date(2025, 7, 10)
LINE = TransactionData("k1", DAY, DAY, Decimal("-64.02"), "EUR", counterparty="Köhler", purpose="RE-2025-8062")


def test_known_lines_are_counted_and_left_alone(kontor_client: Client) -> None:
    account = account_for(kontor_client, iban="DE02 1203 0000 0000 2020 51", bank="DKB")
    assert import_transactions(account, [LINE]) == ImportOutcome(new=1, duplicate=0)
    polished = replace(LINE, purpose="polished afterwards")
    other = replace(LINE, key="k2")
    assert import_transactions(account, [polished, other]) == ImportOutcome(new=1, duplicate=1)
    assert Transaction.objects.get(key="k1").purpose == "RE-2025-8062"


def test_a_key_twice_in_one_delivery_is_one_line(kontor_client: Client) -> None:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    assert import_transactions(account, [LINE, LINE]) == ImportOutcome(new=1, duplicate=1)


def test_long_texts_are_cut_and_kept_raw(kontor_client: Client) -> None:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    long = replace(LINE, counterparty="x" * 400, purpose="p" * 90_000, raw="y" * 99_000, end_to_end_id="z" * 400)
    import_transactions(account, [long])
    row = Transaction.objects.get()
    assert (len(row.counterparty), len(row.purpose), len(row.end_to_end_id)) == (255, 10_000, 120)
    assert len(row.raw) == 99_000


def test_all_lines_or_none(kontor_client: Client) -> None:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    with pytest.raises(ValueError, match="day is out of range"):
        import_transactions(
            account, (replace(LINE, key=f"k{day}", booking_date=date(2025, 2, day)) for day in (28, 29))
        )
    assert not Transaction.objects.exists()


def test_an_iban_belongs_to_one_client(kontor_client: Client, outsider: User) -> None:
    account = account_for(kontor_client, iban="DE02120300000000202051")
    assert account_for(kontor_client, iban="de02 1203 0000 0000 2020 51") == account
    other = Client.objects.exclude(pk=kontor_client.pk).get()
    with pytest.raises(AccountOfAnotherClient):
        account_for(other, iban="DE02120300000000202051")
    # the bank's own numbers are no such proof
    assert account_for(kontor_client, other_id="4711") != account_for(other, other_id="4711")
    with pytest.raises(ValueError, match="IBAN"):
        account_for(kontor_client)
