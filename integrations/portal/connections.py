"""The page "Accounting connections": one card per provider, and what can be done with it."""

from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.companies import chosen
from accounts.models import User
from accounts.scoping import scoped
from accounts.viewing import viewed_client
from integrations.models import Connection, Provider, Status
from integrations.portal.banks import due_tasks
from integrations.portal.cards import card_of, last_run, look_of
from integrations.portal.key_words import MOVED
from integrations.portal.place import Place, companies_of, inside, page
from integrations.services import connections as service
from integrations.services.connections import StateMoved
from integrations.services.progress_now import progress_of
from integrations.services.success import success_shown
from integrations.services.sync_now import fetch_now, possible_again
from integrations.templatetags.moments import moment


@login_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the only company, or let the person choose. Staff without a company belong to the admin."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required
    companies = companies_of(user)
    if not companies and user.is_staff:
        return redirect("admin:index")
    if (company := chosen(user, companies)) is not None:
        return redirect("portal:company", company.number)
    # Of several connections the one that most needs somebody.
    needs = {Status.FAILED: 3, Status.ACTIVATE: 2, Status.ACTIVE: 1}
    found = sorted(
        scoped(Connection.objects.filter(client__in=companies), user), key=lambda c: needs.get(Status(c.status), 0)
    )
    states = {c.client_id: c for c in found}
    choices = [(company, look_of(states.get(company.pk))) for company in companies]
    return render(request, "portal/choose.html", {"choices": choices})


@require_GET
@inside
def overview(request: HttpRequest, place: Place) -> HttpResponse:
    """The cards. The banner of success shows once, on the first visit after connecting."""
    today = timezone.localdate()
    connected = [c for c in place.connections.values() if c.status == Status.ACTIVE and not c.success_seen]
    # Whoever only looks does not use up the banner.
    celebrate = [c for c in connected if viewed_client(place.user) or success_shown(c)]
    cards = [card_of(place.client, provider, place.connections.get(provider), today) for provider in Provider]
    context = {"cards": cards, "celebrate": celebrate, "bank_tasks": due_tasks(place, today)}
    return page(request, place, "portal/connections.html", context)


@require_POST
@inside
def begin(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """ "+ Connect": remember that it was begun, and lead to the key form. Begun already: just lead there."""
    place.connection(provider)
    with suppress(StateMoved):  # begun twice at once, by a double click: begun it is
        service.begin(place.client, actor=place.user, provider=provider)
    return redirect("portal:key", place.client.number, provider)


@require_GET
@inside
def progress(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """The piece of the card that shows a fetch at work; 204 when there is none (any more)."""
    connection = place.connection(provider)
    current = progress_of(last_run(connection)) if connection else None
    if current is None:
        return HttpResponse(status=204)
    return render(request, "portal/progress.html", {"progress": current})


@require_POST
@inside
def sync_now(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """Fetch right now, once in ten minutes at most; asked too early it says from when on it is possible."""
    connection = place.connection(provider)
    if connection is None or connection.status != Status.ACTIVE:
        raise Http404
    if fetch_now(connection) is None:
        again = possible_again(connection, timezone.now())
        words = _("That was a moment ago. From %(time)s on you can fetch again.")
        messages.warning(request, words % {"time": moment(again or timezone.now())})
    return redirect("portal:company", place.client.number)


@require_http_methods(["GET", "POST"])
@inside
def disconnect(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """Say what happens; after a yes, do it."""
    connection = place.connection(provider)
    if connection is None or connection.status == Status.NONE:
        if request.method == "POST" and connection is not None:
            return redirect("portal:company", place.client.number)
        raise Http404
    if request.method == "POST":
        try:
            service.disconnect(connection, place.user)
        except StateMoved:
            messages.error(request, MOVED)
        else:
            name = {"provider": connection.get_provider_display()}
            words = _("The connection to %(provider)s is removed, and its API key with it. What was fetched stays.")
            messages.success(request, words % name)
        return redirect("portal:company", place.client.number)
    card = card_of(place.client, Provider(provider), connection, timezone.localdate())
    return page(request, place, "portal/disconnect.html", {"card": card}, quiet_about=connection)
