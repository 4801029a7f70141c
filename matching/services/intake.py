"""Taking over bank transactions: never one twice, never one changed."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import Client
from matching.models import BankAccount, Transaction

BATCH = 500


@dataclass(frozen=True, slots=True)
class TransactionData:
    """A booked line as every intake delivers it; ``amount`` signed, ``key`` the same whenever it is delivered again.

    Real twins (two equal lines of one day) come with different keys; whoever delivers them numbers them.
    """

    key: str
    booking_date: date
    value_date: date | None
    amount: Decimal
    currency: str
    counterparty: str = ""
    counterparty_iban: str = ""
    purpose: str = ""
    end_to_end_id: str = ""
    mandate_id: str = ""
    creditor_id: str = ""
    code: str = ""
    bank_reference: str = ""
    is_reversal: bool = False
    raw: str = ""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What came of some lines: ``new`` rows written, ``duplicate`` ones known already."""

    new: int
    duplicate: int


class AccountOfAnotherClient(Exception):
    """The account is kept at another client already."""


# What the columns hold at most; a bank's text beyond that is cut, ``raw`` keeps all of it.
_LIMITS = {
    field.name: limit
    for field in fields(TransactionData)
    if (limit := getattr(Transaction._meta.get_field(field.name), "max_length", None)) and field.name != "key"
}
# 140 characters are usual, a batch may tell of some dozen payments; what is longer only keeps the engine busy.
_LIMITS["purpose"] = 10_000


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
    account: BankAccount, lines: Iterable[TransactionData], *, source: str = Transaction.Source.STATEMENT
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
    values = {field.name: getattr(line, field.name) for field in fields(TransactionData)}
    for name, limit in _LIMITS.items():
        values[name] = values[name][:limit]
    return Transaction(client_id=account.client_id, account=account, source=source, **values)
