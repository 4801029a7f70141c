"""What groups are called and what they may do, as people read it; their names in the database are the program's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.groups import ACCOUNTANT, PARTNER, SUPPORT

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.utils.functional import _StrPromise

GROUP_WORDS = {ACCOUNTANT: _("Accountant"), SUPPORT: _("Support"), PARTNER: _("Partner")}
ACTION_WORDS = {"view": _("see"), "add": _("add"), "change": _("change"), "delete": _("delete")}


def group_word(group: Group) -> str:
    """A group's name in the language of the reader."""
    return str(GROUP_WORDS.get(group.name, group.name))


def permission_lines(group: Group) -> list[str]:
    """What a group may do, a line for each kind of thing: "Vouchers: see, change"."""
    actions: dict[str, list[str]] = {}
    for permission in group.permissions.select_related("content_type"):
        model = permission.content_type.model_class()
        action = ACTION_WORDS.get(permission.codename.partition("_")[0])
        if model is None or action is None:
            actions.setdefault(permission.name, [])
        else:
            actions.setdefault(capfirst(str(model._meta.verbose_name_plural)), []).append(str(action))
    return [f"{thing}: {', '.join(words)}" if words else thing for thing, words in sorted(actions.items())]


class GroupFilter(admin.RelatedFieldListFilter):
    """The filter by group, in words."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: ModelAdmin[Any]
    ) -> list[tuple[str, str | _StrPromise]]:
        """The groups."""
        return [(str(group.pk), group_word(group)) for group in Group.objects.order_by("pk")]
