"""Transfers between a client's own accounts: recognised again before every run of the engine, decided by people.

Both lines of a pair need no voucher, so they leave the engine's input (``services.matchable``). What is recognised may
be replaced by a better pair when more statements come; what a person confirmed or rejected stays.
"""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Client, User
from matching.models import Allocation, BankAccount, OwnTransfer, Transaction
from matching.own_transfers import Holder, Leg, Pair, find_pairs, partners
from vouchers.locks import lock

State = OwnTransfer.State
COLUMNS = (
    "pk", "account_id", "booking_date", "amount", "currency", "counterparty", "counterparty_iban", "purpose", "gvc",
    "end_to_end_id",
)  # fmt: skip


class UnableToDecide(Exception):
    """The pair cannot be decided like that; ``str()`` says why in words for the person (translated)."""


@transaction.atomic
def recognise(client: Client) -> int:
    """Recognise the client's own transfers; answers how many pairs stand recognised. Safe to repeat.

    Lines that are matched with a voucher, or confirmed in another pair, are left alone.
    """
    lock(client.pk)
    mine = OwnTransfer.objects.filter(client=client)
    # A line that better data has replaced leaves its pair; the other half is looked at anew.
    gone = Q(outgoing__withdrawn_at__isnull=False) | Q(incoming__withdrawn_at__isnull=False)
    mine.filter(gone).exclude(state=State.REJECTED).delete()
    holder = _holder(client)
    found = find_pairs(_legs(client), holder, rejected=_pairs(mine, State.REJECTED)) if len(holder.ibans) > 1 else []
    wanted = {(pair.outgoing.id, pair.incoming.id): pair for pair in found}
    stale = []
    for known in mine.filter(state=State.RECOGNISED):
        pair = wanted.get((known.outgoing_id, known.incoming_id))
        if pair is not None and known.reasons == list(pair.reasons):
            del wanted[known.outgoing_id, known.incoming_id]
        else:
            stale.append(known.pk)
    mine.filter(pk__in=stale, state=State.RECOGNISED).delete()
    OwnTransfer.objects.bulk_create(
        OwnTransfer(client=client, outgoing_id=out, incoming_id=into, reasons=list(pair.reasons))
        for (out, into), pair in wanted.items()
    )
    return len(found)


@transaction.atomic
def confirm(pair: OwnTransfer, actor: User | None) -> None:
    """A person says that it is one movement: no later find takes its place."""
    lock(pair.client_id)
    _move(pair, (State.RECOGNISED,), State.CONFIRMED, actor)


@transaction.atomic
def reject(pair: OwnTransfer, actor: User | None) -> None:
    """A person says that it is none: both lines are work again, and the pair is not recognised any more."""
    lock(pair.client_id)
    _move(pair, (State.RECOGNISED, State.CONFIRMED), State.REJECTED, actor)


@transaction.atomic
def undo(pair: OwnTransfer, actor: User | None) -> None:
    """Take a decision back: the pair is recognised as before. Raises where one of its lines is used elsewhere now."""
    lock(pair.client_id)
    if pair.state == State.REJECTED:
        _must_be_free((pair.outgoing_id, pair.incoming_id))
    _move(pair, (State.CONFIRMED, State.REJECTED), State.RECOGNISED, None)


@transaction.atomic
def pair_by_hand(outgoing: Transaction, incoming: Transaction, actor: User | None) -> OwnTransfer:
    """A person joins two lines. Raises ``UnableToDecide`` where they cannot be one movement, or are used already."""
    lock(outgoing.client_id)
    fits = (
        outgoing.client_id == incoming.client_id
        and outgoing.account_id
        and incoming.account_id
        and outgoing.account_id != incoming.account_id
        and outgoing.amount < 0
        and outgoing.amount == -incoming.amount
        and outgoing.currency == incoming.currency
    )
    if not fits:
        raise UnableToDecide(_("These two lines are not the same amount out of one account and into another one."))
    both = (outgoing.pk, incoming.pk)
    OwnTransfer.objects.filter(Q(outgoing__in=both) | Q(incoming__in=both), state=State.RECOGNISED).delete()
    _must_be_free(both)
    made, _created = OwnTransfer.objects.update_or_create(
        outgoing=outgoing,
        incoming=incoming,
        defaults={"client_id": outgoing.client_id, "state": State.CONFIRMED, "decided_by": actor},
    )
    return made


def possible_partners(line: Transaction) -> list[tuple[Transaction, Pair]]:
    """The lines of the client's other accounts that may be the other half of a line, best first. Four queries."""
    if line.account_id is None:
        return []
    leg = _leg(tuple(getattr(line, name) for name in COLUMNS))
    others = _able(line.client).filter(amount=-line.amount, currency=line.currency).exclude(account=line.account_id)
    found = partners(leg, [_leg(row) for row in others.values_list(*COLUMNS)], _holder(line.client))
    other = {p: (p.incoming if p.outgoing.id == leg.id else p.outgoing).id for p in found}
    rows = Transaction.objects.select_related("account").in_bulk(list(other.values()))
    return [(rows[pk], pair) for pair, pk in other.items()]


def private_account_of(line: Transaction) -> BankAccount | None:
    """The client's private account that a line names: it is a private withdrawal (money out) or contribution."""
    if not line.counterparty_iban:
        return None
    return BankAccount.objects.filter(client=line.client_id, is_private=True, iban=line.counterparty_iban).first()


def _able(client: Client) -> QuerySet[Transaction]:
    """The lines that may be half of a pair: standing, of business accounts, and not settled in another way."""
    confirmed = OwnTransfer.objects.filter(client=client, state=State.CONFIRMED)
    matched = Allocation.objects.filter(proposal__client=client, standing=True)
    return (
        Transaction.objects.filter(client=client, withdrawn_at=None, account__is_private=False)
        .exclude(pk__in=confirmed.values("outgoing"))
        .exclude(pk__in=confirmed.values("incoming"))
        .exclude(pk__in=matched.values("transaction"))
        .order_by("pk")
    )


def _legs(client: Client) -> list[Leg]:
    return [_leg(row) for row in _able(client).values_list(*COLUMNS).iterator()]


def _leg(row: tuple[object, ...]) -> Leg:
    return Leg(*row)  # type: ignore[arg-type]


def _holder(client: Client) -> Holder:
    accounts = BankAccount.objects.filter(client=client, is_private=False).exclude(key="")
    return Holder(client.name, dict(accounts.values_list("pk", "iban")))


def _pairs(rows: QuerySet[OwnTransfer], state: str) -> set[tuple[int, int]]:
    return set(rows.filter(state=state).values_list("outgoing", "incoming"))


def _move(pair: OwnTransfer, before: Iterable[str], to: str, actor: User | None) -> None:
    try:
        with transaction.atomic():
            moved = OwnTransfer.objects.filter(pk=pair.pk, state__in=before).update(state=to, decided_by=actor)
    except IntegrityError:
        raise UnableToDecide(_("One of the lines belongs to another transfer now.")) from None
    if not moved:
        raise UnableToDecide(_("Somebody was faster: this transfer has been decided, or was replaced by a better one."))
    pair.state, pair.decided_by = to, actor


def _must_be_free(lines: tuple[int, int]) -> None:
    if Allocation.objects.filter(transaction__in=lines, standing=True).exists():
        raise UnableToDecide(_("One of the lines is matched with a voucher. Take that match back first."))
    others = OwnTransfer.objects.filter(Q(outgoing__in=lines) | Q(incoming__in=lines), state=State.CONFIRMED)
    if others.exclude(outgoing__in=lines, incoming__in=lines).exists():
        raise UnableToDecide(_("One of the lines belongs to another transfer now."))
