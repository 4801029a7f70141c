"""Moments as people say them: "today, 06:12"."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

register = template.Library()
MORNING_ENDS = 10


@register.filter
def moment(value: datetime | None) -> str:
    """An aware moment: today, yesterday or tomorrow with the time, otherwise the date; empty for None."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    clock = f"{local:%H:%M}"
    days = (local.date() - timezone.localdate()).days
    named = {
        0: _("today, %(time)s"),
        -1: _("yesterday, %(time)s"),
        1: _("tomorrow, %(time)s"),
    }.get(days)
    if named:
        return named % {"time": clock}
    this_year = local.year == timezone.localdate().year
    return f"{date_format(local, 'MONTH_DAY_FORMAT' if this_year else 'DATE_FORMAT')}, {clock}"


@register.filter
def planned(value: datetime | None) -> str:
    """A moment to come, no more exact than it is meant: "tomorrow morning"; "soon" once it has passed."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    if value <= timezone.now():
        return _("soon")
    if (local.date() - timezone.localdate()).days == 1 and local.hour < MORNING_ENDS:
        return _("tomorrow morning")
    return moment(value)
