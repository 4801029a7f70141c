"""Mails, invitations and views of the portal in the admin, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.client_filter import ClientFilter
from accounts.models import Invitation, Mail, PortalVisit
from accounts.scoped_admin import ReadOnlyAdmin


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """What was mailed to whom, and what became of it; never what was in it."""

    list_display = ("created_at", "recipient", "subject", "state", "sent_at", "error")
    list_display_links = ("created_at", "subject")
    list_filter = ("state", ("client", ClientFilter))
    search_fields = ("recipient",)
    ordering = ("-created_at", "-pk")
    heavy_fields = ("text", "html")
    fields = (
        "recipient",
        "subject",
        "client",
        "state",
        "error",
        "attempts",
        "created_at",
        "next_at",
        "expires_at",
        "sent_at",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the texts, on every page."""
        return super().get_queryset(request).select_related("client").defer("text", "html")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited."""

    list_display = ("email", "client", "created_at", "expires_at", "opened_at", "accepted_at", "withdrawn_at")
    list_filter = (("client", ClientFilter),)
    search_fields = ("email", "name")
    ordering = ("-created_at", "-pk")
    list_select_related = ("client",)
    fields = (
        "client",
        "email",
        "name",
        "language",
        "invited_by",
        "created_at",
        "expires_at",
        "opened_at",
        "accepted_at",
        "withdrawn_at",
    )


@admin.register(PortalVisit)
class PortalVisitAdmin(ReadOnlyAdmin):
    """Who looked at a client's portal."""

    list_display = ("started_at", "client", "staff", "ended_at")
    list_filter = (("client", ClientFilter),)
    ordering = ("-started_at", "-pk")
    list_select_related = ("client", "staff")
    fields = ("client", "staff", "started_at", "ended_at")
