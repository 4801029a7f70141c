"""The filter by client that every list offers."""

from typing import Any

from django.db.models import Field
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter

from accounts.scoping import visible_clients


class ClientFilter(RelatedDropdownFilter):  # type: ignore[misc, unused-ignore]
    """Offers the clients that the person may see; Django's own filter would name all of them. One query."""

    def field_choices(self, field: Field[Any, Any], request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """The clients by number."""
        return [(client.pk, str(client)) for client in visible_clients(request.user).order_by("number")]
