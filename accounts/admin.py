"""People, groups and clients in the admin."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models import DateField, Field, Model, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.client_ways import ClientWays
from accounts.display import state
from accounts.entry_admin import MailAdmin as MailAdmin
from accounts.group_words import GroupFilter, group_word, permission_lines
from accounts.models import Client, Membership, TaxYear, User, VatReturn
from accounts.scoped_admin import ScopedAdmin, ScopedInline, person
from accounts.services import NUMBER
from accounts.tax import sync_start

admin.site.unregister(Group)


class PersonCreationForm(UserCreationForm):
    """Adds a person by e-mail address."""

    class Meta:
        model = User
        fields = ("email", "name")


class PersonChangeForm(UserChangeForm):
    """Changes a person."""

    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User], ModelAdmin):
    """People: staff of the firm and users at clients. Nobody can raise themselves above what they are."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering = ("email",)
    list_display = ("email", "name", "part", "language", "active")
    list_filter = ("is_staff", "is_active", ("groups", GroupFilter))
    list_filter_submit = True
    search_fields = ("email", "name")
    show_full_result_count = False
    list_per_page = 50
    actions = None
    filter_horizontal = ()
    readonly_fields = ("created_at", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language")}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "groups", "is_superuser")}),
        (_("Times"), {"fields": ("created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Everybody, with their groups."""
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("part"))
    def part(self, user: User) -> str:
        """Which part the person plays."""
        if user.is_superuser:
            return str(_("Administrator"))
        if user.is_staff:
            names = [group_word(group) for group in user.groups.all()]
            return ", ".join(names) or str(_("Staff"))
        return str(_("Client"))

    @admin.display(description=_("may log in"), ordering="is_active")
    def active(self, user: User) -> SafeString:
        """Whether the person may log in."""
        return state("good", _("yes")) if user.is_active else state("none", _("no"))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only an administrator makes administrators."""
        fields = list(super().get_readonly_fields(request, obj))
        return fields if person(request).is_superuser else [*fields, "is_superuser"]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Groups by the words people know them by."""
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label_from_instance = group_word
        return field

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """An administrator is changed by administrators only."""
        if obj is not None and obj.is_superuser and not person(request).is_superuser:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """People are switched off, not deleted: their decisions stay."""
        return False

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Groups, to read: what each may do is written down in the program and set anew by every migration."""

    actions = None
    list_display = ("word",)
    search_fields = ()
    fields = ("name", "may")
    readonly_fields = ("name", "may")

    @admin.display(description=_("name"), ordering="name")
    def word(self, group: Group) -> str:
        """What the group is called."""
        return group_word(group)

    @admin.display(description=pgettext_lazy("permission", "may"))
    def may(self, group: Group) -> SafeString:
        """The permissions in words."""
        return format_html_join("", "<div>{}</div>", ((line,) for line in permission_lines(group)))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Group | None:
        """The group with its name in words: it is only read here."""
        group: Group | None = super().get_object(request, object_id, from_field)
        if group is not None:
            group.name = group_word(group)
        return group

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Groups belong to the program."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Groups belong to the program."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Groups belong to the program."""
        return False


class PeriodInline(ScopedInline):
    """Rows with days of this century: a mistyped year would move the first fetched voucher by ages."""

    within = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 31)))

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Refuse other days."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(db_field, DateField):
            field.validators.extend(self.within)
        return field


class TaxYearInline(PeriodInline):
    """Tax years of a client."""

    model = TaxYear
    ordering = ("-year",)
    fields = ("year", "closed_on")


class VatReturnInline(PeriodInline):
    """VAT returns of a client."""

    model = VatReturn
    ordering = ("-period_end",)
    fields = ("period_start", "period_end", "filed_on")


class MembershipInline(ScopedInline):
    """The people who act for a client."""

    model = Membership
    fields = ("user", "created_at")
    readonly_fields = ("created_at",)
    autocomplete_fields = ("user",)
    can_delete = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """With the people's names."""
        queryset: QuerySet[Membership] = super().get_queryset(request).select_related("user", "client")
        return queryset


class ClientAdmin(ClientWays, ScopedAdmin):
    """Clients. The apps above hang what they know of a client onto this page."""

    client_path = "pk"
    list_display = ("number", "name", "service", "accountant_name")
    list_display_links = ("number", "name")
    list_filter = ("service",)
    search_fields = ("number", "name", "email")
    ordering = ("number",)
    list_select_related = ("accountant",)
    autocomplete_fields = ("accountant",)
    readonly_fields = ("vouchers_from", "created_at")
    fields = ("number", "name", "email", "service", "accountant", "vouchers_from", "created_at")
    inlines = (TaxYearInline, VatReturnInline, MembershipInline)

    @admin.display(description=_("accountant"), ordering="accountant__name")
    def accountant_name(self, client: Client) -> str:
        """Who keeps the books."""
        return str(client.accountant) if client.accountant else ""

    @admin.display(description=_("vouchers are fetched from"))
    def vouchers_from(self, client: Client) -> str:
        """The first voucher date that a sync fetches, by tax years and VAT returns."""
        if client._state.adding:
            return ""
        return date_format(sync_start(client, timezone.localdate()), "SHORT_DATE_FORMAT")

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Only numbers that can stand in an address."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "number":
            field.validators.append(RegexValidator(rf"^{NUMBER.pattern}\Z"))
        return field

    def get_fields(self, request: HttpRequest, obj: Client | None = None) -> list[str]:
        """Who may not see people reads the accountant's name and cannot hand a client to somebody else."""
        if person(request).has_perm("accounts.view_user"):
            return list(self.fields)
        return ["accountant_name" if name == "accountant" else name for name in self.fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Client | None = None) -> list[str]:
        """The number stays once it is given."""
        fields = [*super().get_readonly_fields(request, obj), "accountant_name"]
        if obj is not None:
            fields.append("number")
        return fields

    def get_autocomplete_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """The search for people, for those who may see them."""
        return ("accountant",) if person(request).has_perm("accounts.view_user") else ()


admin.site.register(Client, ClientAdmin)
