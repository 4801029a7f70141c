"""External transactions: payments that passed no connected account. The one door through which they change.

A draft is a note; a saved one is a transaction of its own (``source="external"``), matched with its voucher at once.
Everything may be called twice and at the same time: a client's rows are locked, every change names the old state, and
what is done already is answered as it is. Every change is in the history and can be taken back.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Client, User
from matching.models import Allocation, ExternalPayment, Transaction
from matching.services import decisions, external_match
from matching.services.decisions import UnableToDecide
from matching.services.external_history import FIELDS, State, change, last_change, log, written
from matching.services.external_prefill import ExternalData, prefilled
from matching.services.giving_way import bring_back
from vouchers.locks import lock
from vouchers.models import Voucher

__all__ = ["ExternalData", "UnableToDecide", "create", "discard", "edit", "from_voucher", "prefilled", "save", "undo"]

LARGEST = Decimal("1e14")
MONEY = ("date", "amount", "currency", "voucher_id")
"""What a transaction is; a change of it makes a new one."""


@transaction.atomic
def create(
    client: Client, data: ExternalData, actor: User, *, save_it: bool = False, once: str = "", reason: str = ""
) -> ExternalPayment:
    """Make an external payment by hand, as a draft or saved at once.

    ``once``: a name of this attempt; the same attempt again answers what it made. ``UnableToDecide`` where the data
    cannot be, or (saved) the voucher has no room; then nothing was made.
    """
    lock(client.pk)
    if once:
        known = ExternalPayment.objects.filter(client=client, created_by=actor, reason_detail__once=once).first()
        if known is not None:
            return known
    _check(client, data)
    payment = ExternalPayment.objects.create(
        client=client, created_by=actor, reason_detail={"once": once} if once else {}, **_columns(data)
    )
    log(payment, "", actor, "created")
    return save(payment, actor, reason) if save_it else payment


@transaction.atomic
def from_voucher(voucher: Voucher, actor: User, kind: str = "", reason: str = "") -> list[ExternalPayment]:
    """Say in one step that a voucher was paid externally: its drafts are saved, else one for each payment is made.

    Said again, it answers what is saved. ``UnableToDecide`` where the voucher is matched otherwise.
    """
    lock(voucher.client_id)
    voucher = Voucher.objects.get(pk=voucher.pk)
    own = ExternalPayment.objects.filter(voucher=voucher).order_by("pk")
    drafts = list(own.filter(state=State.DRAFT))
    if drafts:
        for draft in drafts:
            if kind and draft.kind != kind:
                edit(draft, replace(data_of(draft), kind=kind), actor)
        return [save(draft, actor, reason) for draft in drafts]
    wanted = prefilled(voucher, kind)
    saved = list(own.filter(state=State.SAVED))
    if not wanted and saved:
        return saved
    if not wanted:
        words = _("The voucher %(voucher)s is already matched with another payment. Undo that match first.")
        raise UnableToDecide(words % {"voucher": voucher})
    return [create(voucher.client, data, actor, save_it=True, reason=reason) for data in wanted]


@transaction.atomic
def save(payment: ExternalPayment, actor: User, reason: str = "") -> ExternalPayment:
    """Make a draft a transaction, matched with its voucher. A saved one is answered as it is.

    ``UnableToDecide`` where it is neither, or where the voucher has no room.
    """
    current = _current(payment)
    if current.state == State.SAVED:
        return current
    if current.state != State.DRAFT:
        raise UnableToDecide(_not_now(current))
    _check(current.client, data_of(current))
    booked = external_match.book(current)
    # Which transaction it is must be known before the match stands beside others.
    change(current, State.SAVED, actor, "saved", transaction_id=booked.pk, detail={"reason": reason} if reason else {})
    external_match.match(current, booked, actor, reason or str(current.get_kind_display()))
    return current


@transaction.atomic
def edit(payment: ExternalPayment, data: ExternalData, actor: User) -> ExternalPayment:
    """Change a draft or a saved one. Where the money of a saved one changes, it is matched anew.

    ``UnableToDecide`` where it is discarded or replaced, or where what is new cannot be; then nothing changed.
    """
    current = _current(payment)
    if current.state not in (State.DRAFT, State.SAVED):
        raise UnableToDecide(_not_now(current))
    _check(current.client, data)
    if data_of(current) != data:
        _edit(current, data, actor, "edited")
    return current


@transaction.atomic
def discard(payment: ExternalPayment, actor: User) -> ExternalPayment:
    """Put a draft or a saved one aside; the match of a saved one is taken back. Discarded again, nothing happens."""
    current = _current(payment)
    if current.state == State.DISCARDED:
        return current
    if current.state not in (State.DRAFT, State.SAVED):
        raise UnableToDecide(_not_now(current))
    change(current, State.DISCARDED, actor, "discarded")
    if current.transaction is not None:
        external_match.withdraw(current.transaction, actor, "external_discarded")
    return current


@transaction.atomic
def undo(payment: ExternalPayment, actor: User) -> ExternalPayment:
    """Take the last change back: saving, editing, discarding, or that it gave way to a bank line.

    Taking the last one back undoes the bank line's match, too. ``UnableToDecide`` where there is nothing to take back
    or where the voucher has no room.
    """
    current = _current(payment)
    last = last_change(current)
    if last is None:
        raise UnableToDecide(_("There is nothing to undo here any more."))
    action, marks = last.detail.get("action"), {"undoes": last.pk}
    if action == "saved":
        booked = current.transaction
        change(current, State.DRAFT, actor, "undone", transaction_id=None, detail=marks)
        if booked is not None:
            external_match.withdraw(booked, actor, "external_discarded")
    elif action == "discarded":
        change(current, last.from_state, actor, "undone", detail=marks)
        if last.from_state == State.SAVED and current.transaction is not None:
            external_match.restore(current.transaction, actor)
    elif action == "edited":
        _edit(current, _data_from(last.detail["before"]), actor, "undone", undoes=last.pk)
    elif action == "gave_way":
        _take_place_back(current, actor)
    else:
        raise UnableToDecide(_("There is nothing to undo here any more."))
    return ExternalPayment.objects.get(pk=current.pk)


def data_of(payment: ExternalPayment) -> ExternalData:
    """What it says now."""
    return ExternalData(
        payment.kind,
        payment.date,
        payment.amount,
        payment.currency,
        payment.name,
        payment.purpose,
        payment.voucher,
    )


def _edit(current: ExternalPayment, data: ExternalData, actor: User, action: str, **marks: Any) -> None:
    before = {name: getattr(current, name) for name in FIELDS}
    told = {"before": written(current), **marks}
    columns = _columns(data)
    if current.reason:
        # Kontor knows its own drafts by voucher, day and amount.
        twins = ExternalPayment.objects.exclude(pk=current.pk).exclude(reason="").exclude(voucher=None)
        if twins.filter(voucher=columns["voucher_id"], date=data.date, amount=data.amount).exists():
            raise UnableToDecide(_("There is an external transaction of the same voucher, day and amount already."))
    if current.state == State.DRAFT or current.transaction is None:
        change(current, current.state, actor, action, detail=told, **columns)
        return
    booked = current.transaction
    if all(before[name] == columns[name] for name in MONEY):
        change(current, State.SAVED, actor, action, detail=told, **columns)
        Transaction.objects.filter(pk=booked.pk).update(counterparty=current.name, purpose=current.purpose)
        return
    external_match.withdraw(booked, actor, "external_edited")
    change(current, State.SAVED, actor, action, detail=told, **columns)
    current.voucher = data.voucher
    renewed = external_match.book(current)
    ExternalPayment.objects.filter(pk=current.pk).update(transaction=renewed)
    current.transaction = renewed
    external_match.match(current, renewed, actor, str(current.get_kind_display()))


def _take_place_back(current: ExternalPayment, actor: User) -> None:
    """Undo the match of the bank line it gave way to; that brings it back."""
    stands = Allocation.objects.filter(
        voucher=current.voucher_id, transaction=current.gave_way_to_id, standing=True
    ).select_related("proposal")
    for allocation in stands:
        decisions.undo(allocation.proposal, actor)
    fresh = ExternalPayment.objects.get(pk=current.pk)
    if fresh.state == State.GAVE_WAY and not bring_back(fresh, actor):
        words = _("The voucher %(voucher)s is already matched with another payment. Undo that match first.")
        raise UnableToDecide(words % {"voucher": fresh.voucher})


def _current(payment: ExternalPayment) -> ExternalPayment:
    """The payment as it is now, held until the transaction ends."""
    lock(payment.client_id)
    return ExternalPayment.objects.select_related("client", "voucher", "transaction").get(pk=payment.pk)


def _check(client: Client, data: ExternalData) -> None:
    if data.amount == 0 or abs(data.amount) >= LARGEST or data.amount != round(data.amount, 2):
        raise UnableToDecide(_("The amount must not be zero and has at most two decimals."))
    voucher = data.voucher
    if voucher is None:
        return
    if voucher.client_id != client.pk:
        raise UnableToDecide(_("The voucher belongs to another client."))
    if voucher.withdrawn_at is not None:
        raise UnableToDecide(_("The voucher %(voucher)s was withdrawn.") % {"voucher": voucher})
    if data.amount * voucher.direction < 0:
        words = (
            _("The client receives the money of the voucher %(voucher)s: the amount must be positive.")
            if voucher.direction > 0
            else _("The client pays the voucher %(voucher)s: the amount must be negative.")
        )
        raise UnableToDecide(words % {"voucher": voucher})


def _columns(data: ExternalData) -> dict[str, Any]:
    return {
        "kind": data.kind,
        "date": data.date,
        "amount": data.amount,
        "currency": data.currency,
        "name": data.name[:255],
        "purpose": data.purpose,
        "voucher_id": data.voucher.pk if data.voucher else None,
    }


def _data_from(said: dict[str, Any]) -> ExternalData:
    """What ``written`` wrote."""
    voucher = Voucher.objects.filter(pk=said["voucher_id"]).first() if said["voucher_id"] else None
    return ExternalData(
        said["kind"],
        date.fromisoformat(said["date"]),
        Decimal(said["amount"]),
        said["currency"],
        said["name"],
        said["purpose"],
        voucher,
    )


def _not_now(payment: ExternalPayment) -> str:
    if payment.state == State.GAVE_WAY:
        return _("A bank line has taken the place of this external transaction. Undo that first.")
    return _("This external transaction was discarded. Undo that first.")
