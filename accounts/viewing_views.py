"""Leaving the view of a client's portal."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts import viewing
from accounts.models import User


@login_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Write down the end, and go back to the client's page."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required
    client = viewing.end(request, user)
    return redirect("admin:accounts_client_change", client.pk) if client else redirect("start")
