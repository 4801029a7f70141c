"""The life of a bank account: asked for, accepted or refused, taken over, closed, opened again, private."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum import iban as iban_check

from accounts.display import day
from accounts.models import Client, User
from matching.models import AccountState, BankAccount, BankAccountEvent
from vouchers.locks import lock

Kind = BankAccountEvent.Kind
TEXTS: Final = ("bank", "town", "name", "iban", "note")
CORRECTED: Final = (*TEXTS, "wanted_from")
WAITING: Final = (AccountState.REQUESTED, AccountState.REFUSED)


class UnableToChange(Exception):
    """The account cannot be changed like that; ``str()`` says why in words for the person (translated).

    ``field`` names what was wrong of what was given; empty where it is the account itself.
    """

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@transaction.atomic
def request_account(
    client: Client,
    actor: User | None,
    *,
    bank: str,
    wanted_from: date,
    for_business: bool,
    town: str = "",
    iban: str = "",
    name: str = "",
    note: str = "",
) -> BankAccount:
    """Ask the firm for an account whose statements it shall take.

    Nothing is connected by it: the request has no key until somebody of the firm accepts it, so it stands in nobody's
    way. The same request again is the one that waits already. Raises ``UnableToChange`` where the client keeps this
    account here already, or where it is not used for the business.
    """
    if not for_business:
        raise UnableToChange(
            _("Only accounts that are used for the business are taken: keep your private money private."),
            "for_business",
        )
    lock(client.pk)
    values: dict[str, Any] = _cut({"bank": bank, "town": town, "name": name, "iban": tidy(iban), "note": note})
    if values["iban"]:
        if BankAccount.objects.filter(client=client, key=values["iban"]).exists():
            raise UnableToChange(_("This account is connected already: you find it in the list."), "iban")
        same = {"iban": values["iban"]}
    else:
        same = {"bank": values["bank"], "town": values["town"], "name": values["name"], "iban": ""}
    waiting = BankAccount.objects.filter(client=client, state=AccountState.REQUESTED, **same).first()
    if waiting is not None:
        return waiting
    account = BankAccount.objects.create(
        client=client, state=AccountState.REQUESTED, requested_by=actor, wanted_from=wanted_from, **values
    )
    _remember(account, Kind.REQUESTED, actor, "", words=note)
    return account


@transaction.atomic
def accept(account: BankAccount, actor: User | None, *, iban: str = "", other_id: str = "") -> BankAccount:
    """Connect a requested account: from now on its statements belong to it, and the calendar asks for them.

    The IBAN, or the bank's own id of an account without one, may come with it. Where statements of the account have
    been imported meanwhile, the account they made takes the request over, and is the answer. Raises ``UnableToChange``
    where neither is known, where another client keeps the account, or where somebody decided before.
    """
    current = _current(account, (AccountState.REQUESTED,))
    iban = _checked(iban) or current.iban
    key = iban or tidy(other_id)
    if not key:
        raise UnableToChange(_("The IBAN is missing: ask the client for it, or enter it here."), "iban")
    if iban and BankAccount.objects.filter(key=iban).exclude(client=current.client_id).exists():
        raise UnableToChange(_("Another client of the firm keeps this account. Please check the IBAN."), "iban")
    known = BankAccount.objects.filter(client=current.client_id, key=key).first()
    if known is not None:
        return _joined(current, known, actor)
    _change(current, AccountState.OPEN, Kind.ACCEPTED, actor, iban=iban[:34], key=key[:60])
    return current


def _joined(request: BankAccount, known: BankAccount, actor: User | None) -> BankAccount:
    """Let an account that exists take a request over, with its history; what the account says itself stays."""
    if known.state != AccountState.OPEN or known.is_private:
        raise UnableToChange(_("This account is here already, and closed or private: open it again instead."), "iban")
    values = {name: getattr(request, name) for name in TEXTS if not getattr(known, name) and getattr(request, name)}
    values["wanted_from"] = request.wanted_from or known.wanted_from
    BankAccountEvent.objects.filter(account=request).update(account=known)
    request.delete()
    _change(known, AccountState.OPEN, Kind.ACCEPTED, actor, **values)
    return known


@transaction.atomic
def correct(account: BankAccount, actor: User | None, **values: Any) -> bool:
    """Correct ``CORRECTED`` columns; answers whether anything changed.

    The IBAN only while the account is requested: afterwards it is the name under which statements find it.
    """
    lock(account.client_id)
    current = BankAccount.objects.get(pk=account.pk)
    unknown = set(values) - set(CORRECTED)
    if unknown:
        raise ValueError(f"Not to be corrected: {', '.join(sorted(unknown))}")
    if "iban" in values:
        values["iban"] = _checked(values["iban"])
        if values["iban"] != current.iban and current.state not in WAITING:
            raise UnableToChange(
                _("Statements find the account by its IBAN, so it stays. Request the right one anew."), "iban"
            )
    values = _cut(values)
    changed = {name: value for name, value in values.items() if getattr(current, name) != value}
    if not changed:
        return False
    _change(current, AccountState(current.state), Kind.CORRECTED, actor, **changed)
    account.refresh_from_db()
    return True


@transaction.atomic
def refuse(account: BankAccount, actor: User | None, words: str) -> None:
    """Refuse a request; the client reads ``words``. Raises ``UnableToChange`` without any, or once it is decided."""
    if not words.strip():
        raise UnableToChange(_("Please write a sentence for the client: why the account is not taken."), "words")
    current = _current(account, (AccountState.REQUESTED,))
    _change(current, AccountState.REFUSED, Kind.REFUSED, actor, words=words)


@transaction.atomic
def take_over(account: BankAccount, actor: User | None, successor: BankAccount, from_day: date) -> None:
    """Say that ``successor`` has taken an open account's place from that day on: its statements end the day before.

    Raises ``UnableToChange`` for an account of another client, a private or refused one, and where the accounts would
    take each other over in a circle.
    """
    current = _current(account, (AccountState.OPEN,))
    if successor.client_id != current.client_id:
        raise UnableToChange(_("Only an account of the same client can take its place."), "successor")
    other: BankAccount | None = BankAccount.objects.get(pk=successor.pk)
    if other is None or other.is_private or other.state == AccountState.REFUSED:
        raise UnableToChange(
            _("That account is private or was refused, so it cannot take the place of another one."), "successor"
        )
    while other is not None:
        if other.pk == current.pk:
            raise UnableToChange(_("The accounts would take each other over in a circle."), "successor")
        other = other.successor
    _change(current, AccountState.OPEN, Kind.TAKEN_OVER, actor, successor_id=successor.pk, successor_from=from_day)


@transaction.atomic
def keep_on(account: BankAccount, actor: User | None) -> None:
    """Take it back that another account has taken its place."""
    current = _current(account, (AccountState.OPEN, AccountState.CLOSED))
    if current.successor_id is not None:
        _change(
            current, AccountState(current.state), Kind.NOT_TAKEN_OVER, actor, successor_id=None, successor_from=None
        )


@transaction.atomic
def close(account: BankAccount, actor: User | None, on: date, words: str = "") -> None:
    """Close an account on its last day: later days are not asked for.

    Raises ``UnableToChange`` where a payment was booked after that day, or where it is closed already.
    """
    current = _current(account, (AccountState.OPEN,))
    later = current.transactions.filter(booking_date__gt=on, withdrawn_at=None).order_by("-booking_date")
    last = later.values_list("booking_date", flat=True).first()
    if last is not None:
        raise UnableToChange(
            _("There is a payment of %(day)s: the account cannot have been closed before.") % {"day": day(last)}, "day"
        )
    _change(current, AccountState.CLOSED, Kind.CLOSED, actor, words=words, closed_on=on)


@transaction.atomic
def reopen(account: BankAccount, actor: User | None, words: str = "") -> None:
    """Open a closed account again; a refused request waits again."""
    current = _current(account, (AccountState.CLOSED, AccountState.REFUSED))
    to = AccountState.OPEN if current.state == AccountState.CLOSED else AccountState.REQUESTED
    _change(current, to, Kind.REOPENED, actor, words=words, closed_on=None)


@transaction.atomic
def mark_private(account: BankAccount, actor: User | None, words: str = "") -> None:
    """Leave an account out: nothing new of it is stored, and what is there is neither matched nor shown as work.

    Raises ``UnableToChange`` while one of its payments is matched: these matches are taken back first, by a person.
    """
    current = _current(account, tuple(AccountState))
    if current.is_private:
        return
    if current.transactions.filter(allocations__standing=True).exists():
        raise UnableToChange(_("Payments of this account are matched with vouchers. Take these matches back first."))
    _change(current, AccountState(current.state), Kind.PRIVATE, actor, words=words, is_private=True)


@transaction.atomic
def mark_business(account: BankAccount, actor: User | None, words: str = "") -> None:
    """Take a private account in again; its statements of the time between have to be uploaded."""
    current = _current(account, tuple(AccountState))
    if current.is_private:
        _change(current, AccountState(current.state), Kind.BUSINESS, actor, words=words, is_private=False)


def tidy(number: str) -> str:
    """An IBAN or the bank's own id without spaces, in capitals."""
    return "".join(number.split()).upper()


def _checked(number: str) -> str:
    """What somebody typed as an IBAN, tidied. A slip would connect an account that no statement ever finds."""
    iban = tidy(number)
    if iban and not iban_check.is_valid(iban):
        raise UnableToChange(_("There is a slip in this IBAN. Please compare it with the bank's papers."), "iban")
    return iban


def _cut(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts cut to what their columns hold, without spaces around them."""
    limits = {name: getattr(BankAccount._meta.get_field(name), "max_length", None) for name in values}
    return {n: v.strip()[: limits[n]] if isinstance(v, str) else v for n, v in values.items()}


def _current(account: BankAccount, states: Collection[AccountState]) -> BankAccount:
    """The account as it is now, under the client's lock, in one of these states."""
    lock(account.client_id)
    current = BankAccount.objects.select_related("client").filter(pk=account.pk).first()
    if current is None or current.state not in states:
        now = current.get_state_display() if current else _("gone")
        raise UnableToChange(_("Somebody was faster: this account is %(state)s now.") % {"state": now})
    return current


def _change(
    current: BankAccount, to: AccountState, kind: Kind, actor: User | None, *, words: str = "", **values: Any
) -> None:
    """Write one change of state or columns, naming the state it begins from, and remember it."""
    before = current.state
    old = {name: getattr(current, name) for name in values}
    if not BankAccount.objects.filter(pk=current.pk, state=before).update(state=to, **values):
        raise UnableToChange(_("Somebody was faster. Please look at the account again."))
    for name, value in {"state": to, **values}.items():
        setattr(current, name, value)
    detail = {n: [_plain(old[n]), _plain(v)] for n, v in values.items() if _plain(old[n]) != _plain(v)}
    _remember(current, kind, actor, before, words=words, detail=detail)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _remember(
    account: BankAccount, kind: Kind, actor: User | None, before: str, *, words: str = "", detail: Any = None
) -> None:
    BankAccountEvent.objects.create(
        account=account,
        kind=kind,
        from_state=before,
        to_state=account.state,
        actor=actor,
        words=words.strip()[:1000],
        detail=detail or {},
    )
