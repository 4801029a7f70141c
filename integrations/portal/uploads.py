"""A client's own pages for uploading bank files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.scoping import scoped
from integrations.models import StatementFile
from integrations.portal.place import Place, inside, page
from integrations.uploading import views
from integrations.uploading.desk import Desk, Links


@require_http_methods(["GET", "POST"])
@inside
def upload(request: HttpRequest, place: Place) -> HttpResponse:
    """Drop files here."""
    return views.upload(request, _desk(place))


@require_http_methods(["GET", "POST"])
@inside
def columns(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Which column of a table is what."""
    return views.columns(request, _desk(place), _file(place, pk))


@require_http_methods(["GET", "POST"])
@inside
def account(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Whose payments a file tells of."""
    return views.account(request, _desk(place), _file(place, pk))


def _file(place: Place, pk: int) -> StatementFile:
    own = scoped(StatementFile.objects.filter(client=place.client), place.user)
    return get_object_or_404(own.select_related("client", "stored"), pk=pk)


def _desk(place: Place) -> Desk:
    number = place.client.number
    coverage = reverse("portal:banks", args=[number])
    links = Links(
        upload=reverse("portal:bank_upload", args=[number]),
        coverage=coverage,
        question=lambda question, file: reverse(f"portal:bank_{question}", args=[number, file.pk]),
        account=lambda _account: coverage,
    )

    def show(
        request: HttpRequest, part: str, title: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        return page(request, place, "portal/upload.html", {**context, "part": part, "title": title}, status=status)

    return Desk(place.client, place.user, links, show)
