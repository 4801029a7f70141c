"""The front door and the sign of life."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Send people where they work: staff to the admin, clients to their pages."""
    return redirect("admin:index" if request.user.is_staff else "portal:connections")


def healthy(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
