"""Making and changing external transactions, always through the service."""

from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Client, User
from accounts.scoped_admin import person
from accounts.scoping import scoped, visible_clients
from matching.external_form import ExternalForm, initial_of
from matching.models import ExternalPayment
from matching.services import external
from vouchers.models import Voucher


def _worker(request: HttpRequest, permission: str = "matching.add_externalpayment") -> User:
    user = person(request)
    if not user.has_perm(permission):
        raise PermissionDenied
    return user


def _page(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    common = {**admin.site.each_context(request), "opts": ExternalPayment._meta}
    return TemplateResponse(request, template, {**common, **context})


@require_GET
def choose_client(request: HttpRequest) -> HttpResponse:
    """Whose payment was it? Leads on at once where there is no choice."""
    user = _worker(request)
    chosen = request.GET.get("client", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 10:
        return redirect("admin:external_new", get_object_or_404(visible_clients(user), pk=int(chosen)).pk)
    clients = list(visible_clients(user).order_by("number"))
    if len(clients) == 1:
        return redirect("admin:external_new", clients[0].pk)
    return _page(request, "admin/matching/external_choose.html", title=_("New external transaction"), clients=clients)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, client: int) -> HttpResponse:
    """The form, prefilled from a voucher where one is named (``?voucher=``)."""
    user = _worker(request)
    owner: Client = get_object_or_404(visible_clients(user), pk=client)
    form = ExternalForm(request.POST or None, client=owner, initial=_beginning(request, owner))
    if request.method == "POST" and form.is_valid():
        saved = request.POST.get("then") != "draft"
        try:
            made = external.create(owner, form.data_of, user, save_it=saved, once=form.cleaned_data["once"])
        except external.UnableToDecide as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved as a transaction.") if saved else _("Kept as a draft."))
            return _to(made)
    return _page(
        request,
        "admin/matching/external_form.html",
        title=_("New external transaction"),
        form=form,
        client=owner,
        payment=None,
    )


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft or a saved one."""
    user = _worker(request, "matching.change_externalpayment")
    payment = _visible(user, pk)
    form = ExternalForm(request.POST or None, client=payment.client, initial=initial_of(external.data_of(payment)))
    form.currency = payment.currency
    if request.method == "POST" and form.is_valid():
        try:
            external.edit(payment, form.data_of, user)
        except external.UnableToDecide as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Changed."))
            return _to(payment)
    return _page(
        request,
        "admin/matching/external_form.html",
        title=_("Change an external transaction"),
        form=form,
        client=payment.client,
        payment=payment,
    )


@require_POST
def from_voucher(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Paid externally: one press at the voucher."""
    user = _worker(request)
    voucher = get_object_or_404(scoped(Voucher.objects.all(), user), pk=pk)
    kind = request.POST.get("kind", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("admin:vouchers_voucher_change", args=[pk])
    try:
        made = external.from_voucher(voucher, user, kind if kind in ExternalPayment.Kind.values else "")
    except external.UnableToDecide as problem:
        messages.warning(request, str(problem))
    else:
        words = ngettext(
            "%(voucher)s: one external transaction saved and matched.",
            "%(voucher)s: %(n)s external transactions saved and matched.",
            len(made),
        )
        messages.success(request, words % {"voucher": voucher, "n": len(made)})
    return redirect(back)


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Save, discard, or take the last change back."""
    user = _worker(request, "matching.change_externalpayment")
    payment = _visible(user, pk)
    verbs = {"save": external.save, "discard": external.discard, "undo": external.undo}
    verb = verbs.get(request.POST.get("action", ""))
    if verb is None:
        messages.error(request, _("Nothing was done: the form was not complete."))
        return _to(payment)
    try:
        verb(payment, user)
    except external.UnableToDecide as problem:
        messages.warning(request, str(problem))
    return _to(payment)


def _beginning(request: HttpRequest, client: Client) -> dict[str, Any]:
    values: dict[str, Any] = {"once": str(uuid4())}
    named = request.GET.get("voucher", "")
    if named.isascii() and named.isdigit() and len(named) < 19:
        voucher = Voucher.objects.filter(client=client, pk=int(named)).first()
        wanted = external.prefilled(voucher) if voucher is not None else []
        if wanted:
            values |= initial_of(wanted[0])
    return values


def _visible(user: User, pk: int) -> ExternalPayment:
    rows = ExternalPayment.objects.select_related("client", "voucher")
    return get_object_or_404(scoped(rows, user), pk=pk)


def _to(payment: ExternalPayment) -> HttpResponseRedirect:
    return redirect("admin:matching_externalpayment_change", payment.pk)
