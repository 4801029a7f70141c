"""Background tasks count themselves before they work: one that kills its worker is recognised, and given up.

A task whose worker dies is delivered again, and again, and takes a worker with it each time. So a row is written before
the work and removed after it, however the work ended; an exception is no death. A row whose process is no longer there
is a death. After the third one in a row the task is not begun again for a day: by then somebody has looked, or what
killed it (the memory, a file, an answer) is another. A task without ids is one of the clock's, which nobody can do
without for long: it pauses for an hour.
"""

import functools
import logging
import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop
from django_q.conf import Conf

from accounts.models import TaskAttempt

logger = logging.getLogger(__name__)

MOST_DEATHS = 3
PAUSE = timedelta(days=1)
PAUSE_OF_THE_CLOCK = timedelta(hours=1)
REMEMBERED = timedelta(days=30)
REASON = gettext_noop("Its worker died every time.")


def counted(task: Callable[..., None]) -> Callable[..., None]:
    """Make a background task count its attempts; its arguments are ids only, and become part of the key."""

    @functools.wraps(task)
    def run(*ids: object) -> None:
        key = f"{task.__module__}.{task.__qualname__}({', '.join(map(str, ids))})"
        if not begin(key):
            return
        try:
            task(*ids)
        finally:
            TaskAttempt.objects.filter(key=key, gave_up_at=None).delete()

    return run


def begin(key: str) -> bool:
    """Count an attempt of a task; False where it is given up and must not be begun.

    The same task may be at work elsewhere: that is no death, and not counted.
    """
    me = _holder(os.getpid())
    while True:
        try:
            row, made = TaskAttempt.objects.get_or_create(key=key, defaults={"attempts": 1, "holder": me})
        except IntegrityError:
            # Somebody else began it in this very moment, and has ended it since.
            continue
        if made:
            return True
        now = timezone.now()
        same = TaskAttempt.objects.filter(
            pk=row.pk, attempts=row.attempts, holder=row.holder, last_at=row.last_at, gave_up_at=row.gave_up_at
        )
        if row.gave_up_at is not None:
            pause = PAUSE_OF_THE_CLOCK if key.endswith("()") else PAUSE
            if now - pause < row.gave_up_at <= now:
                logger.warning("%s is given up since %s: %s", key, row.gave_up_at.isoformat(), row.reason)
                return False
            changed = same.update(attempts=1, first_at=now, last_at=now, holder=me, gave_up_at=None, reason="")
        elif _may_live(row, now):
            changed = same.update(last_at=now, holder=me)
        elif row.attempts >= MOST_DEATHS:
            if same.update(gave_up_at=now, reason=REASON):
                logger.error("%s is given up after %d attempts: %s", key, row.attempts, REASON)
                return False
            changed = 0
        else:
            logger.warning("%s: the worker of attempt %d died", key, row.attempts)
            changed = same.update(attempts=F("attempts") + 1, last_at=now, holder=me)
        if changed:
            return True


def forget_old(now: datetime | None = None) -> int:
    """Remove what began and died so long ago that nobody will ask; how many rows that were."""
    limit = (now or timezone.now()) - REMEMBERED
    return TaskAttempt.objects.filter(last_at__lt=limit).delete()[0]


def _may_live(row: TaskAttempt, now: datetime) -> bool:
    """Whether the process of the latest attempt may still be at work.

    On this machine we can look. Another machine's process is taken for alive for as long as a task may work.
    """
    host, _, process = row.holder.partition(" ")
    if host == socket.gethostname():
        pid = int(process.split()[0])
        # A worker does one thing after the other: what it holds itself while it begins anew, it has not ended.
        return pid != os.getpid() and row.holder == _holder(pid)
    return timedelta(0) <= now - row.last_at < timedelta(seconds=cast(int, Conf.TIMEOUT))


def _holder(pid: int) -> str:
    """A process: machine, id, and when it started (ids are used again). Without the last where that is not known."""
    try:
        # The name of the program stands in parentheses and may hold anything.
        started = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()[19]
        )
    except (OSError, IndexError):
        started = "" if _exists(pid) else "gone"
    return f"{socket.gethostname()} {pid} {started}".strip()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
