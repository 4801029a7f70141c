"""The review pages: reading on GET, deciding on POST, always through the services."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.scoped_admin import person
from accounts.scoping import scoped
from matching import services
from matching.models import Decision, ExternalPayment, Proposal
from matching.review.case import case, decided, last_decision
from matching.review.queue import Filters, clients_with_cases, counts, months_with_cases, open_cases, place

PER_PAGE = 50


def _reader(request: HttpRequest, permission: str = "matching.view_proposal") -> User:
    user = person(request)
    if not user.has_perm(permission):
        raise PermissionDenied
    return user


def _address(name: str, filters: Filters, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args) + (f"?{filters.query}" if filters.query else "")


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
    common = admin.site.each_context(request)
    return TemplateResponse(request, template, {**common, "is_fullwidth": True, **context})


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and the numbers of everything else."""
    user, filters = _reader(request), Filters.of(request.GET)
    cases = open_cases(user, filters).select_related("client")
    cases = cases.prefetch_related("allocations__voucher", "allocations__transaction")
    page = Paginator(cases, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Review"),
        "filters": filters,
        "counts": counts(user, filters),
        "clients": clients_with_cases(user),
        "months": months_with_cases(user, filters),
        "page": page,
        "last": last_decision(user),
        "may_decide": user.has_perm("matching.change_proposal"),
    }
    return _page(request, "admin/review/queue.html", context)


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One case."""
    user, filters = _reader(request), Filters.of(request.GET)
    proposal = get_object_or_404(scoped(Proposal.objects.select_related("client"), user), pk=pk)
    where = place(open_cases(user, filters), proposal)
    shown = case(proposal)
    context = {
        "title": _("Review"),
        "filters": filters,
        "case": shown,
        "place": where,
        "is_open": proposal.state == Proposal.State.SUGGESTED,
        "withdrawn": [voucher for voucher in shown.vouchers if voucher.withdrawn_at is not None],
        # What the engine matched by itself can be confirmed or refused like what it suggests.
        "can_decide": proposal.state in (Proposal.State.SUGGESTED, Proposal.State.AUTOMATIC),
        "decided": decided(proposal),
        "previous": _address("review_case", filters, where.previous) if where.previous else "",
        "next": _address("review_case", filters, where.next) if where.next else "",
        "queue": _address("review", filters),
        "last": last_decision(user),
        "may_decide": user.has_perm("matching.change_proposal"),
        "may_pay_externally": user.has_perm("matching.add_externalpayment"),
        "external_kinds": ExternalPayment.Kind.choices,
        "after_external": _address("review_case", filters, where.next) if where.next else _address("review", filters),
    }
    return _page(request, "admin/review/case.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Confirm or reject a proposal and go on to the next case. A second press of the same button changes nothing."""
    user, filters = _reader(request, "matching.change_proposal"), Filters.of(request.POST)
    visible = scoped(Proposal.objects.all(), user)
    proposal = get_object_or_404(visible, pk=pk)
    shown = request.POST.get("case", "")
    known = shown.isascii() and shown.isdigit() and len(shown) < 19
    from_case = visible.filter(pk=int(shown)).first() if known else None
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:255]
    verbs = {"confirm": services.confirm, "reject": services.reject}
    verb = verbs.get(request.POST.get("decision", ""))
    if verb is None:
        messages.error(request, _("Nothing was decided: the form was not complete."))
        return redirect(_address("review_case", filters, pk))
    try:
        verb(proposal, user, reason)
    except services.UnableToDecide as problem:
        proposal.refresh_from_db()
        if proposal.state == Proposal.State.SUGGESTED:
            messages.error(request, str(problem))
            return redirect(_address("review_case", filters, pk))
        messages.warning(request, str(problem))
    return _onwards(user, filters, from_case or proposal)


def _onwards(user: User, filters: Filters, decided: Proposal) -> HttpResponseRedirect:
    """To the next open case, from the end to the first one, from the last one to the queue."""
    cases = open_cases(user, filters)
    following = place(cases, decided).next or cases.values_list("pk", flat=True).first()
    if following is None:
        return redirect(_address("review", filters))
    return redirect(_address("review_case", filters, following))


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Take a decision back and show its case again."""
    user, filters = _reader(request, "matching.change_proposal"), Filters.of(request.POST)
    visible = scoped(Decision.objects.select_related("proposal"), user, "proposal__client")
    decision = get_object_or_404(visible, pk=pk)
    try:
        services.undo(decision, user)
    except services.UnableToDecide as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, _("Taken back. The case is open again."))
    return redirect(_address("review_case", filters, decision.proposal_id))
