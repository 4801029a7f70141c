"""Who may see what. Every queryset that reaches a person goes through here; an outsider gets 404."""

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from accounts.groups import ACCOUNTANT, PARTNER, SUPPORT
from accounts.models import Client, User

M = TypeVar("M", bound=Model)
Person = User | AnonymousUser


def sees_everything(user: Person) -> bool:
    """Whether a person's view is not limited to some clients: partners, admins, and support.

    Support may see every client because its permissions are narrow. Somebody who is an accountant as well may do more,
    and therefore only for the own clients.

    Asked many times on a page: the groups are looked up once for a person object, as Django does with permissions.
    """
    if not user.is_authenticated or not user.is_active or not user.is_staff:
        return False
    if user.is_superuser:
        return True
    if "_in_wide_group" not in user.__dict__:
        groups = set(user.groups.values_list("name", flat=True))
        user.__dict__["_in_wide_group"] = PARTNER in groups or (SUPPORT in groups and ACCOUNTANT not in groups)
    return bool(user.__dict__["_in_wide_group"])


def visible_clients(user: Person) -> QuerySet[Client]:
    """The clients a person may see: all, the own ones of an accountant, or the companies of a client user."""
    if not user.is_authenticated or not user.is_active:
        return Client.objects.none()
    if sees_everything(user):
        return Client.objects.all()
    own = Q(accountant=user) if user.is_staff else Q(pk__in=[])
    return Client.objects.filter(own | Q(memberships__user=user)).distinct()


def scoped(queryset: QuerySet[M], user: Person, path: str = "client") -> QuerySet[M]:
    """Limit a queryset to what belongs to the person's clients; ``path`` leads from its model to the client.

    Use ``path="pk"`` for a queryset of clients themselves.
    """
    if sees_everything(user):
        return queryset
    return queryset.filter(**{f"{path}__in": visible_clients(user).values("pk")})
