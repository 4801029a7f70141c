"""The filter by days that lists offer."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from unfold.contrib.filters.admin import RangeDateFilter


class PeriodFilter(RangeDateFilter):  # type: ignore[misc, unused-ignore]
    """From one day to another, both included, of dates or moments.

    Reads days as the reader writes them (the theme's own filter knows American ones only and ignores all others).
    """

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Limit the list; a day that cannot be read is named in a message."""
        name, moments = self.parameter_name, isinstance(self.field, DateTimeField)
        first, last = self._day(request, f"{name}_from"), self._day(request, f"{name}_to")
        if first is not None:
            queryset = queryset.filter(**{f"{name}__gte": _midnight(first) if moments else first})
        if last is not None:
            after = last + timedelta(days=1)
            queryset = queryset.filter(**{f"{name}__lt": _midnight(after) if moments else after})
        return queryset

    def _day(self, request: HttpRequest, parameter: str) -> date | None:
        typed = self.used_parameters.get(parameter)
        try:
            day: date | None = forms.DateField(required=False).clean(typed)
        except ValidationError:
            messages.warning(request, _("“%(typed)s” is not a date; the list is not limited by it.") % {"typed": typed})
            return None
        # The last day of the calendar has no day after it.
        return min(day, date.max - timedelta(days=1)) if day else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
