"""Rules for automatic matches in the admin: the firm's, and those of single clients, with their history."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.client_filter import ClientFilter
from accounts.display import money, state
from accounts.scoped_admin import ScopedAdmin, person
from accounts.scoping import sees_everything, visible_clients
from matching.client_policy import Difference, MatchKind
from matching.models import MatchingPolicy
from matching.policy_words import POLICY_WORDS, change_lines, threshold_words
from matching.services.comparing import ask
from matching.services.firm_comparing import ask_for_firm
from matching.services.policies import save_policy, values_of


class PolicyForm(forms.ModelForm[MatchingPolicy]):
    """A rule; ``for_the_firm`` says whether the person may change the firm's own."""

    for_the_firm = False

    class Meta:
        # Typed and shown in the reader's form: 99,5 in German.
        localized_fields = ("threshold", "highest")

    def clean(self) -> dict[str, Any]:
        """Only who sees everything writes the firm's rule, which is always in use."""
        values: dict[str, Any] = super().clean() or {}
        client = values.get("client", self.instance.client)
        if client is None and "client" not in self.errors:
            if not self.for_the_firm:
                raise ValidationError(_("Choose a client: the rule of the whole firm is set by partners."))
            if not values.get("in_use", True):
                raise ValidationError({"in_use": _("The firm's rule is always in use.")})
        return values


@admin.register(MatchingPolicy)
class MatchingPolicyAdmin(ScopedAdmin):
    """What Kontor may match without a person."""

    form = PolicyForm
    change_form_template = "admin/matching/policy_page.html"
    list_display = ("whose", "used", "certainty", "limit", "to_a_person")
    list_filter = (("client", ClientFilter),)
    search_fields = ("client__name", "client__number")
    search_help_text = _("Client")
    ordering = ("client__number",)
    list_select_related = ("client",)
    empty_words = _("Without a rule, Kontor matches by itself whatever it is sure of.")
    fieldsets = (
        (None, {"fields": ("client", "in_use")}),
        (_("What Kontor may match by itself"), {"fields": ("threshold", "highest")}),
        (_("Which matches"), {"fields": tuple(map(str, MatchKind))}),
        (_("With which differences between voucher and payment"), {"fields": tuple(map(str, Difference))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rules of the person's clients, and the firm's, which counts for everybody."""
        mine = Q(client__in=visible_clients(person(request)).values("pk")) | Q(client=None)
        rows: QuerySet[Any] = ModelAdmin.get_queryset(self, request).filter(mine)
        return rows

    def has_change_permission(self, request: HttpRequest, obj: MatchingPolicy | None = None) -> bool:
        """The firm's rule is changed by who sees everything."""
        may: bool = super().has_change_permission(request, obj)
        return may and (obj is None or obj.client_id is not None or sees_everything(person(request)))

    def get_form(
        self, request: HttpRequest, obj: MatchingPolicy | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Knows whether the person may write the firm's rule."""
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.for_the_firm = sees_everything(person(request))
        if obj is None and "client" in form.base_fields:
            form.base_fields["client"].help_text = _("Empty: the rule of the whole firm.") if form.for_the_firm else ""
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: MatchingPolicy | None = None) -> list[str]:
        """Whose rule it is stays."""
        fields = list(super().get_readonly_fields(request, obj))
        return fields if obj is None else [*fields, "client"]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the other button: show what the rule would change, and save nothing."""
        if request.method == "POST" and "_compare" in request.POST:
            rule = self.get_object(request, object_id) if object_id else None
            if object_id and rule is None:
                raise Http404
            if not (self.has_change_permission(request, rule) if rule else self.has_add_permission(request)):
                raise PermissionDenied
            form = self.get_form(request, rule, change=rule is not None)(request.POST, instance=rule)
            if form.is_valid():
                client = form.instance.client
                if client is not None and person(request).has_perm("matching.add_comparison"):
                    asked = ask(client, values_of(form.instance), person(request))
                    return redirect("admin:matching_comparison_change", asked.pk)
                if client is None and person(request).has_perm("matching.add_firmcomparison"):
                    whole = ask_for_firm(values_of(form.instance), person(request))
                    return redirect("admin:matching_firmcomparison_change", whole.pk)
                raise PermissionDenied
        response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        return response

    def save_model(self, request: HttpRequest, obj: MatchingPolicy, form: Any, change: bool) -> None:
        """Through the service, which keeps the history."""
        obj.pk = save_policy(obj.client, obj, person(request)).pk

    @admin.display(description=_("counts for"), ordering="client__number")
    def whose(self, rule: MatchingPolicy) -> str:
        """The client, or the firm."""
        return str(rule)

    @admin.display(description=_("in use"), ordering="in_use")
    def used(self, rule: MatchingPolicy) -> SafeString:
        """Whether it counts."""
        return state("good", _("yes")) if rule.in_use else state("none", _("no: the firm's rule counts"))

    @admin.display(description=_("at least this sure"), ordering="threshold")
    def certainty(self, rule: MatchingPolicy) -> str:
        """The threshold in percent."""
        return threshold_words(rule.threshold) if rule.threshold else str(_("as Kontor itself demands"))

    @admin.display(description=_("up to this amount"), ordering="highest")
    def limit(self, rule: MatchingPolicy) -> str:
        """The highest amount."""
        return money(rule.highest) or str(_("any amount"))

    @admin.display(description=_("left to a person"))
    def to_a_person(self, rule: MatchingPolicy) -> str:
        """What is not allowed."""
        held = [str(POLICY_WORDS[name]) for name in (*MatchKind, *Difference) if not getattr(rule, name)]
        return ", ".join(held) or str(_("nothing"))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Say what a rule does, and who changed it."""
        rule: MatchingPolicy | None = context.get("original")
        may = self.has_change_permission(request, rule) if rule else self.has_add_permission(request)
        context["may_compare"] = may and person(request).has_perm("matching.add_comparison")
        if rule is not None:
            changes = rule.changes.select_related("actor").order_by("-at", "-pk")[:100]
            context.update(history=[(row, change_lines(row)) for row in changes], title=str(rule))
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
