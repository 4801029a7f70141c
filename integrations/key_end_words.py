"""The end of a key in words: how long it still lives, and how near that is."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# From here on a key's end is told in amber, and from the second one on in red.
SOON_DAYS = 30
URGENT_DAYS = 7
# Beyond this, months say more than days.
DAYS_IN_WORDS = 60


def days_left(end: date | None, today: date) -> int | None:
    """Days until the last day of a key, negative once it is over; None where the end is not known."""
    return (end - today).days if end else None


def countdown(end: date, today: date) -> str:
    """How long a key still lives: "expires in 41 days"; to be read beside the key or its client.

    Months are whole ones of the calendar, so that nobody is promised too much.
    """
    days = (end - today).days
    if days < 0:
        return _("should have expired")
    if days == 0:
        return _("expires today")
    if days == 1:
        return _("expires tomorrow")
    if days <= DAYS_IN_WORDS:
        return ngettext("expires in %(n)d day", "expires in %(n)d days", days) % {"n": days}
    months = (end.year - today.year) * 12 + end.month - today.month - (end.day < today.day)
    return ngettext("expires in %(n)d month", "expires in %(n)d months", months) % {"n": months}


def tone(days: int | None) -> str:
    """``none``, ``soon`` (amber) or ``failed`` (red)."""
    if days is None or days > SOON_DAYS:
        return "none"
    return "soon" if days > URGENT_DAYS else "failed"
