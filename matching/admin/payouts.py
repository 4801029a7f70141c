"""Payouts of payment providers: what the page of a bank line says of them, and the choice where it is not sure."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.scoped_admin import person
from accounts.scoping import scoped
from matching.models import ExternalPayment, Transaction
from matching.services import payouts


def payout_of(line: Transaction, user: User) -> dict[str, Any]:
    """What the page of a bank line shows: the parts of a payout, or the payouts it may be."""
    parts = payouts.parts_of(line)
    provider = parts.provider if parts else payouts.provider_of(line)
    return {
        "parts": parts,
        "payout_candidates": [] if parts and parts.known else payouts.candidates(line),
        "payout_provider": payouts.LABELS.get(provider or "", ""),
        "may_decide_payout": user.has_perm("matching.change_proposal"),
        "external": ExternalPayment.objects.filter(transaction=line).first(),
    }


@require_POST
def payout_choose(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Say which payout a bank line is, or (empty) that it is not the one it was taken for."""
    user = person(request)
    if not user.has_perm("matching.change_proposal"):
        raise PermissionDenied
    line = get_object_or_404(scoped(Transaction.objects.select_related("client"), user), pk=pk)
    chosen = request.POST.get("payout", "")
    if not chosen:
        payouts.release(line)
        messages.success(request, _("The items are free again."))
    elif not payouts.choose(line, chosen):
        messages.warning(request, _("This payout does not fit any more. Look at what is offered now."))
    return redirect("admin:matching_transaction_change", pk)
