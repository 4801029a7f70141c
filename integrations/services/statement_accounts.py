"""Which account of a client a statement means."""

from dataclasses import replace
from typing import Final

from django.db.models import Q

from accounts.models import Client
from integrations.statements.mt940_account import account_aliases
from integrations.statements.shapes import StatementHeader
from matching.models import AccountState, BankAccount
from matching.services.bank_accounts import UnableToChange, accept
from matching.services.intake import AccountOfAnotherClient, account_for

NAMED_BY_IBAN: Final = ("camt.053", "camt.052", "camt.054")
"""Messages that always name their account in the same way."""


class PrivateAccount(Exception):
    """The account is not used for the business: nothing of it may be stored."""


def named(header: StatementHeader, account: BankAccount | None) -> StatementHeader:
    """The header as the keys of its lines shall be made with: the same account always under the same name.

    MT940 files write an account now as IBAN, now as bank code and number. A table may not say its account at all: then
    it is ``account``, which somebody chose.
    """
    text = header.account or (_name(account) if account is not None else "")
    if not text or header.message in NAMED_BY_IBAN:
        return header
    return replace(header, iban="", other_id=_canonical(text))


def _name(account: BankAccount) -> str:
    return account.iban or account.key or f"#{account.pk}"


def _canonical(text: str) -> str:
    """Bank code and number where they can be told, as both an IBAN and the older form have them."""
    return min(account_aliases(text) or {text})


def account_of(client: Client, header: StatementHeader, chosen: BankAccount | None = None) -> BankAccount:
    """The client's account that a statement names, or else the ``chosen`` one; made if it is new, open from now on.

    An account may be known by its IBAN and named by bank code and number, or the other way round. Raises
    ``AccountOfAnotherClient``, ``PrivateAccount``, and ``ValueError`` where none is named and none chosen.
    """
    account = _known(client, header) if header.account else chosen
    if account is None:
        account = account_for(
            client,
            iban=header.iban,
            other_id=header.other_id,
            currency=header.currency,
            bank=header.bank_name or header.bank_bic,
        )
    if account.is_private:
        raise PrivateAccount
    if account.state == AccountState.REQUESTED:
        account = _accepted(account, header)
    if header.iban and not account.iban:
        _note_iban(account, header.account)
    return account


def _accepted(account: BankAccount, header: StatementHeader) -> BankAccount:
    """A requested account, open from now on, as its first statement proves that it is there."""
    try:
        return accept(account, None, iban=header.iban, other_id=header.account or account.iban or f"#{account.pk}")
    except UnableToChange:
        now = BankAccount.objects.filter(pk=account.pk, state=AccountState.OPEN).first()
        if now is None:
            raise AccountOfAnotherClient(header.account or account.iban) from None
        return now  # somebody else accepted it in this moment


def _known(client: Client, header: StatementHeader) -> BankAccount | None:
    """An account that keeps statements already, else one that was requested with this IBAN."""
    mine = BankAccount.objects.filter(client=client).order_by("pk")
    kept = mine.exclude(key="")
    exact = kept.filter(Q(key=header.account) | Q(iban=header.account)).first()
    if exact is not None:
        return exact
    aliases = account_aliases(header.account)
    alike = [account for account in kept if aliases & (account_aliases(account.key) | account_aliases(account.iban))]
    candidates = [account for account in alike if account.currency == header.currency] or alike
    if len(candidates) == 1:
        return candidates[0]
    requested = mine.filter(state=AccountState.REQUESTED, iban=header.account).first()
    return requested if header.iban else None


def _note_iban(account: BankAccount, iban: str) -> None:
    """Remember the IBAN of an account that was known by bank code and number; its name for statements stays."""
    if not BankAccount.objects.filter(iban=iban).exclude(key="").exists():
        BankAccount.objects.filter(pk=account.pk, iban="").update(iban=iban)
    account.refresh_from_db()
