"""The transaction and the match behind a saved external payment. To be called under ``vouchers.locks.lock``."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from matching.models import Allocation, ExternalPayment, Proposal, Transaction
from matching.services.decisions import UnableToDecide, confirm
from matching.services.drafts import fingerprint
from matching.services.loading import EXTERNAL
from matching.services.room import room_of
from matching.services.states import Kind, State, bring_back_competitors, is_free, move
from matching.services.usage import Share


def book(payment: ExternalPayment) -> Transaction:
    """Make the transaction of an external payment."""
    return Transaction.objects.create(
        client_id=payment.client_id,
        source=Transaction.Source.EXTERNAL,
        key=f"external-{payment.pk}",
        booking_date=payment.date,
        value_date=payment.date,
        amount=payment.amount,
        currency=payment.currency,
        counterparty=payment.name,
        purpose=payment.purpose,
    )


def match(payment: ExternalPayment, transaction: Transaction, actor: User, reason: str) -> None:
    """Match the transaction with the payment's voucher, as a confirmed match of ``actor``; never more than is left.

    ``UnableToDecide`` where nothing is left of the voucher, it was withdrawn, or money would go the wrong way.
    """
    voucher = payment.voucher
    if voucher is None:
        return
    room = room_of(voucher)
    if room <= 0:
        words = _("The voucher %(voucher)s is already matched with another payment. Undo that match first.")
        raise UnableToDecide(words % {"voucher": voucher})
    amount = min(abs(payment.amount), room) if payment.currency == voucher.currency else abs(payment.amount)
    if payment.currency != voucher.currency and room < voucher.total:
        raise UnableToDecide(
            _("Part of the voucher %(voucher)s is settled in its own currency; the rest cannot be settled in another.")
            % {"voucher": voucher}
        )
    proposal = Proposal.objects.create(
        client_id=payment.client_id,
        kind=EXTERNAL,
        permission="suggest",
        probability=Decimal(1),
        evidence=[{"code": "external_payment", "supports": True, "weight": 0.0, "params": {"kind": payment.kind}}],
        engine_version="",
        fingerprint=fingerprint(payment.client_id, (Share(voucher.pk, transaction.pk, amount),)),
    )
    Allocation.objects.create(proposal=proposal, voucher=voucher, transaction=transaction, amount=amount)
    confirm(proposal, actor, reason)


def withdraw(transaction: Transaction, actor: User | None, why: str) -> None:
    """Take the transaction and its matches out of the books: the matches are replaced, what they beat comes back."""
    proposals = Proposal.objects.filter(
        allocations__transaction=transaction, state__in=[*Proposal.STANDING, State.SUGGESTED]
    )
    for proposal in proposals.distinct().order_by("pk"):
        stood = proposal.is_standing
        decision = move(proposal, State.SUPERSEDED, Kind.SUPERSEDE, actor=actor, reason="")
        if stood:
            bring_back_competitors(decision)
    Transaction.objects.filter(pk=transaction.pk, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_reason=why
    )


def restore(transaction: Transaction, actor: User) -> None:
    """Put a withdrawn transaction and its match back. ``UnableToDecide`` where the voucher has no room any more."""
    Transaction.objects.filter(pk=transaction.pk).update(withdrawn_at=None, withdrawn_reason="")
    proposal = Proposal.objects.filter(kind=EXTERNAL, allocations__transaction=transaction).order_by("-pk").first()
    if proposal is None or proposal.state != State.SUPERSEDED:
        return
    if not is_free(proposal):
        words = _("The voucher %(voucher)s is already matched with another payment. Undo that match first.")
        raise UnableToDecide(words % {"voucher": proposal.allocations.get().voucher})
    last = proposal.decisions.order_by("-pk").first()
    move(proposal, State.SUGGESTED, Kind.UNDO, actor=actor, undoes=last)
    confirm(proposal, actor)
