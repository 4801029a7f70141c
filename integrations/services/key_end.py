"""When a key ends: what is proposed, what is allowed. Pure: the day is passed in."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

# A key lives for 24 months at most (reference: keys 1.3).
LONGEST_YEARS = 2


class WrongEnd(ValueError):
    """This cannot be the last day of a key; the text says why."""


def latest_end(today: date) -> date:
    """The last day of a key that is made today, 24 months from now; it is what we propose, too."""
    try:
        return today.replace(year=today.year + LONGEST_YEARS)
    except ValueError:
        return date(today.year + LONGEST_YEARS, 2, 28)


def possible_end(day: date, today: date) -> date:
    """The day itself, if a key that works today can end on it; ``WrongEnd`` otherwise."""
    latest = latest_end(today)
    if day < today:
        raise WrongEnd(_("That day is over. Look up the key's end in Lexware Office, and enter that day."))
    if day > latest:
        raise WrongEnd(
            _("A key of Lexware Office lives for 24 months at most: enter a day up to %(day)s.")
            % {"day": date_format(latest)}
        )
    return day
