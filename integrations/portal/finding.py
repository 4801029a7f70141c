"""A document is missing? The client types its number, a name or an amount and reads why it is here or why not."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.display import money
from accounts.tax import sync_start
from integrations.finding import search
from integrations.finding.asking import ask
from integrations.finding.shapes import Found, Outcome
from integrations.finding.wanted import read
from integrations.finding.words import Answer, answer, asked_words, kind_of
from integrations.models import Connection, Provider, Status
from integrations.portal.place import Place, inside, page

GOOD = (Outcome.FOUND, Outcome.FETCHING)


@dataclass(frozen=True, slots=True)
class Row:
    """One document as the client reads it."""

    found: Found
    answer: Answer
    kind: str
    total: str


@require_GET
@inside
def find(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """The question, and what is known about it."""
    connection = _existing(place, provider)
    wanted = read(request.GET.get("q", ""))
    findings = search.find(wanted, search.one(connection))
    rows = [
        Row(found, answer(found, for_client=True), kind_of(found), money(found.total, found.currency))
        for found in findings.documents
    ]
    context = {
        "connection": connection,
        "wanted": wanted,
        "too_short": wanted.too_short,
        "rows": rows,
        "more": findings.more,
        "since": connection.synced_from or sync_start(place.client, timezone.localdate()),
        "may_ask": connection.status == Status.ACTIVE and wanted.may_be_number,
    }
    return page(request, place, "portal/find.html", context)


@require_POST
@inside
def ask_now(request: HttpRequest, place: Place, provider: str) -> HttpResponse:
    """Ask Lexware Office about one number, now."""
    connection = _existing(place, provider)
    wanted = read(request.POST.get("q", ""))
    asked = ask(connection, wanted, place.user)
    level = messages.SUCCESS if asked.outcome in GOOD else messages.WARNING
    messages.add_message(request, level, asked_words(asked.outcome))
    address = reverse("portal:find", args=[place.client.number, provider])
    return redirect(f"{address}?{urlencode({'q': wanted.text})}")


def _existing(place: Place, provider: str) -> Connection:
    connection = place.connection(provider)
    if connection is None or provider != Provider.LEXWARE:
        raise Http404
    return connection
