"""What happened with a connection, and which documents it left out."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from integrations.models import Connection
from integrations.portal import cards
from integrations.portal.place import Place, inside, page
from integrations.portal.timeline import entries

PER_PAGE = 50


@require_GET
@inside
def history(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """The timeline, newest first."""
    connection = _existing(place, provider)
    events = connection.events.select_related("actor").order_by("-at", "-pk")
    part = Paginator(events, PER_PAGE).get_page(request.GET.get("page"))
    context = {"connection": connection, "part": part, "entries": entries(part, place.user)}
    return page(request, place, "portal/history.html", context)


@require_GET
@inside
def left_out(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """The documents that were not taken over, with the reason and what to do."""
    connection = _existing(place, provider)
    documents = cards.left_out(connection)
    context = {"connection": connection, "documents": documents, "more": len(documents) == cards.MOST_LEFT_OUT}
    return page(request, place, "portal/left_out.html", context)


def _existing(place: Place, provider: str) -> Connection:
    connection = place.connection(provider)
    if connection is None:
        raise Http404
    return connection
