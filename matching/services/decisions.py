"""Decisions of people about proposals: confirm, reject, undo. Every change is logged and can be undone."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import User
from matching.models import Decision, Proposal, Transaction
from matching.services.giving_way import come_back, give_way
from matching.services.loading import shares_of, usage_around
from matching.services.states import (
    Kind,
    State,
    StateChanged,
    bring_back_competitors,
    is_free,
    is_settled_elsewhere,
    move,
    replace_competitors,
)
from matching.services.usage import Conflict
from matching.services.yielding import Yielding
from matching.withdrawn import withdrawn_words
from vouchers.locks import lock
from vouchers.models import Voucher

UNDOABLE = (Kind.AUTOMATIC, Kind.CONFIRM, Kind.REJECT)


class UnableToDecide(Exception):
    """The decision cannot be taken; ``str()`` says why in words for the person (translated)."""


@transaction.atomic
def confirm(proposal: Proposal, actor: User, reason: str = "") -> Decision:
    """Confirm a suggested or automatic proposal: it stands, and what competes with it is replaced.

    Raises ``UnableToDecide`` where somebody decided before, where the voucher or the transaction is used up by other
    matches, or where a voucher was withdrawn.
    """
    current = _current(proposal)
    if current.state not in (State.SUGGESTED, State.AUTOMATIC):
        raise UnableToDecide(_decided_already(current))
    _must_fit(current)
    decision = _move(current, State.CONFIRMED, Kind.CONFIRM, actor, reason)
    if decision.from_state == State.SUGGESTED:
        give_way(decision)
        replace_competitors(decision)
    return decision


@transaction.atomic
def reject(proposal: Proposal, actor: User, reason: str = "") -> Decision:
    """Reject a suggested or automatic proposal: the engine does not propose this combination again.

    Raises ``UnableToDecide`` where somebody decided before.
    """
    current = _current(proposal)
    if current.state not in (State.SUGGESTED, State.AUTOMATIC):
        raise UnableToDecide(_decided_already(current))
    decision = _move(current, State.REJECTED, Kind.REJECT, actor, reason)
    if decision.from_state == State.AUTOMATIC:
        come_back(decision)
        bring_back_competitors(decision)
    return decision


@transaction.atomic
def undo(what: Decision | Proposal, actor: User, reason: str = "") -> Decision:
    """Take back the last decision about a proposal (automatic, confirm or reject): it is again what it was before.

    Given a decision, it must still be the last one. Raises ``UnableToDecide`` where it is not, where there is nothing
    to take back, or where what was freed is used by another match since.
    """
    current = _current(what if isinstance(what, Proposal) else what.proposal)
    last = current.decisions.filter(kind__in=UNDOABLE, undone_by=None).order_by("-pk").first()
    if last is None or last.to_state != current.state:
        raise UnableToDecide(_("There is nothing to undo here any more."))
    if isinstance(what, Decision) and what.pk != last.pk:
        raise UnableToDecide(_decided_already(current))
    stood = current.is_standing
    if not stood:
        _must_fit(current)
        if is_settled_elsewhere(current):
            raise UnableToDecide(_("The same match is proposed or confirmed elsewhere by now."))
    decision = _move(current, State(last.from_state), Kind.UNDO, actor, reason, undoes=last)
    if stood and not current.is_standing:
        come_back(decision)
        bring_back_competitors(decision)
    elif current.is_standing and not stood:
        give_way(decision)
        replace_competitors(decision)
    return decision


@transaction.atomic
def reopen_for_voucher(voucher: Voucher, reason: str) -> int:
    """Send a voucher's matches back to review with a note, because the voucher was withdrawn or changed.

    A proposal about it that was only open is replaced where the voucher is withdrawn. Safe to repeat. Returns the
    number of matches that were sent back.
    """
    lock(voucher.client_id)
    touched = Proposal.objects.filter(client=voucher.client_id, allocations__voucher=voucher)
    return _reopen(touched.distinct().order_by("pk"), reason, withdrawn=voucher.withdrawn_at is not None)


@transaction.atomic
def reopen_for_transaction(booking: Transaction, reason: str) -> int:
    """Send the matches of a withdrawn transaction back to review with a note; what was only open is replaced.

    Safe to repeat. Returns the number of matches that were sent back.
    """
    lock(booking.client_id)
    touched = Proposal.objects.filter(client=booking.client_id, allocations__transaction=booking)
    return _reopen(touched.distinct().order_by("pk"), reason, withdrawn=True)


def _reopen(touched: QuerySet[Proposal], reason: str, *, withdrawn: bool) -> int:
    if withdrawn:
        noted = Decision.objects.filter(kind=Kind.REOPEN, cause=None)
        for proposal in touched.filter(state=State.SUGGESTED).exclude(pk__in=noted.values("proposal")):
            move(proposal, State.SUPERSEDED, Kind.SUPERSEDE, reason=reason)
    standing = list(touched.filter(state__in=Proposal.STANDING))
    for proposal in standing:
        decision = move(proposal, State.SUGGESTED, Kind.REOPEN, reason=reason)
        come_back(decision)
        bring_back_competitors(decision)
    return len(standing)


def _current(proposal: Proposal) -> Proposal:
    """The proposal as it is now, held until the transaction ends."""
    lock(proposal.client_id)
    return Proposal.objects.get(pk=proposal.pk)


def _move(
    proposal: Proposal, to: State, kind: Kind, actor: User, reason: str, undoes: Decision | None = None
) -> Decision:
    try:
        return move(proposal, to, kind, actor=actor, reason=reason, undoes=undoes)
    except StateChanged:
        raise UnableToDecide(_decided_already(Proposal.objects.get(pk=proposal.pk))) from None


def _decided_already(proposal: Proposal) -> str:
    made = proposal.decisions.filter(to_state=proposal.state, undone_by=None).select_related("actor").order_by("-pk")
    last = made.exclude(kind=Kind.UNDO).first() or made.first()
    words = {
        State.CONFIRMED: _("%(who)s has confirmed this already (%(when)s)."),
        State.REJECTED: _("%(who)s has rejected this already (%(when)s)."),
        State.AUTOMATIC: _("%(who)s has matched this already (%(when)s)."),
        State.SUPERSEDED: _("This was replaced by a newer proposal (%(when)s). Look at what is proposed now."),
        State.SUGGESTED: _("%(who)s has sent this back to review (%(when)s)."),
    }
    when = timezone.localtime(last.decided_at if last else proposal.updated_at)
    return words[State(proposal.state)] % {
        "who": str(last.actor) if last and last.actor else _("Kontor"),
        "when": formats.date_format(when, "SHORT_DATETIME_FORMAT"),
    }


def _must_fit(proposal: Proposal) -> None:
    """Raise ``UnableToDecide`` where the proposal cannot stand (or be open) beside the matches there are."""
    if proposal.is_standing or is_free(proposal):
        return
    withdrawn = Voucher.objects.filter(allocations__proposal=proposal, withdrawn_at__isnull=False).first()
    if withdrawn is not None:
        raise UnableToDecide(_("The voucher %(voucher)s was withdrawn.") % {"voucher": withdrawn})
    replaced = Transaction.objects.filter(allocations__proposal=proposal, withdrawn_at__isnull=False).first()
    if replaced is not None:
        words = _("The payment “%(payment)s” does not stand any more: %(reason)s")
        raise UnableToDecide(words % {"payment": replaced, "reason": withdrawn_words(replaced.withdrawn_reason)})
    shares = shares_of([proposal.pk])[proposal.pk]
    yielding = Yielding(Q(allocations__voucher__in=[share.voucher for share in shares]))
    conflict, _gone = yielding.conflict(usage_around(shares, without=proposal.pk), shares)
    if conflict is None:
        return
    kind, pk, _others = conflict
    if kind in (Conflict.VOUCHER, Conflict.PAIR):
        words = _("The voucher %(voucher)s is already matched with another payment. Undo that match first.")
        raise UnableToDecide(words % {"voucher": Voucher.objects.get(pk=pk)})
    booking = Transaction.objects.get(pk=pk)
    if kind is Conflict.TRANSACTION:
        words = _("The payment “%(payment)s” is already used by another match. Undo that match first.")
    else:
        words = _("The payment “%(payment)s” goes in the other direction than the voucher.")
    raise UnableToDecide(words % {"payment": booking})
