"""The filter by client that every list offers."""

from typing import Any

from django.db.models import Field
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.contrib.filters.forms import DropdownForm

from accounts.scoping import visible_clients


class ClientForm(DropdownForm):  # type: ignore[misc, unused-ignore]
    """The theme's form, with a search field that can speak German too; the page's language decides."""

    class Media(DropdownForm.Media):  # type: ignore[misc, unused-ignore]
        """The theme's scripts; the words come before jQuery ceases to be global."""

        _end = DropdownForm.Media.js.index("admin/js/jquery.init.js")
        js = (*DropdownForm.Media.js[:_end], "admin/js/vendor/select2/i18n/de.js", *DropdownForm.Media.js[_end:])


class ClientFilter(RelatedDropdownFilter):  # type: ignore[misc, unused-ignore]
    """Offers the clients that the person may see; Django's own filter would name all of them. One query."""

    form_class = ClientForm

    def field_choices(self, field: Field[Any, Any], request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """The clients by number."""
        return [(client.pk, str(client)) for client in visible_clients(request.user).order_by("number")]
