"""The page "Banks": the company's accounts, how complete they are, what to upload, and asking for another one."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.scoping import scoped
from accounts.tax import sync_start
from integrations.completeness_words import Task, ending, summary, tasks
from integrations.coverage_calendar import Month, calendar
from integrations.models import FeedAccount, Provider, Status
from integrations.portal.bank_forms import AccountForm
from integrations.portal.cards import Look
from integrations.portal.place import Place, inside, page
from integrations.services.completeness import Covered, covered, covered_of
from matching.models import AccountState, BankAccount, BankAccountEvent
from matching.services import bank_accounts as life

COMPLETE = Look(gettext_lazy("Complete"), "check", "green")
LACKING = Look(gettext_lazy("Statements are missing"), "clock", "amber")
REQUESTED = Look(gettext_lazy("Requested"), "todo", "blue")
REFUSED = Look(gettext_lazy("Not taken"), "none", "grey")
CLOSED = Look(gettext_lazy("Closed and complete"), "check", "grey")
PRIVATE = Look(gettext_lazy("Private"), "none", "grey")


@dataclass(frozen=True, slots=True)
class AccountCard:
    """An account as its company sees it."""

    account: BankAccount
    name: str
    look: Look
    words: str
    tasks: list[Task]
    months: list[Month]
    fed_by: str = ""


@require_GET
@inside
def overview(request: HttpRequest, place: Place) -> HttpResponse:
    """Every account with its state in words; the open ones first."""
    cards = cards_of(place, timezone.localdate())
    context = {
        "cards": cards,
        "todo": sum(len(card.tasks) for card in cards),
        # Whoever's accounts all come by themselves has nothing to upload.
        "by_themselves": bool(cards) and all(card.fed_by or card.look in (PRIVATE, CLOSED) for card in cards),
    }
    return page(request, place, "portal/banks.html", context)


@require_http_methods(["GET", "POST"])
@inside
def ask_for(request: HttpRequest, place: Place) -> HttpResponse:
    """The form for another account; it waits for the firm's yes."""
    today = timezone.localdate()
    form = AccountForm(request.POST or None, today=today, initial={"wanted_from": sync_start(place.client, today)})
    if request.method == "POST" and form.is_valid():
        try:
            life.request_account(place.client, place.user, **form.cleaned_data)
        except life.UnableToChange as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        else:
            messages.success(request, _("We have your request. It is our turn now; you see here what becomes of it."))
            return redirect("portal:banks", place.client.number)
    return page(request, place, "portal/bank_request.html", {"form": form})


def cards_of(place: Place, today: date) -> list[AccountCard]:
    """The cards of all accounts. The same number of queries however many there are."""
    rows = scoped(BankAccount.objects.filter(client=place.client), place.user).select_related("client")
    accounts = list(rows.order_by("is_private", "closed_on", "bank", "pk"))
    work = [one for one in accounts if one.state in (AccountState.OPEN, AccountState.CLOSED) and not one.is_private]
    known = {one.account.pk: one for one in covered(work, today)}
    refusals = BankAccountEvent.objects.filter(account__in=accounts, kind=BankAccountEvent.Kind.REFUSED)
    why = dict(refusals.order_by("at").values_list("account_id", "words"))
    feeds = FeedAccount.objects.filter(account__in=accounts, connection__status=Status.ACTIVE)
    fed = dict(feeds.values_list("account_id", "connection__provider"))
    return [_card(one, known.get(one.pk), why.get(one.pk, ""), fed.get(one.pk, "")) for one in accounts]


def due_tasks(place: Place, today: date) -> int:
    """How many things there are to upload; told on the company's first page."""
    return sum(len(one.due(today)) for one in covered_of(place.client, today))


def _card(account: BankAccount, one: Covered | None, why: str, provider: str) -> AccountCard:
    look, words = PRIVATE, _("We neither fetch nor look at this account.")
    todo: list[Task] = []
    if account.is_private:
        pass
    elif account.state == AccountState.REQUESTED:
        look, words = REQUESTED, _("It is our turn: we look at your request and write here what becomes of it.")
    elif account.state == AccountState.REFUSED:
        look, words = REFUSED, why
    elif one is not None:
        todo, words = tasks(one), summary(one.coverage)
        look = LACKING if todo else CLOSED if account.state == AccountState.CLOSED else COMPLETE
    fed_by = Provider(provider).label if provider else ""
    return AccountCard(account, ending(account), look, words, todo, calendar(one.coverage) if one else [], fed_by)
