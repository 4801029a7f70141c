"""The key form. The key passes through and is never shown, logged or kept anywhere but in its encrypted field."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.models import User
from integrations.models import Connection, Provider, Reason, Status
from integrations.portal import key_words
from integrations.portal.forms import KeyForm
from integrations.portal.place import Place, inside, page
from integrations.services import connections as service


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("api_key")
@inside
def key(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """Show how a key is made, take it, check it at once. A good one leads back to the card, a bad one says why."""
    connection = place.connection(provider)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        renewed = connection is not None and connection.status == Status.ACTIVE
        problems = submit(connection or service.get_or_create(place.client), form, place.user)
        if not problems:
            if renewed:
                messages.success(request, _("The new API key works. The old one is no longer needed."))
            return redirect("portal:company", place.client.number)
        for text in problems:
            form.add_error("api_key", text)
        connection = service.get_or_create(place.client)
    context = {
        "form": form,
        "provider": Provider(provider),
        "connection": connection,
        # Whoever never got further than a refused key has nothing to renew.
        "renewing": connection is not None
        and connection.status in (Status.ACTIVE, Status.FAILED)
        and bool(connection.organization_id),
    }
    return page(request, place, "portal/key.html", context, quiet_about=connection)


@sensitive_variables()
def submit(connection: Connection, form: KeyForm, actor: User) -> list[str]:
    """Hand the key over; the messages for the person where it was not taken, none where the connection is active."""
    outages = connection.outages
    try:
        connection = service.connect(connection, form.cleaned_data["api_key"], actor=actor)
    except service.UnusableKey:
        return [str(key_words.NOT_A_KEY)]
    except service.NotReachable:
        return [str(key_words.LATER)]
    except service.OldKeyKept as kept:
        return [*refused(connection, kept.reason), str(key_words.OLD_KEY_KEPT)]
    except service.StateMoved:
        return [str(key_words.MOVED)]
    if connection.status == Status.ACTIVE:
        return []
    if connection.outages > outages:  # a failed connection keeps its old reason while nothing new is known
        return [str(key_words.LATER)]
    return refused(connection, connection.reason)


def refused(connection: Connection, reason: str) -> list[str]:
    """Why a key was refused, with the permission that is missing where it is known."""
    texts = [str(key_words.problem(reason))]
    missing = key_words.missing_permission(connection) if reason == Reason.PERMISSION_MISSING else ""
    if missing:
        texts.append(_("What is missing: %(permission)s.") % {"permission": missing})
    return texts
