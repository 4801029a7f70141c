"""When vouchers were last fetched, in templates."""

from datetime import datetime

from django import template
from django.db.models import Max
from django.template.context import RequestContext

from accounts.scoping import scoped
from integrations.models import Connection

register = template.Library()


@register.simple_tag(takes_context=True)
def last_fetch(context: RequestContext) -> datetime | None:
    """The moment of the newest fetch among the person's clients; one query, only where it is asked for."""
    user = context["request"].user
    found: datetime | None = scoped(Connection.objects.all(), user).aggregate(at=Max("last_sync_at"))["at"]
    return found
