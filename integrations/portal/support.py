"""Asking support: a form that is already filled in, a reference number, and what became of it."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.scoping import scoped
from integrations.models import Connection, Provider, Status, SupportRequest
from integrations.portal.cards import look_of
from integrations.portal.forms import SupportForm
from integrations.portal.place import Place, inside, page
from integrations.services import support as service
from integrations.services import support_answers as answers
from integrations.words import failure

MOST_SHOWN = 100


@require_GET
@inside
def requests(request: HttpRequest, place: Place) -> HttpResponse:
    """What the company has asked so far, newest first."""
    own = _own(place).select_related("author").order_by("-created_at", "-pk")[:MOST_SHOWN]
    return page(request, place, "portal/support.html", {"requests": own})


@require_http_methods(["GET", "POST"])
@inside
def ask(request: HttpRequest, place: Place) -> HttpResponse:
    """The form: what we know already stands there, the client adds a sentence."""
    connection = _meant(request, place)
    failed = connection is not None and connection.status == Status.FAILED
    form = SupportForm(request.POST or None, needed=not failed)
    if request.method == "POST" and form.is_valid():
        asked = service.ask(place.client, connection, place.user, form.cleaned_data["message"])
        return redirect("portal:request", place.client.number, asked.reference)
    context = {
        "form": form,
        "connection": connection,
        "look": look_of(connection),
        "words": failure(connection.reason, connection.provider) if connection is not None and failed else None,
        "now": timezone.now(),
    }
    return page(request, place, "portal/ask.html", context, quiet_about=connection)


@require_GET
@inside
def request_detail(request: HttpRequest, place: Place, reference: str) -> HttpResponse:
    """One request: its number, what was asked, whose turn it is. Also the thank-you after sending."""
    asked = get_object_or_404(_own(place).select_related("author", "connection"), reference=reference)
    return _shown(request, place, asked)


@require_POST
@inside
def write_again(request: HttpRequest, place: Place, reference: str) -> HttpResponse:
    """Add something to a request; it is support's turn then."""
    asked = get_object_or_404(_own(place).select_related("author", "connection"), reference=reference)
    form = SupportForm(request.POST, needed=True)
    if not form.is_valid():
        return _shown(request, place, asked, form=form)
    answers.write_again(asked, form.cleaned_data["message"], place.user)
    return redirect("portal:request", place.client.number, asked.reference)


def _shown(
    request: HttpRequest, place: Place, asked: SupportRequest, *, form: SupportForm | None = None
) -> HttpResponse:
    provider = asked.connection.provider if asked.connection else Provider.LEXWARE
    context = {
        "asked": asked,
        "words": failure(asked.reason, provider) if asked.reason else None,
        "thread": list(asked.messages.select_related("author").order_by("written_at", "pk")),
        "form": form or SupportForm(needed=True),
    }
    return page(request, place, "portal/request.html", context)


def _own(place: Place) -> QuerySet[SupportRequest]:
    return scoped(SupportRequest.objects.filter(client=place.client), place.user)


def _meant(request: HttpRequest, place: Place) -> Connection | None:
    """The connection the person came from; without a hint the failed one, if there is one."""
    provider = request.GET.get("connection", "")
    if provider in Provider.values:
        return place.connections.get(provider)
    return next((c for c in place.connections.values() if c.status == Status.FAILED), None)
