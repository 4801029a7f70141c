"""The page "Find a document": of one client, or among all that the person may see."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from unfold.dataclasses import SearchResult

from accounts.display import day, moment, money, state
from accounts.models import User
from accounts.scoped_admin import person
from accounts.scoping import scoped
from accounts.tax import sync_start
from integrations.finding import search
from integrations.finding.asking import ask
from integrations.finding.shapes import Found, Outcome
from integrations.finding.wanted import Wanted, read
from integrations.finding.words import Answer, answer, asked_words, differences, kind_of, status_of
from integrations.models import Connection, Provider, Status

NEEDED = "integrations.view_connection"
IN_PALETTE = 6
GOOD = (Outcome.FOUND, Outcome.FETCHING)


@dataclass(frozen=True, slots=True)
class Row:
    """One document as the page shows it."""

    found: Found
    answer: Answer
    badge: SafeString
    kind: str
    status: str
    date: str
    total: str
    changes: tuple[tuple[str, str, str], ...]


def row_of(found: Found) -> Row:
    """Everything about a document in the reader's language."""
    said = answer(found)
    changes = tuple(
        (
            moment(change.at),
            change.get_kind_display(),
            "; ".join(f"{item.name}: {item.told}" for item in differences(change)),
        )
        for change in found.changes
    )
    return Row(
        found,
        said,
        state(said.tone, said.title, said.icon),
        kind_of(found),
        status_of(found),
        day(found.date),
        money(found.total, found.currency),
        changes,
    )


@require_GET
def find_page(request: HttpRequest) -> HttpResponse:
    """Answer for one connection (``?connection=``), or look at all visible clients."""
    user = _reader(request)
    connection = _connection(user, request.GET.get("connection", ""))
    wanted = read(request.GET.get("q", ""))
    findings = search.find(wanted, search.one(connection) if connection else search.all_of(user))
    alone = connection or _only(findings.documents)
    context = {
        **admin.site.each_context(request),
        "title": _("Find a document"),
        "wanted": wanted,
        "too_short": wanted.too_short,
        "connection": connection,
        "rows": [row_of(found) for found in findings.documents],
        "more": findings.more,
        "several": connection is None,
        "may_open": user.has_perm("vouchers.view_voucher"),
        "since": sync_start(connection.client, timezone.localdate()) if connection else None,
        "asks": alone if alone and wanted.may_be_number and may_ask(user, alone) else None,
    }
    return render(request, "admin/integrations/find_page.html", context)


@require_POST
def find_ask(request: HttpRequest) -> HttpResponse:
    """Ask Lexware Office about one number, now."""
    user = _reader(request)
    connection = _connection(user, request.POST.get("connection", ""))
    if connection is None:
        raise Http404
    if not user.has_perm("integrations.change_connection"):
        raise PermissionDenied
    wanted = read(request.POST.get("q", ""))
    asked = ask(connection, wanted, user)
    level = messages.SUCCESS if asked.outcome in GOOD else messages.WARNING
    messages.add_message(request, level, asked_words(asked.outcome))
    return redirect(address(wanted, connection))


def may_ask(user: User, connection: Connection) -> bool:
    """Whether the person may ask Lexware Office about a document of this connection, and the connection can."""
    return connection.status == Status.ACTIVE and user.has_perm("integrations.change_connection")


def address(wanted: Wanted, connection: Connection | None = None) -> str:
    """The page's address with this question."""
    query = {"q": wanted.text} | ({"connection": str(connection.pk)} if connection else {})
    return f"{reverse('admin:find')}?{urlencode(query)}"


def palette(request: HttpRequest, typed: str) -> list[SearchResult]:
    """What the command palette shows for documents: the best ones, and the way to the whole answer."""
    user = person(request)
    wanted = read(typed)
    if not user.has_perm(NEEDED) or not (wanted.part or wanted.amount is not None):
        return []
    found = search.find(wanted, search.all_of(user)).documents[:IN_PALETTE]
    shown = [
        SearchResult(
            title=" ".join(filter(None, (item.number or _("without number"), item.contact))),
            description=f"{item.connection.client}, {money(item.total, item.currency)}: {answer(item).title}",
            link=address(read(item.number or item.contact), item.connection),
            icon="receipt_long",
        )
        for item in found
    ]
    title = _("Find a document: %(typed)s") % {"typed": wanted.text}
    return [*shown, SearchResult(title=title, description=_("all clients"), link=address(wanted), icon="search")]


def _reader(request: HttpRequest) -> User:
    user = person(request)
    if not user.has_perm(NEEDED):
        raise PermissionDenied
    return user


def _connection(user: User, pk: str) -> Connection | None:
    """The connection meant; 404 for one that the person may not see."""
    if not pk:
        return None
    visible = scoped(Connection.objects.filter(provider=Provider.LEXWARE).select_related("client"), user)
    found = visible.filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) < 19 else None
    if found is None:
        raise Http404
    return found


def _only(documents: tuple[Found, ...]) -> Connection | None:
    """The one connection that all of these belong to."""
    connections = {found.connection.pk: found.connection for found in documents}
    return next(iter(connections.values())) if len(connections) == 1 else None
