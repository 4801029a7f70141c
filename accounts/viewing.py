"""Staff look at a client's portal as the client sees it: written down, for an hour at most, changing nothing."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Client, PortalVisit, User
from accounts.scoping import visible_clients

IN_SESSION = "portal_visit"
PERMISSION = "accounts.add_portalvisit"
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE")


def begin(request: HttpRequest, user: User, client: Client) -> PortalVisit:
    """Write down that somebody begins to look, and let this browser see the portal. An open look at another ends."""
    end(request, user)
    visit = PortalVisit.objects.create(client=client, staff=user)
    request.session[IN_SESSION] = visit.pk
    return visit


def end(request: HttpRequest, user: User) -> Client | None:
    """Write down that the look is over; whose portal it was, None where there was no look."""
    pk = request.session.pop(IN_SESSION, None)
    visit = PortalVisit.objects.select_related("client").filter(pk=pk, staff=user).first()
    if visit is None:
        return None
    PortalVisit.objects.filter(pk=visit.pk, ended_at=None).update(ended_at=timezone.now())
    return visit.client


def visit_of(request: HttpRequest) -> PortalVisit | None:
    """The look that this browser takes, as long as it lasts and the person may; nothing is left of it otherwise."""
    pk, user = request.session.get(IN_SESSION), request.user
    if pk is None or not isinstance(user, User):
        return None
    since = timezone.now() - PortalVisit.LASTS
    visits = PortalVisit.objects.select_related("client").filter(pk=pk, staff=user, ended_at=None, started_at__gt=since)
    visit = visits.first()
    if visit and user.is_staff and user.has_perm(PERMISSION) and visible_clients(user).filter(pk=visit.client_id):
        return visit
    del request.session[IN_SESSION]
    return None


def viewed_client(user: User | AnonymousUser) -> Client | None:
    """The client whose portal a member of staff sees in this request."""
    return getattr(user, "viewed_client", None)


def refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """A wrapper around database calls that lets nothing be changed, whatever a page does by the way."""
    if sql.lstrip().upper().startswith(WRITES):
        raise PermissionDenied("A page that is only looked at wanted to write.")
    return execute(sql, params, many, context)
