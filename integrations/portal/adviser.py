"""The firm's own access to the client's Lexware Office: what to type there, and how far it is."""

from email.utils import parseaddr

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from integrations.models import AdviserAccess, Connection, Provider
from integrations.portal import key_words
from integrations.portal.place import Place, inside, page
from integrations.services.adviser_access import set_access
from integrations.services.connection_state import StateMoved


@require_http_methods(["GET", "POST"])
@inside
def access(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """Say what to do; after "I have sent it", remember that."""
    connection = _existing(place, provider)
    if request.method == "POST":
        wanted = AdviserAccess.NONE if request.POST.get("sent") == "no" else AdviserAccess.INVITED
        if wanted == AdviserAccess.NONE and connection.adviser_access == AdviserAccess.CONFIRMED:
            raise Http404  # only the firm knows whether it still gets in
        try:
            set_access(connection, wanted, place.user)
        except StateMoved:
            messages.error(request, key_words.MOVED)
        else:
            if wanted == AdviserAccess.INVITED:
                messages.success(request, _("Thank you. It is our turn now: we accept the invitation."))
        return redirect("portal:company", place.client.number)
    address = parseaddr(settings.ADVISER_EMAIL)[1]
    context = {"connection": connection, "adviser_name": settings.FIRM_NAME, "adviser_email": address}
    return page(request, place, "portal/adviser.html", context, quiet_about=connection)


def _existing(place: Place, provider: str) -> Connection:
    connection = place.connection(provider)
    if connection is None or provider != Provider.LEXWARE:
        raise Http404
    return connection
