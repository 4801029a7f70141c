"""Questions to clients in the admin: asked on the page of a voucher, a payment or a proposal, answered there."""

from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.client_filter import ClientFilter
from accounts.display import moment
from accounts.scoped_admin import PageAdmin, person
from accounts.scoping import scoped
from integrations.models import ClientQuestion, QuestionFile
from integrations.question_panel import question_state
from integrations.question_words import PAIRS, RELATED, subject_of
from integrations.services import questions as service
from matching.models import Proposal, Transaction
from vouchers.file_views import delivered
from vouchers.models import Voucher

SUBJECTS: Final[dict[str, type[Voucher | Transaction | Proposal]]] = {
    "voucher": Voucher,
    "transaction": Transaction,
    "proposal": Proposal,
}


@admin.register(ClientQuestion)
class QuestionPages(PageAdmin):
    """What clients were asked, and what they sent."""

    change_form_template = "admin/integrations/question_page.html"
    list_display = ("words", "badge", "about", "client_name", "asked", "answered")
    list_display_links = ("words",)
    list_filter = (("client", ClientFilter), "state", "kind")
    search_fields = ("text", "answer", "client__number", "client__name")
    search_help_text = _("Client or words")
    ordering = ("-asked_at", "-id")
    list_select_related = ("client", *RELATED)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what proposals put together."""
        return super().get_queryset(request).prefetch_related(*PAIRS)

    @admin.display(description=_("question"), ordering="text")
    def words(self, question: ClientQuestion) -> str:
        """Its beginning."""
        return str(question) or str(_("A document without words"))

    @admin.display(description=_("state"), ordering="state")
    def badge(self, question: ClientQuestion) -> SafeString:
        """Whose turn it is."""
        return question_state(question)

    @admin.display(description=_("about"))
    def about(self, question: ClientQuestion) -> str:
        """What it is about."""
        subject = subject_of(question)
        return f"{subject.kind}: {subject.name} {subject.amount}".strip()

    @admin.display(description=_("client"), ordering="client__number")
    def client_name(self, question: ClientQuestion) -> str:
        """Who was asked."""
        return str(question.client)

    @admin.display(description=_("asked"), ordering="asked_at")
    def asked(self, question: ClientQuestion) -> str:
        """When it was asked."""
        return moment(question.asked_at)

    @admin.display(description=_("answered on"), ordering="answered_at")
    def answered(self, question: ClientQuestion) -> str:
        """When it was answered."""
        return moment(question.answered_at)

    def get_urls(self) -> list[URLPattern]:
        """The buttons, and the documents of answers."""
        wrap = self.admin_site.admin_view
        return [
            path("ask/<str:kind>/<int:pk>/", wrap(require_POST(self.ask)), name="integrations_clientquestion_ask"),
            path("<int:pk>/settle/", wrap(require_POST(self.settle)), name="integrations_clientquestion_settle"),
            path("files/<int:pk>/", wrap(require_safe(self.file)), name="integrations_clientquestion_file"),
            *super().get_urls(),
        ]

    def ask(self, request: HttpRequest, kind: str, pk: int) -> HttpResponseRedirect:
        """Ask the client about a thing, and go back to its page."""
        model = SUBJECTS.get(kind)
        if model is None:
            raise Http404
        if not person(request).has_perm("integrations.add_clientquestion"):
            raise PermissionDenied
        rows: QuerySet[Any] = scoped(model._default_manager.all(), request.user)
        subject = get_object_or_404(rows, pk=pk)
        try:
            service.ask(subject, request.POST.get("text", ""), person(request))
        except service.UnableToAnswer as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The client finds the question in the portal."))
        return redirect(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", pk)

    def settle(self, request: HttpRequest, pk: int) -> HttpResponseRedirect:
        """The question is done, or not after all."""
        if not person(request).has_perm("integrations.change_clientquestion"):
            raise PermissionDenied
        question = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.POST.get("done") == "no":
            reopened = service.reopen(question)
            messages.success(request, _("The question is open again.") if reopened else _("Nothing was changed."))
        else:
            done = service.finish(question, person(request))
            messages.success(request, _("The question is done.") if done else _("It was done already."))
        if request.POST.get("next") == "subject":
            return redirect(subject_of(question).admin)
        return redirect("admin:integrations_clientquestion_change", pk)

    def file(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """A document that the client sent."""
        if not self.has_view_permission(request):
            raise Http404
        rows = scoped(QuestionFile.objects.select_related("stored"), request.user, "question__client")
        found = get_object_or_404(rows, pk=pk)
        return delivered(found.stored, found.name)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Question, answer and documents on one page."""
        question: ClientQuestion = context["original"]
        context.update(
            question=question,
            title=str(question) or str(_("Document for a payment")),
            badge=question_state(question),
            about=subject_of(question),
            may_settle=person(request).has_perm("integrations.change_clientquestion"),
        )
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
