"""The admin pages every model of the house starts from: limited to the person's clients, quiet, without deletion."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.contrib.admin.options import BaseModelAdmin
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.functional import Promise
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import User
from accounts.scoping import scoped

M = TypeVar("M", bound=Model)


def person(request: HttpRequest) -> User:
    """The person behind an admin request; admin pages are never served to anybody else."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def limit_choice(
    admin: BaseModelAdmin[Any], db_field: Field[Any, Any], request: HttpRequest, kwargs: dict[str, Any]
) -> None:
    """Offer and accept only related rows that the person may see, whatever is typed into the form."""
    related = admin.admin_site._registry.get(db_field.related_model)  # type: ignore[arg-type]
    if related is not None and "queryset" not in kwargs:
        kwargs["queryset"] = related.get_queryset(request)


class ScopedAdmin(ModelAdmin):
    """A model's pages, limited to the clients the person may see; ``client_path`` leads to the client.

    An outsider gets 404 where Django would redirect to the start page. Nothing can be deleted here: what a client's
    books rest on stays.
    """

    client_path: ClassVar[str] = "client"
    heavy_fields: ClassVar[tuple[str, ...]] = ()
    """Columns that a list does not read."""

    empty_words: ClassVar[str | Promise] = ""
    """What will stand in the list, and when, for as long as it is empty."""

    show_full_result_count = False
    list_per_page = 50
    actions: ClassVar[None] = None
    list_filter_submit = True
    empty_value_display = "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What the person may see."""
        rows = scoped(super().get_queryset(request), request.user, self.client_path)
        place = request.resolver_match.url_name if request.resolver_match else ""
        in_list = place == f"{self.opts.app_label}_{self.opts.model_name}_changelist"
        return rows.defer(*self.heavy_fields) if in_list and self.heavy_fields else rows

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Limit the choice of related rows, too."""
        limit_choice(self, db_field, request, kwargs)
        field: ModelChoiceField[Any] | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is deleted by hand."""
        return False

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponseRedirect:
        raise Http404


class ReadOnlyAdmin(ScopedAdmin):
    """Pages to read: nothing is added, changed or deleted in forms."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows come from elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are changed by services only."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the person's groups let them read."""
        app, name = self.opts.app_label, self.opts.model_name
        return person(request).has_perm(f"{app}.view_{name}") or person(request).has_perm(f"{app}.change_{name}")


class PageAdmin(ReadOnlyAdmin):
    """Pages whose template says everything: no fields of a form at all."""

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """None."""
        return []


class ScopedInline(TabularInline):
    """Rows inside a client's page; choices of related rows are limited to what the person may see."""

    extra = 0
    hide_title = True

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Name each input for screen readers: the column's head is not tied to it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", str(field.label or db_field.verbose_name))
        return field

    can_delete = False

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Limit the choice of related rows."""
        limit_choice(self, db_field, request, kwargs)
        field: ModelChoiceField[Any] | None = super().formfield_for_foreignkey(db_field, request, **kwargs)
        return field
