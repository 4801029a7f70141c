"""Who fetches: processes that show signs of life, and the few places at which they work in the background.

A process that has been silent for ``dead_after`` counts as dead: its place and its runs go to others. Time is the
database's, so that machines need not agree on the clock.
"""

import logging
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from integrations.models import FetchWorker

logger = logging.getLogger(__name__)

DEAD_AFTER = 45.0
# However much faster an accelerated sandbox is, processes are not.
LEAST_DEAD_AFTER = 4.0
BEATS_UNTIL_DEAD = 9
# What lies further ahead was written by a clock that has been set back since, and says nothing.
CLOCK_SET_BACK = timedelta(hours=3)


def dead_after() -> timedelta:
    """How long a worker may be silent before its work goes to others."""
    return timedelta(seconds=max(DEAD_AFTER / settings.LEXWARE_TIME_SCALE, LEAST_DEAD_AFTER))


def beat_seconds() -> float:
    """How often a worker shows that it lives."""
    return dead_after().total_seconds() / BEATS_UNTIL_DEAD


def dead() -> QuerySet[FetchWorker]:
    """The workers that count as dead."""
    return FetchWorker.objects.filter(Q(alive_at__lt=Now() - dead_after()) | Q(alive_at__gt=Now() + CLOCK_SET_BACK))


class Worker:
    """A process that fetches, as the database knows it."""

    def __init__(self, key: uuid.UUID) -> None:
        self.key = key
        self._beat_at = time.monotonic()

    def beat(self) -> bool:
        """Show a sign of life. False where we were taken for dead and struck off."""
        alive = bool(FetchWorker.objects.filter(pk=self.key).update(alive_at=Now()))
        self._beat_at = time.monotonic()
        return alive

    def beat_if_due(self) -> bool:
        """Show a sign of life if it is time for one; False as for ``beat``."""
        return time.monotonic() - self._beat_at < beat_seconds() or self.beat()

    def sign_off(self) -> None:
        """Leave. What it may not have finished belongs to nobody from now on, and is taken over at once."""
        FetchWorker.objects.filter(pk=self.key).delete()


@contextmanager
def working() -> Iterator[Worker]:
    """A worker without a place, for as long as the block lasts: somebody waits for it at a command line."""
    worker = Worker(uuid.uuid4())
    FetchWorker.objects.create(pk=worker.key, **_who(), alive_at=Now())
    try:
        yield worker
    finally:
        worker.sign_off()


def call(wanted: int) -> int:
    """Reserve free places until ``wanted`` crews are on their way; how many are to be called.

    A crew that does not come loses its place like one that fell silent, so a call that got lost is repeated.
    """
    taken = dict(FetchWorker.objects.filter(place__isnull=False).values_list("place", "pid"))
    on_their_way = sum(pid == 0 for pid in taken.values())
    free = [place for place in range(1, settings.SYNC_WORKERS + 1) if place not in taken]
    return sum(_reserve(place) is not None for place in free[: max(wanted - on_their_way, 0)])


def take_place() -> Worker | None:
    """Take a place that was reserved by ``call``, or a free one; None where all are taken."""
    reserved = FetchWorker.objects.filter(place__isnull=False, pid=0).order_by("place")
    for key in reserved.values_list("pk", flat=True):
        if FetchWorker.objects.filter(pk=key, pid=0).update(**_who(), alive_at=Now()):
            return Worker(key)
    for place in range(1, settings.SYNC_WORKERS + 1):
        taken = _reserve(place, **_who())
        if taken is not None:
            return Worker(taken)
    return None


def strike_off() -> None:
    """Remove the workers that count as dead; to be called when their runs are released."""
    if dead().exists():
        try:
            dead().delete()
        except IntegrityError:
            # One of them woke up and claimed a run in this very moment: it is not dead.
            logger.info("a worker thought dead went on")


def _reserve(place: int, **who: object) -> uuid.UUID | None:
    key = uuid.uuid4()
    if FetchWorker.objects.filter(place=place).exists():
        return None
    try:
        with transaction.atomic():
            FetchWorker.objects.create(pk=key, place=place, alive_at=Now(), **who)
    except IntegrityError:
        return None
    return key


def _who() -> dict[str, object]:
    return {"host": socket.gethostname()[:100], "pid": os.getpid(), "started_at": timezone.now()}
