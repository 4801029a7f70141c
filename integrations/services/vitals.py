"""Is everything alive? Clock, queue, workers, webhooks, mails, the next morning: facts and verdicts.

Times come from the database's rows; the same number of queries whatever there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_q.models import OrmQ, Schedule

from accounts.models import TaskAttempt
from integrations.models import Connection, FetchWorker, RateBudget, Status, SupportRequest, SyncRun, WebhookDelivery
from integrations.providers.pace import recovered
from integrations.services import fetch_places

# Every minute something is due; who is later than this has stopped.
CLOCK_LATE = timedelta(minutes=4)
QUEUE_LONG = 500
# A crew is called at once and every minute again.
FETCH_LATE = timedelta(minutes=10)
WEBHOOK_LATE = timedelta(minutes=10)
MORNING_LATE = timedelta(minutes=30)
MAIL_LATE = timedelta(minutes=20)
SHOWN = 50

GOOD, SOON, FAILED = "good", "soon", "failed"
Open = WebhookDelivery.State


@dataclass(frozen=True, slots=True)
class Vital:
    """One sign of life: its tone (good, soon, failed), its name, and what is the case."""

    tone: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Slowed:
    """An organization whose calls go out more slowly because the service refused some."""

    name: str
    percent: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """Everything at a moment."""

    at: datetime
    signs: tuple[Vital, ...]
    workers: tuple[FetchWorker, ...]
    given_up: tuple[TaskAttempt, ...]
    slowed: tuple[Slowed, ...]

    @property
    def troubles(self) -> int:
        """How many signs need somebody."""
        return sum(sign.tone != GOOD for sign in self.signs)


def vitals(now: datetime | None = None) -> Vitals:
    """Look at everything."""
    now = now or timezone.now()
    given_up = tuple(TaskAttempt.objects.filter(gave_up_at__isnull=False).order_by("-gave_up_at")[:SHOWN])
    workers = tuple(
        FetchWorker.objects.annotate(at_work=Count("runs", filter=Q(runs__state=SyncRun.State.RUNNING))).order_by(
            "place", "started_at"
        )
    )
    signs = (
        _clock(now),
        _queue(),
        _fetches(now, workers),
        _webhooks(now),
        _tasks(given_up),
        _morning(now),
        _mails(now),
    )
    return Vitals(now, signs, workers, given_up, _slowed(now))


def lives(worker: FetchWorker, now: datetime) -> bool:
    """Whether a worker has shown a sign of life lately."""
    return worker.alive_at > now - fetch_places.dead_after()


def _clock(now: datetime) -> Vital:
    first = Schedule.objects.aggregate(first=Min("next_run"))["first"]
    name = _("Clock")
    if first is None:
        return Vital(FAILED, name, _("No schedule is installed: run migrate, then start the worker."))
    if first < now - CLOCK_LATE:
        late = _ago(now - first)
        return Vital(
            FAILED, name, _("Nothing was started for %(time)s: the worker does not run. Start it.") % {"time": late}
        )
    return Vital(GOOD, name, _("What is due is started, every minute."))


def _queue() -> Vital:
    waiting = OrmQ.objects.count()
    words = ngettext("%(n)d task waits.", "%(n)d tasks wait.", waiting) % {"n": waiting}
    if waiting > QUEUE_LONG:
        return Vital(SOON, _("Queue"), _both(words, _("That is a lot: is a worker missing?")))
    return Vital(GOOD, _("Queue"), words if waiting else _("Nothing waits."))


def _fetches(now: datetime, workers: Sequence[FetchWorker]) -> Vital:
    state = SyncRun.State
    runs = SyncRun.objects.aggregate(
        running=Count("pk", filter=Q(state=state.RUNNING)),
        waiting=Count("pk", filter=Q(state=state.QUEUED)),
        oldest=Min("queued_at", filter=Q(state=state.QUEUED)),
    )
    name = _("Fetches")
    words = _("%(running)d under way, %(waiting)d waiting.") % runs
    living = sum(lives(worker, now) for worker in workers)
    if runs["oldest"] and runs["oldest"] < now - FETCH_LATE and not living:
        return Vital(
            FAILED, name, _both(words, _("The oldest has waited for long, and no worker takes it. Start one."))
        )
    if runs["running"] and not living:
        silent = _("Their worker is silent; another one takes over within minutes.")
        return Vital(SOON, name, _both(words, silent))
    return Vital(GOOD, name, words if runs["running"] or runs["waiting"] else _("None is under way, none waits."))


def _webhooks(now: datetime) -> Vital:
    rows = WebhookDelivery.objects.filter(state__in=[Open.WAITING, Open.READING]).aggregate(
        waiting=Count("pk"), oldest=Min("received_at"), due=Min("next_try_at")
    )
    name = _("Webhooks")
    if not rows["waiting"]:
        return Vital(GOOD, name, _("None waits."))
    words = ngettext(
        "%(n)d waits, the oldest for %(time)s.", "%(n)d wait, the oldest for %(time)s.", rows["waiting"]
    ) % {"n": rows["waiting"], "time": _ago(now - rows["oldest"])}
    if rows["due"] < now - WEBHOOK_LATE:
        return Vital(FAILED, name, _both(words, _("Nobody reads them: is the worker missing?")))
    return Vital(GOOD, name, words)


def _tasks(given_up: Sequence[TaskAttempt]) -> Vital:
    name = _("Given-up tasks")
    if not given_up:
        return Vital(GOOD, name, _("None."))
    words = ngettext("%(n)d task is given up; see below.", "%(n)d tasks are given up; see below.", len(given_up))
    return Vital(FAILED, name, words % {"n": len(given_up)})


def _morning(now: datetime) -> Vital:
    known = Connection.objects.filter(status__in=[Status.ACTIVE, Status.FAILED], secret__isnull=False)
    rows = known.aggregate(
        late=Count("pk", filter=Q(next_sync_at__lt=now - MORNING_LATE)),
        coming=Count("pk", filter=Q(next_sync_at__range=(now, now + timedelta(hours=24)))),
        first=Min("next_sync_at", filter=Q(next_sync_at__gte=now)),
        last=Max("next_sync_at", filter=Q(next_sync_at__lte=now + timedelta(hours=24))),
    )
    name = _("Next morning")
    if rows["late"]:
        words = ngettext("%(n)d connection is overdue.", "%(n)d connections are overdue.", rows["late"])
        return Vital(SOON, name, words % {"n": rows["late"]})
    if not rows["coming"]:
        return Vital(GOOD, name, _("No connection is due within a day."))
    words = ngettext(
        "%(n)d connection within a day, at %(first)s.",
        "%(n)d connections within a day, from %(first)s to %(last)s.",
        rows["coming"],
    )
    first, last = (f"{timezone.localtime(moment):%H:%M}" for moment in (rows["first"], rows["last"]))
    return Vital(GOOD, name, words % {"n": rows["coming"], "first": first, "last": last})


def _mails(now: datetime) -> Vital:
    waiting = SupportRequest.objects.filter(mailed_at=None, created_at__lt=now - MAIL_LATE).count()
    name = _("Mails")
    if not waiting:
        return Vital(GOOD, name, _("Every support request was mailed."))
    words = ngettext(
        "%(n)d support request was not mailed yet.", "%(n)d support requests were not mailed yet.", waiting
    )
    return Vital(SOON, name, _both(words % {"n": waiting}, _("Is the mail server there?")))


def _slowed(now: datetime) -> tuple[Slowed, ...]:
    rows = RateBudget.objects.filter(pace__lt=1.0).order_by("-slowed_at")[:SHOWN]
    paces = {row.key: recovered(row.pace, now.timestamp() - row.slowed_at) for row in rows}
    names = dict(
        Connection.objects.filter(organization_id__in=paces).values_list("organization_id", "organization_name")
    )
    return tuple(Slowed(names.get(key) or key, int(pace * 100)) for key, pace in paces.items() if pace < 1.0)


def _both(first: str, second: str) -> str:
    return f"{first} {second}"


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}
