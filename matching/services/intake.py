"""Taking over bank transactions: never one twice, never one changed."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from accounts.models import Client
from matching.models import BankAccount, Transaction
from matching.services.columns import columns_of
from matching.services.lines import ImportOutcome, TransactionData

__all__ = ["AccountOfAnotherClient", "ImportOutcome", "TransactionData", "account_for", "import_transactions"]

BATCH = 500


class AccountOfAnotherClient(Exception):
    """The account is kept at another client already."""


def account_for(
    client: Client, *, iban: str = "", other_id: str = "", currency: str = "EUR", bank: str = ""
) -> BankAccount:
    """The client's account with this IBAN (or the bank's own id), made if it is new.

    Raises ``AccountOfAnotherClient`` where the IBAN is kept at another client: one of the two files lies with the
    wrong client, and nobody but a person can say which. ``ValueError`` where neither identifier is given. The bank's
    own ids are short counters, so they may occur at several clients.
    """
    iban = "".join(iban.split()).upper()
    key = iban or "".join(other_id.split()).upper()
    if not key:
        raise ValueError("An account needs an IBAN or the bank's own id.")
    known = BankAccount.objects.filter(client=client, key=key).first()
    if known:
        return known
    if iban and BankAccount.objects.filter(iban=iban).exclude(client=client).exists():
        raise AccountOfAnotherClient(iban)
    account, _ = BankAccount.objects.get_or_create(
        client=client, key=key, defaults={"iban": iban, "currency": currency or "EUR", "bank": bank[:120]}
    )
    return account


@transaction.atomic
def import_transactions(
    account: BankAccount,
    lines: Iterable[TransactionData],
    *,
    source: str = Transaction.Source.STATEMENT,
    family: str = "",
    delivery: str = "",
    through: date | None = None,
) -> ImportOutcome:
    """Write the lines that are not known yet, all or none.

    A line whose key is known is left as it is, even if its text differs now: what was imported first may be matched
    already, and banks polish texts afterwards. Safe to repeat and to run twice at the same time.
    """
    BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
    by_key: dict[str, TransactionData] = {}
    count = 0
    for line in lines:
        count += 1
        by_key.setdefault(line.key, line)
    known: set[str] = set()
    keys = list(by_key)
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        known.update(Transaction.objects.filter(account=account, key__in=some).values_list("key", flat=True))
    new = [_row(account, line, source) for key, line in by_key.items() if key not in known]
    Transaction.objects.bulk_create(new, batch_size=BATCH)
    return ImportOutcome(new=len(new), duplicate=count - len(new))


def _row(account: BankAccount, line: TransactionData, source: str) -> Transaction:
    return Transaction(
        client_id=account.client_id,
        account=account,
        source=source,
        key=line.key,
        booking_date=line.booking_date,
        amount=line.amount,
        currency=line.currency,
        entry_key=line.entry_key,
        part=line.part,
        parts=line.parts,
        **columns_of(line),
    )
