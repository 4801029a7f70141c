"""When a connection is fetched: every morning at its own stable minute, and sooner again after an outage."""

import hashlib
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_RETRY = timedelta(minutes=10)
RETRY_GROWTH = 4


def spread(connection_id: int, minutes: int) -> timedelta:
    """How long after the hour a connection starts: the same every day, evenly spread over ``minutes``."""
    digest = hashlib.sha256(f"morning:{connection_id}".encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8]) % (max(minutes, 1) * 60))


def morning_after(moment: datetime, hour: int, offset: timedelta) -> datetime:
    """The first moment after ``moment`` at which it is ``hour`` o'clock in Germany plus ``offset``, in UTC.

    ``hour`` must not lie in the night when clocks change (2 o'clock); both changes are honoured.
    """
    day = (moment - offset).astimezone(BERLIN).date()
    for ahead in range(3):
        slot = datetime.combine(day + timedelta(days=ahead), time(hour), BERLIN).astimezone(UTC) + offset
        if slot > moment:
            return slot
    raise AssertionError("one of three days in a row has a morning still to come")


def next_morning(connection_id: int, moment: datetime) -> datetime:
    """The next regular fetch of a connection, as the firm has set hour and spread."""
    return morning_after(moment, settings.SYNC_HOUR, spread(connection_id, settings.SYNC_SPREAD_MINUTES))


def retry_at(connection_id: int, moment: datetime, failures: int) -> datetime:
    """When to try again after so many failures in a row: 10 minutes, 40, 160 …, at the latest in the morning."""
    delay = FIRST_RETRY * int(RETRY_GROWTH ** min(failures - 1, 5))
    return min(moment + delay, next_morning(connection_id, moment))
