"""Choosing the company to work for."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.companies import choose
from accounts.models import User
from accounts.scoping import visible_clients


@login_required
@require_POST
def choose_company(request: HttpRequest) -> HttpResponse:
    """Remember the company named by its number, and go there. 404 for somebody else's."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required
    client = visible_clients(user).filter(number=request.POST.get("number", "")).first()
    if client is None or not choose(user, client):
        raise Http404
    return redirect("start")
