"""Payments that passed no connected account: what Kontor asks about, what is saved, and a form for more."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.scoping import scoped
from integrations.portal.place import Place, inside, page
from matching.external_form import ExternalForm, initial_of
from matching.external_words import action_words, reason_words
from matching.models import Allocation, ExternalPayment
from matching.services import external
from matching.services.external_history import last_change
from vouchers.models import Voucher

MOST_SHOWN = 100
MOST_DOCUMENTS = 30
State = ExternalPayment.State


@require_GET
@inside
def overview(request: HttpRequest, place: Place) -> HttpResponse:
    """The drafts as a to-do with their reasons, then what is settled."""
    own = _own(place).select_related("voucher")
    drafts = list(own.filter(state=State.DRAFT).order_by("-date", "-pk")[:MOST_SHOWN])
    context = {
        "drafts": [(draft, reason_words(draft)) for draft in drafts],
        "settled": own.exclude(state=State.DRAFT).order_by("-date", "-pk")[:MOST_SHOWN],
    }
    return page(request, place, "portal/external.html", context)


@require_GET
@inside
def documents(request: HttpRequest, place: Place) -> HttpResponse:
    """Which document was paid? Those without a payment, found by number or name."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    matched = Allocation.objects.filter(voucher=OuterRef("pk"), standing=True)
    open_ones = scoped(Voucher.objects.filter(client=place.client, withdrawn_at=None), place.user)
    open_ones = open_ones.filter(~Exists(matched))
    for word in words.split():
        open_ones = open_ones.filter(Q(number__icontains=word) | Q(contact_name__icontains=word))
    found = list(open_ones.order_by("-date", "-pk")[: MOST_DOCUMENTS + 1])
    context = {"words": words, "documents": found[:MOST_DOCUMENTS], "more": len(found) > MOST_DOCUMENTS}
    return page(request, place, "portal/external_documents.html", context)


@require_http_methods(["GET", "POST"])
@inside
def new(request: HttpRequest, place: Place) -> HttpResponse:
    """The form, prefilled from a document where one is named."""
    form = ExternalForm(request.POST or None, client=place.client, initial=_beginning(request, place))
    if request.method == "POST" and form.is_valid():
        saved = request.POST.get("then") != "draft"
        once = form.cleaned_data["once"]
        try:
            external.create(place.client, form.data_of, place.user, save_it=saved, once=once)
        except external.UnableToDecide as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved.") if saved else _("Kept as a draft."))
            return redirect("portal:external", place.client.number)
    return page(request, place, "portal/external_form.html", {"form": form, "payment": None})


@require_http_methods(["GET", "POST"])
@inside
def one(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """One of them: to change while it is a draft or saved, to read otherwise, with its history."""
    payment = _existing(place, pk)
    can_change = payment.state in (State.DRAFT, State.SAVED)
    form = None
    if can_change:
        form = ExternalForm(request.POST or None, client=place.client, initial=initial_of(external.data_of(payment)))
        form.currency = payment.currency
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            external.edit(payment, form.data_of, place.user)
            if request.POST.get("then") == "save":
                external.save(payment, place.user)
        except external.UnableToDecide as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:external", place.client.number)
    context = {
        "form": form,
        "payment": payment,
        "why": reason_words(payment),
        "history": [(row.at, action_words(row), row.actor) for row in payment.changes.select_related("actor")],
        "can_undo": last_change(payment) is not None,
    }
    return page(request, place, "portal/external_form.html", context)


@require_POST
@inside
def act(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Yes, no, or take the last answer back."""
    payment = _existing(place, pk)
    verbs = {"save": external.save, "discard": external.discard, "undo": external.undo}
    verb = verbs.get(request.POST.get("action", ""))
    if verb is None:
        raise Http404
    try:
        verb(payment, place.user)
    except external.UnableToDecide as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, _("Done. You can take it back at any time."))
    return redirect("portal:external", place.client.number)


def _beginning(request: HttpRequest, place: Place) -> dict[str, Any]:
    values: dict[str, Any] = {"once": str(uuid4())}
    named = request.GET.get("document", "")
    if named.isascii() and named.isdigit() and len(named) < 19:
        voucher = Voucher.objects.filter(client=place.client, pk=int(named)).first()
        wanted = external.prefilled(voucher) if voucher is not None else []
        if wanted:
            values |= initial_of(wanted[0])
    return values


def _own(place: Place) -> QuerySet[ExternalPayment]:
    return scoped(ExternalPayment.objects.filter(client=place.client), place.user)


def _existing(place: Place, pk: int) -> ExternalPayment:
    return get_object_or_404(_own(place).select_related("voucher", "client", "gave_way_to"), pk=pk)
