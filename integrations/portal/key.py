"""The key form. The key passes through and is never shown, logged or kept anywhere but in its encrypted field."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.models import Service, User
from accounts.tax import sync_start
from integrations.models import Connection, Provider, Reason, Status, Webhooks
from integrations.portal import key_words
from integrations.portal.forms import KeyEndForm, KeyForm, form_of
from integrations.portal.place import Place, inside, page
from integrations.services import connections as service
from integrations.services.providers import DOORS


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("api_key")
@inside
def key(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """Show how a key is made, take it, check it at once. A good one leads back to the card, a bad one says why.

    A key of another company is taken only after a second step: a box that names both, and the key once more.
    """
    connection = place.connection(provider)
    asked = connection is not None and connection.reason == Reason.ORGANIZATION_CHANGED
    move = key_words.offered_move(connection) if connection is not None and asked else None
    form = form_of(provider)(request.POST or None, today=timezone.localdate(), move=move)
    if request.method == "POST" and form.is_valid():
        renewed = connection is not None and connection.status == Status.ACTIVE
        problems = submit(connection or service.get_or_create(place.client, provider), form, place.user)
        if not problems:
            if renewed:
                messages.success(request, _("The new API key works. The old one is no longer needed."))
            return redirect("portal:company", place.client.number)
        for text in problems:
            form.add_error("api_key", text)
        connection = service.get_or_create(place.client, provider)
    context = {
        "form": form,
        "provider": Provider(provider),
        "connection": connection,
        "since": (connection.synced_from if connection else None) or sync_start(place.client, timezone.localdate()),
        "bookkeeping": place.client.service == Service.BOOKKEEPING,
        "told_at_once": connection is not None and connection.webhooks == Webhooks.ON,
        # Whoever never got further than a refused key has nothing to renew.
        "renewing": connection is not None
        and connection.status in (Status.ACTIVE, Status.FAILED)
        and bool(connection.organization_id),
    }
    return page(request, place, f"portal/key_{provider}.html", context, quiet_about=connection)


@sensitive_variables()
def submit(connection: Connection, form: KeyForm, actor: User) -> list[str]:
    """Hand the key over; the messages for the person where it was not taken, none where the connection is active."""
    outages, provider = connection.outages, connection.provider
    moved = form.cleaned_data["moved"]
    try:
        connection = service.connect(
            connection,
            form.cleaned_data["api_key"],
            actor=actor,
            key_expires_on=form.known_end,
            may_change_to="" if moved == service.ANY_ORGANIZATION else moved,
        )
    except service.UnusableKey:
        return [str(form.not_a_key)]
    except service.NotReachable:
        return [str(key_words.later(provider))]
    except service.TooManyKeys:
        return [str(key_words.TOO_MANY)]
    except service.OldKeyKept as kept:
        old = key_words.OLD_KEY_IN_DOUBT if kept.in_doubt else key_words.OLD_KEY_KEPT
        return [*refused(connection, kept.reason, form), str(old)]
    except service.StateMoved:
        return [str(key_words.MOVED)]
    if connection.status == Status.ACTIVE:
        return []
    if connection.outages > outages:  # a failed connection keeps its old reason while nothing new is known
        return [str(key_words.later(provider))]
    return refused(connection, connection.reason, form)


def refused(connection: Connection, reason: str, form: KeyForm) -> list[str]:
    """Why a key was refused, with the permission that is missing, or both companies, where they are known."""
    move = key_words.offered_move(connection) if reason == Reason.ORGANIZATION_CHANGED else None
    form.offer(move)
    if move is not None:
        return [move.problem]
    texts = [str(key_words.problem(reason, connection.provider))]
    missing = key_words.missing_permission(connection) if reason == Reason.PERMISSION_MISSING else ""
    if missing:
        texts.append(_("What is missing: %(permission)s.") % {"permission": missing})
    return texts


@require_http_methods(["GET", "POST"])
@inside
def key_end(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """Correct the last day of the key that is connected; the key itself stays as it is."""
    connection = place.connection(provider)
    if connection is None or not connection.key_last_four or not DOORS[provider].keys_end:
        raise Http404
    today = timezone.localdate()
    form = KeyEndForm(request.POST or None, today=today, initial={"key_expires_on": connection.key_expires_on})
    if request.method == "POST" and form.is_valid():
        try:
            service.set_key_end(connection, form.cleaned_data["key_expires_on"], place.user)
        except service.StateMoved:
            messages.error(request, key_words.MOVED)
        else:
            day = date_format(form.cleaned_data["key_expires_on"])
            messages.success(request, _("Noted: the key ends on %(day)s. We remind you in time.") % {"day": day})
        return redirect("portal:company", place.client.number)
    context = {"form": form, "provider": Provider(provider), "connection": connection}
    return page(request, place, "portal/key_end.html", context, quiet_about=connection)
