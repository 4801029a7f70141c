"""The page of a client, with what the other apps know of it."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin import ClientAdmin
from accounts.display import state
from accounts.models import Client
from accounts.scoped_admin import person
from integrations.admin.states import CONNECTION_LOOKS, connection_state
from integrations.models import Connection, Provider, Status
from matching.review.queue import Filters, open_cases

admin.site.unregister(Client)


@admin.register(Client)
class ConnectedClientAdmin(ClientAdmin):
    """Clients with the state of their accounting connection, and the ways to everything that is theirs."""

    change_form_template = "admin/integrations/client_page.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the state of the connection."""
        lexware = Connection.objects.filter(client=OuterRef("pk"), provider=Provider.LEXWARE)
        clients = super().get_queryset(request)
        marked: QuerySet[Any] = clients.annotate(lexware_status=Subquery(lexware.values("status")[:1]))
        return marked

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """One more column."""
        return [*super().get_list_display(request), "lexware"]

    @admin.display(description="Lexware Office", ordering="lexware_status")
    def lexware(self, client: Any) -> SafeString:
        """The state of the connection."""
        known = Status(client.lexware_status or Status.NONE)
        tone, icon = CONNECTION_LOOKS[known]
        return state(tone, known.label, icon)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the ways to the client's vouchers, transactions, proposals and connection."""
        client: Client | None = context.get("original")
        if client is not None:
            context["ways"] = self._ways(request, client)
            connection = client.connections.filter(provider=Provider.LEXWARE).first()
            if connection is not None and person(request).has_perm("integrations.view_connection"):
                context.update(connection=connection, badge=connection_state(connection))
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _ways(self, request: HttpRequest, client: Client) -> list[tuple[Any, int, str]]:
        """Label, number and address of each list the person may see."""
        review = open_cases(person(request), Filters(client.pk))
        lists: list[tuple[str, Any, QuerySet[Any], str]] = [
            ("matching.view_proposal", _("To review"), review, f"{reverse('admin:review')}?client={client.pk}"),
            ("vouchers.view_voucher", _("Vouchers"), client.vouchers.all(), _list("vouchers_voucher", client)),
            (
                "matching.view_transaction",
                _("Bank transactions"),
                client.transactions.all(),
                _list("matching_transaction", client),
            ),
            (
                "matching.view_learnedfact",
                _("Learned from decisions"),
                client.learned_facts.filter(revoked_at=None),
                _list("matching_learnedfact", client),
            ),
            (
                "integrations.view_statementfile",
                _("Bank statements"),
                client.statement_files.all(),
                _list("integrations_statementfile", client),
            ),
        ]
        may = person(request).has_perm
        return [(label, rows.count(), address) for needed, label, rows, address in lists if may(needed)]


def _list(model: str, client: Client) -> str:
    return f"{reverse(f'admin:{model}_changelist')}?client__id__exact={client.pk}"
