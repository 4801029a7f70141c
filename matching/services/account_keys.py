"""Which account of a client a delivery means."""

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Client
from matching.models import BankAccount


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
    # a request carries an IBAN, too, but keeps no statements: it has no key
    elsewhere = BankAccount.objects.exclude(client=client).filter(Q(key=iban) | (Q(iban=iban) & ~Q(key="")))
    if iban and elsewhere.exists():
        raise AccountOfAnotherClient(iban)
    values = {"iban": iban, "currency": currency or "EUR", "bank": bank[:120]}
    try:
        with transaction.atomic():
            account, _ = BankAccount.objects.get_or_create(client=client, key=key, defaults=values)
    except IntegrityError:  # another client took it in this moment
        raise AccountOfAnotherClient(iban) from None
    return account
