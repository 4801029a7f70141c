"""Connections in the admin: one page that tells the whole case."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.client_filter import ClientFilter
from accounts.display import moment
from accounts.models import User
from accounts.scoped_admin import PageAdmin, person
from integrations.admin.key_calendar import calendar, key_end
from integrations.admin.states import case, connection_state
from integrations.admin.timeline import FILTERS, end_of, timeline
from integrations.feed_words import feed_lines
from integrations.models import AdviserAccess, Connection, ConnectionEvent, Status, SyncRun
from integrations.services import connections, sync
from integrations.services.adviser_access import set_access
from integrations.services.key_end import latest_end
from integrations.services.organization_change import others_of_organization
from integrations.services.progress_now import progress_of
from integrations.services.providers import door_of
from integrations.words import in_doubt

# The last day of the calendar has no end.
MOST_ALARMS = 20
LAST_DAY = date.max - timedelta(days=2)


@admin.register(Connection)
class ConnectionAdmin(PageAdmin):
    """State, cause, whose turn, next step; the timeline below. The key itself is nowhere here."""

    change_form_template = "admin/integrations/connection_page.html"
    list_before_template = "admin/integrations/connections_before.html"
    list_display = ("client_name", "provider", "status_badge", "cause", "since", "last_sync", "next_sync", "key_ends")
    list_display_links = ("client_name",)
    list_filter = (("client", ClientFilter), "provider", "status", "reason")
    search_fields = ("client__number", "client__name", "organization_name")
    search_help_text = _("Client or organization")
    ordering = ("-status_since",)
    list_select_related = ("client",)

    @admin.display(description=_("client"), ordering="client__number")
    def client_name(self, connection: Connection) -> str:
        """Whose connection it is."""
        return str(connection.client)

    @admin.display(description=_("state"), ordering="status")
    def status_badge(self, connection: Connection) -> SafeString:
        """The state."""
        return connection_state(connection)

    @admin.display(description=_("reason"), ordering="reason")
    def cause(self, connection: Connection) -> str:
        """Why it failed, in words."""
        return connection.get_reason_display()

    @admin.display(description=_("since"), ordering="status_since")
    def since(self, connection: Connection) -> str:
        """Since when."""
        return moment(connection.status_since)

    @admin.display(description=_("last sync"), ordering="last_sync_at")
    def last_sync(self, connection: Connection) -> str:
        """When vouchers were last fetched."""
        return moment(connection.last_sync_at)

    @admin.display(description=_("next sync"), ordering="next_sync_at")
    def next_sync(self, connection: Connection) -> str:
        """When they are fetched next."""
        return moment(connection.next_sync_at)

    @admin.display(description=_("key"), ordering="key_expires_on")
    def key_ends(self, connection: Connection) -> SafeString:
        """How long the key still lives."""
        return key_end(connection, timezone.localdate()) if connection.key_fingerprint else SafeString()

    def get_urls(self) -> list[URLPattern]:
        """The buttons, and the calendar of keys."""
        wrap = self.admin_site.admin_view
        return [
            path("keys/", wrap(require_safe(self.key_calendar)), name="integrations_connection_keys"),
            path("<int:pk>/key-end/", wrap(require_POST(self.set_key_end)), name="integrations_connection_key_end"),
            path("<int:pk>/files/", wrap(require_POST(self.choose_files)), name="integrations_connection_files"),
            path("<int:pk>/check/", wrap(require_POST(self.check_now)), name="integrations_connection_check"),
            path("<int:pk>/sync/", wrap(require_POST(self.sync_now)), name="integrations_connection_sync"),
            path("<int:pk>/adviser/", wrap(require_POST(self.set_adviser)), name="integrations_connection_adviser"),
            *super().get_urls(),
        ]

    def may_act(self, request: HttpRequest) -> bool:
        """Whether the person may press the buttons."""
        return person(request).has_perm("integrations.change_connection")

    def _for_action(self, request: HttpRequest, pk: int) -> Connection:
        if not self.may_act(request):
            raise PermissionDenied
        connection: Connection | None = self.get_queryset(request).filter(pk=pk).first()
        if connection is None:
            raise Http404
        return connection

    def check_now(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Check the stored key with the provider."""
        connection = self._for_action(request, pk)
        if connection.status not in (Status.ACTIVE, Status.FAILED):
            messages.warning(request, _("There is no key to check yet."))
            return redirect("admin:integrations_connection_change", pk)
        try:
            connections.recheck(connection, actor=person(request))
        except connections.ConnectProblem as problem:
            messages.warning(request, str(problem))
        else:
            connection.refresh_from_db()
            if connection.doubted_at:
                words = in_doubt(connection.provider)
                messages.warning(request, f"{words.what} {words.staff}")
            elif connection.status == Status.ACTIVE and connection.outages:
                name = {"provider": connection.get_provider_display()}
                words_of = _("%(provider)s did not answer. The connection stays as it is; try again later.")
                messages.warning(request, words_of % name)
            elif connection.status == Status.ACTIVE:
                messages.success(request, _("The key works."))
            else:
                messages.error(request, f"{connection.get_status_display()}: {connection.get_reason_display()}")
        return redirect("admin:integrations_connection_change", pk)

    def key_calendar(self, request: HttpRequest) -> HttpResponse:
        """When each key ends."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("When keys end"),
            "is_fullwidth": True,
            **calendar(person(request), request.GET.get("month", "")),
        }
        return TemplateResponse(request, "admin/integrations/key_calendar.html", context)

    def set_key_end(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Note the last day of the key, as the client told it."""
        connection = self._for_action(request, pk)
        try:
            connections.set_key_end(connection, date.fromisoformat(request.POST.get("day", "")), person(request))
        except (connections.WrongEnd, connections.ConnectProblem) as problem:
            messages.error(request, str(problem))
        except ValueError:
            messages.error(request, _("Please enter a day."))
        else:
            messages.success(request, _("The end of the key is noted."))
        return redirect("admin:integrations_connection_change", pk)

    def sync_now(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Fetch vouchers, or what else the provider has, now."""
        connection = self._for_action(request, pk)
        if connection.status != Status.ACTIVE:
            messages.warning(request, _("Something can be fetched only while the connection is active."))
        else:
            sync.enqueue(connection, SyncRun.Trigger.MANUAL)
            messages.success(request, _("It is being fetched; this page shows how far it is."))
        return redirect("admin:integrations_connection_change", pk)

    def set_adviser(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Say that the client's invitation was accepted, or that there is no access any more."""
        connection = self._for_action(request, pk)
        wanted = AdviserAccess.CONFIRMED if request.POST.get("access") == "confirmed" else AdviserAccess.NONE
        try:
            set_access(connection, wanted, person(request))
        except connections.ConnectProblem as problem:
            messages.warning(request, str(problem))
        else:
            # An f-string would hide the text from the collector.
            messages.success(request, str(_("Tax adviser access")) + f": {connection.get_adviser_access_display()}")
        return redirect("admin:integrations_connection_change", pk)

    def choose_files(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """Note whether the documents beside transactions are wanted; the next fetch follows."""
        connection = self._for_action(request, pk)
        wanted = request.POST.get("files") == "yes"
        Connection.objects.filter(pk=connection.pk).update(fetch_files=wanted)
        messages.success(
            request,
            _("The documents beside transactions are fetched from the next fetch on.")
            if wanted
            else _("No further documents are fetched; those that are here stay."),
        )
        return redirect("admin:integrations_connection_change", pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Put the whole case on the page."""
        connection: Connection = context["original"]
        today = timezone.localdate()
        others = others_of_organization(connection) if connection.key_fingerprint else []
        seen = set(
            self.get_queryset(request).filter(pk__in=[other.pk for other in others]).values_list("pk", flat=True)
        )
        context.update(
            connection=connection,
            key_end=key_end(connection, today) if connection.key_fingerprint else "",
            keys_end=door_of(connection).keys_end,
            key_end_first=today,
            key_end_last=latest_end(today),
            doubt=in_doubt(connection.provider) if connection.doubted_at else None,
            shared=[other for other in others if other.pk in seen],
            shared_unseen=len(others) - len(seen),
            title=str(connection),
            **_bank_data(connection, person(request)),
            badge=connection_state(connection),
            case=case(connection),
            may_act=self.may_act(request),
            has_key=connection.status in (Status.ACTIVE, Status.FAILED),
            **timeline_of(request, connection),
            **self._progress(connection),
            may_list=person(request).has_perm("integrations.view_callentry"),
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _progress(self, connection: Connection) -> dict[str, Any]:
        run = connection.runs.order_by("-queued_at", "-id").first()
        if run is not None:
            run.connection = connection
        return {"last_run": run, "progress": progress_of(run)}


def timeline_of(request: HttpRequest, connection: Connection) -> dict[str, Any]:
    """The part of the timeline that is asked for: ``?kind=``, ``?day=`` (its end), ``?before=`` (a moment)."""
    kind, before = request.GET.get("kind", ""), _moment(request.GET.get("before", ""))
    day = _day(request.GET.get("day", ""))
    part = timeline(connection, kind=kind, before=before or (end_of(day) if day else None))
    older = {"kind": kind, "before": part.older.isoformat()} if part.older else {}
    return {
        "part": part,
        "kind": kind,
        "day": day,
        "kinds": FILTERS.items(),
        "narrowed": bool(kind or day or before),
        "older": urlencode({name: value for name, value in older.items() if value}),
    }


def _bank_data(connection: Connection, user: User) -> dict[str, Any]:
    """Accounts and alarms of a bank feed; their numbers only for people who may see bank data."""
    if not connection.is_bank:
        return {"feeds": None}
    alarms = connection.events.filter(kind=ConnectionEvent.Kind.BANK).order_by("-at")[:MOST_ALARMS]
    return {
        "feeds": feed_lines(connection),
        "may_see_accounts": user.has_perm("matching.view_bankaccount"),
        "alarms": [event.detail for event in alarms] if user.has_perm("matching.view_transaction") else [],
    }


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _day(text: str) -> date | None:
    try:
        return min(date.fromisoformat(text), LAST_DAY)
    except ValueError:
        return None
