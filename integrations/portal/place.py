"""Where a person is in the portal: the company, the other companies, and what needs attention on every page."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control

from accounts.models import Client, Membership, User
from accounts.scoping import scoped, visible_clients
from accounts.viewing import viewed_client
from integrations.models import ClientQuestion, Connection, Provider, Status
from integrations.words import Words, failure

Answer = HttpResponseBase


@dataclass(frozen=True, slots=True)
class Banner:
    """A failed connection, as it is told on every page."""

    connection: Connection
    words: Words


@dataclass(frozen=True, slots=True)
class Place:
    """A person's place: one company of theirs, its connections by provider, how many questions wait for an answer."""

    user: User
    client: Client
    companies: tuple[Client, ...]
    connections: dict[str, Connection]
    questions: int = 0

    def connection(self, provider: str) -> Connection | None:
        """The connection to a provider, None before anybody began it. 404 for a provider we do not know."""
        if provider not in Provider.values:
            raise Http404
        return self.connections.get(provider)

    @property
    def banners(self) -> list[Banner]:
        """The failed connections."""
        failed = [c for c in self.connections.values() if c.status == Status.FAILED]
        return [Banner(c, failure(c.reason, c.provider)) for c in failed]


def companies_of(user: User) -> list[Client]:
    """The companies a person acts for, by name; staff act for none, but may look at one as its people see it."""
    if (viewed := viewed_client(user)) is not None:
        return [viewed]
    own = Membership.objects.filter(user=user).values("client")
    return list(visible_clients(user).filter(pk__in=own).order_by("name", "number"))


def inside(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Let only people of the company named by ``number`` in; the view gets ``(request, place, …)``.

    Anonymous people go to the login, staff without a company to the admin, everybody else gets 404. Answers are not
    kept by browsers: after logging out, the back button shows nothing.
    """

    @login_required
    @cache_control(private=True, no_store=True)
    @wraps(view)
    def wrapped(request: HttpRequest, number: str, *args: Any, **kwargs: Any) -> Answer:
        user = request.user
        assert isinstance(user, User)  # noqa: S101 - login_required
        companies = companies_of(user)
        if user.is_staff and not companies:
            return redirect("admin:index")
        client = next((company for company in companies if company.number == number), None)
        if client is None:
            raise Http404
        connections = scoped(Connection.objects.filter(client=client), user).order_by("provider")
        for connection in (found := list(connections)):
            connection.client = client
        asked = ClientQuestion.objects.filter(client=client, state=ClientQuestion.State.OPEN).count()
        place = Place(user, client, tuple(companies), {c.provider: c for c in found}, asked)
        return view(request, place, *args, **kwargs)

    return wrapped


def page(
    request: HttpRequest,
    place: Place,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    quiet_about: Connection | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a page with the company's name, the navigation and the banners.

    ``quiet_about``: the connection this page is about anyway, whose banner would say the same twice.
    """
    banners = [b for b in place.banners if quiet_about is None or b.connection.pk != quiet_about.pk]
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    section = "support" if name in ("support", "ask", "request", "request_write") else "connections"
    if name.startswith("external"):
        section = "external"
    if name.startswith("bank"):
        section = "banks"
    if name.startswith("todo"):
        section = "todo"
    frame = {"place": place, "company": place.client, "banners": banners, "section": section, "page_name": name}
    return render(request, template, {**frame, **(context or {})}, status=status)
