"""Bank statement files in the admin: uploaded for a client, imported through the service."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from accounts.client_filter import ClientFilter
from accounts.display import moment
from accounts.models import Client
from accounts.scoped_admin import ReadOnlyAdmin, person
from accounts.scoping import visible_clients
from integrations.models import StatementFile
from integrations.services.statements import import_file

LARGEST = 50_000_000
"""Bytes of an uploaded statement file."""


class UploadForm(forms.Form):
    """A client and a file of its bank."""

    client = forms.ModelChoiceField(Client.objects.none(), label=_("Client"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        label=_("Bank statement"), help_text=_("CAMT.053, an XML file"), widget=UnfoldAdminFileFieldWidget
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["client"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        choice.queryset = visible_clients(request.user).order_by("number")

    def clean_file(self) -> Any:
        """Refuse what no bank sends."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 50 MB."))
        return file


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

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Upload a file for a client."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None, request=request, initial=request.GET.dict())
        if request.method == "POST" and form.is_valid():
            return self._import(request, form)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import a bank statement"),
            "form": form,
            "has_file_field": True,
        }
        return render(request, "admin/integrations/statement_upload.html", context)

    def _import(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        uploaded = form.cleaned_data["file"]
        outcome = import_file(form.cleaned_data["client"], uploaded.name, uploaded.read(), actor=person(request))
        if outcome.file is None:
            for error in outcome.errors[:5] or ({"message": _("The file could not be read.")},):
                form.add_error("file", str(error["message"]))
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("Import a bank statement"),
                "form": form,
            }
            return render(request, "admin/integrations/statement_upload.html", context)
        if outcome.again and not outcome.new:
            messages.info(request, _("This file was imported before; nothing has changed."))
        else:
            words = ngettext("%(n)s new transaction.", "%(n)s new transactions.", outcome.new) % {"n": outcome.new}
            known = ngettext("%(n)s was known already.", "%(n)s were known already.", outcome.duplicate)
            messages.success(request, f"{words} {known % {'n': outcome.duplicate}}")
        return redirect("admin:integrations_statementfile_change", outcome.file.pk)
