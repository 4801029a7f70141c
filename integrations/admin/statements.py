"""Bank statement files in the admin: what came of them, and uploading them for a client."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.client_filter import ClientFilter
from accounts.display import moment
from accounts.models import Client
from accounts.scoped_admin import ReadOnlyAdmin, person
from accounts.scoping import visible_clients
from integrations.models import StatementFile
from integrations.services.uploads import Question
from integrations.uploading import views
from integrations.uploading.desk import Desk, Links


class ClientForm(forms.Form):
    """For which client files are uploaded."""

    client = forms.ModelChoiceField(Client.objects.none(), label=_("Client"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["client"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        choice.queryset = visible_clients(request.user).order_by("number")


@admin.register(StatementFile)
class StatementFileAdmin(ReadOnlyAdmin):
    """The imported files and what came of them."""

    change_form_template = "admin/integrations/statement_page.html"
    list_display = ("imported", "name", "client_number", "transactions", "new", "duplicate", "problems")
    list_display_links = ("imported", "name")
    list_filter = (("client", ClientFilter),)
    search_fields = ("name", "client__number", "client__name")
    search_help_text = _("File or client")
    ordering = ("-imported_at", "-id")
    list_select_related = ("client",)
    fields = ("client", "name", "format", "accounts_text", "transactions", "new", "duplicate", "imported_by")
    readonly_fields = ("accounts_text",)

    @admin.display(description=_("client"), ordering="client__number")
    def client_number(self, file: StatementFile) -> str:
        """Whose file it is."""
        return str(file.client)

    @admin.display(description=_("imported"), ordering="imported_at")
    def imported(self, file: StatementFile) -> str:
        """When it was imported."""
        return moment(file.imported_at)

    @admin.display(description=_("problems"))
    def problems(self, file: StatementFile) -> int:
        """How many things could not be read."""
        return len(file.errors)

    @admin.display(description=_("accounts"))
    def accounts_text(self, file: StatementFile) -> str:
        """The accounts in the file."""
        return ", ".join(str(account) for account in file.accounts)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may import."""
        return person(request).has_perm("integrations.add_statementfile")

    def get_urls(self) -> list[URLPattern]:
        """The questions that a file may put."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/columns/", wrap(self.columns_page), name="integrations_statementfile_columns"),
            path("<int:pk>/account/", wrap(self.account_page), name="integrations_statementfile_account"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Upload files for a client, who is chosen first."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ClientForm(request.GET if "client" in request.GET else None, request=request)
        if form.is_valid():
            return views.upload(request, self._desk(request, form.cleaned_data["client"]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Upload bank files"),
            "form": form,
        }
        return render(request, "admin/integrations/statement_client.html", context)

    def columns_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Which column of a table is what."""
        file = self._asked(request, pk)
        return views.columns(request, self._desk(request, file.client), file)

    def account_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whose payments a file tells of."""
        file = self._asked(request, pk)
        return views.account(request, self._desk(request, file.client), file)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Lead from a file to its open question."""
        file: StatementFile = context["original"]
        question = views.question_of(file)
        if question in (Question.COLUMNS, Question.ACCOUNT) and self.has_add_permission(request):
            context["question_url"] = reverse(f"admin:integrations_statementfile_{question}", args=[file.pk])
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def _asked(self, request: HttpRequest, pk: int) -> StatementFile:
        if not self.has_add_permission(request):
            raise PermissionDenied
        file: StatementFile | None = self.get_queryset(request).select_related("stored").filter(pk=pk).first()
        if file is None:
            raise Http404
        return file

    def _desk(self, request: HttpRequest, client: Client) -> Desk:
        here = reverse("admin:integrations_statementfile_add")
        links = Links(
            upload=f"{here}?client={client.pk}",
            coverage=f"{reverse('admin:matching_bankaccount_changelist')}?client={client.pk}",
            question=lambda question, file: reverse(f"admin:integrations_statementfile_{question}", args=[file.pk]),
            account=lambda account: reverse("admin:matching_bankaccount_change", args=[account.pk]),
        )

        def show(
            request: HttpRequest, part: str, title: str, context: dict[str, Any], *, status: int = 200
        ) -> HttpResponse:
            frame = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": title,
                "client": client,
                "part": part,
            }
            template = "admin/integrations/statement_upload.html"
            return TemplateResponse(request, template, {**frame, **context}, status=status)

        return Desk(client, person(request), links, show)
