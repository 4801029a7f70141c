"""Bank accounts in the admin: requests, their life, the calendar, and over all clients what is missing."""

from copy import copy
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.client_filter import ClientFilter
from accounts.display import grouped, state
from accounts.models import User
from accounts.scoped_admin import PageAdmin, person
from integrations.admin.account_forms import ACTS, ActForm, bound, forms_of
from integrations.admin.account_history import history
from integrations.completeness_words import Task, notes, open_words, summary, tasks
from integrations.coverage_calendar import calendar
from integrations.services.completeness import Covered, covered
from integrations.services.judgements import judged, missing
from matching.models import AccountState, BankAccount
from matching.services.bank_accounts import UnableToChange
from matching.tasks import enqueue_matching

TONES = {
    AccountState.REQUESTED: "todo",
    AccountState.OPEN: "good",
    AccountState.CLOSED: "none",
    AccountState.REFUSED: "none",
}
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Lack:
    """An account of which something is missing, and what to do about it."""

    account: BankAccount
    words: str
    tasks: list[Task]


def account_state(account: BankAccount) -> SafeString:
    """The state of an account with its sign; private stands before everything."""
    if account.is_private:
        return state("none", _("private"), "lock")
    return state(TONES[AccountState(account.state)], account.get_state_display())


def lacks(user: User, today: date) -> list[Lack]:
    """The accounts of a person's clients of which something is due, by client."""
    return [Lack(one.account, summary(one.coverage), tasks(one, today=today)) for one in missing(user, today)]


@admin.register(BankAccount)
class AccountPages(PageAdmin):
    """What a client's accounts are, how complete they are, and what can be done with them."""

    change_form_template = "admin/integrations/account_page.html"
    list_before_template = "admin/integrations/accounts_before.html"
    list_display = ("account_name", "client_number", "bank_name", "status_badge", "complete")
    list_filter = (("client", ClientFilter), "state", "is_private")
    search_fields = ("iban", "key", "bank", "town", "name", "client__name", "client__number")
    search_help_text = _("IBAN, bank or client")
    ordering = ("client__number", "state", "key")
    list_select_related = ("client",)

    @admin.display(description=_("account"), ordering="key")
    def account_name(self, account: BankAccount) -> str:
        """Its name, IBAN or the bank's own number."""
        return str(account)

    @admin.display(description=_("client"), ordering="client__number")
    def client_number(self, account: BankAccount) -> str:
        """Whose account it is."""
        return str(account.client)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Look up the coverage of all accounts of the page at once."""
        found = super().get_changelist_instance(request)
        rows = list(found.result_list)
        known = {one.account.pk: one for one in judged(_work(rows), timezone.localdate())}
        for row in rows:
            row.covered = known.get(row.pk)
        found.result_list = rows
        return found

    @admin.display(description=_("bank"), ordering="bank")
    def bank_name(self, account: BankAccount) -> str:
        """The bank and its town."""
        return ", ".join(part for part in (account.bank, account.town) if part)

    @admin.display(description=_("state"), ordering="state")
    def status_badge(self, account: BankAccount) -> SafeString:
        """The state."""
        return account_state(account)

    @admin.display(description=_("complete"))
    def complete(self, account: Any) -> str:
        """What is complete and what is missing, in words, and how much of it is due."""
        if not account.covered:
            return ""
        due = open_words(len(account.covered.due(timezone.localdate())))
        words = summary(account.covered.coverage)
        return format_html("{}<br>{}", words, state("soon", due)) if due else words

    def get_urls(self) -> list[URLPattern]:
        """The buttons of the page, and the list of what is missing."""
        wrap = self.admin_site.admin_view
        press = require_http_methods(["GET", "POST"])(self.do)
        return [
            path("missing/", wrap(require_safe(self.missing_page)), name="matching_bankaccount_missing"),
            path("<int:pk>/do/<slug:what>/", wrap(press), name="matching_bankaccount_do"),
            *super().get_urls(),
        ]

    def may_act(self, request: HttpRequest) -> bool:
        """Whether the person may press the buttons."""
        return person(request).has_perm("matching.change_bankaccount")

    def missing_page(self, request: HttpRequest) -> HttpResponse:
        """Which client misses what, over all clients of the person."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = lacks(person(request), timezone.localdate())
        by_client = groupby(found[:MOST_ROWS], key=lambda lack: lack.account.client)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Missing bank statements"),
            "is_fullwidth": True,
            "groups": [(client, list(some)) for client, some in by_client],
            "accounts": len(found),
            "more": len(found) > MOST_ROWS,
        }
        return TemplateResponse(request, "admin/integrations/missing_statements.html", context)

    def do(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        """Press one of the buttons. What is refused is shown again as it was typed, with the reason at its field."""
        if not self.may_act(request):
            raise PermissionDenied
        account: BankAccount | None = self.get_queryset(request).filter(pk=pk).first()
        if account is None or what not in ACTS:
            raise Http404
        if request.method == "GET":  # the address of a refused form, opened once more
            return redirect("admin:matching_bankaccount_change", pk)
        form = bound(what, request.POST, account, self.siblings(account))
        assert form is not None  # noqa: S101
        if form.is_valid():
            try:
                other = ACTS[what].do(form, person(request))
            except UnableToChange as problem:
                if not form.refuse(problem):
                    # Of the account itself, which may show another form by now.
                    messages.error(request, str(problem))
            else:
                # What is private or business now, and what another account has taken over, is looked at anew.
                enqueue_matching(account.client)
                messages.success(request, _("Done. The history below says it as well."))
                return redirect("admin:matching_bankaccount_change", (other or account).pk)
        return self._refused(request, account, form)

    def _refused(self, request: HttpRequest, account: BankAccount, form: ActForm) -> HttpResponse:
        # The theme's page would take a POST for a change of the row itself.
        looking = copy(request)
        looking.method = "GET"
        page: HttpResponse = self.change_view(looking, str(account.pk), extra_context={"refused": form})
        return page

    def siblings(self, account: BankAccount) -> QuerySet[BankAccount]:
        """The client's other accounts, of which one may take its place."""
        others = BankAccount.objects.filter(client=account.client_id, is_private=False).exclude(pk=account.pk)
        return others.exclude(state=AccountState.REFUSED).order_by("bank", "key")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Put the account's life and its calendar on the page."""
        account: BankAccount = context["original"]
        known = covered(_work([account]), timezone.localdate())
        context.update(
            account=account,
            title=str(account),
            badge=account_state(account),
            may_act=self.may_act(request),
            predecessors=list(account.predecessors.order_by("successor_from")),
            forms=forms_of(account, self.siblings(account), context.get("refused")),
            number=grouped(account.iban or account.key),
            history=history(account),
            **_days(known[0] if known else None),
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response


def _work(accounts: list[BankAccount]) -> list[BankAccount]:
    states = (AccountState.OPEN, AccountState.CLOSED)
    return [one for one in accounts if one.state in states and not one.is_private]


def _days(one: Covered | None) -> dict[str, Any]:
    if one is None:
        return {"months": [], "tasks": [], "notes": [], "summary": ""}
    return {
        "months": calendar(one.coverage),
        "tasks": tasks(one),
        "notes": notes(one),
        "summary": summary(one.coverage),
    }
