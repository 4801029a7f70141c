"""Taking over bank transactions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Client
from matching.models import BankAccount, Transaction


@dataclass(frozen=True, slots=True)
class TransactionData:
    """A booked line as every intake delivers it; ``amount`` signed, ``key`` the same whenever it is delivered again."""

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


def account_for(
    client: Client, *, iban: str = "", other_id: str = "", currency: str = "EUR", bank: str = ""
) -> BankAccount:
    """The client's account with this IBAN (or the bank's own id), made if it is new."""
    raise NotImplementedError


def import_transactions(
    account: BankAccount, lines: Iterable[TransactionData], *, source: str = Transaction.Source.STATEMENT
) -> ImportOutcome:
    """Write the lines that are not known yet, all or none."""
    raise NotImplementedError
