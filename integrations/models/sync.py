"""Fetches: their runs, what they had to leave out, the shared request budget."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.display import moment
from integrations.models.connection import Connection


class FetchWorker(models.Model):
    """A process that fetches. It holds one of a fixed number of places, and says every few seconds that it lives.

    Its runs are taken over when it has been silent for too long.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.PositiveSmallIntegerField(_("place"), null=True, unique=True)
    host = models.CharField(_("machine"), max_length=100, blank=True)
    pid = models.PositiveIntegerField(_("process"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    alive_at = models.DateTimeField(_("last sign of life"), default=timezone.now)

    class Meta:
        verbose_name = _("fetch worker")
        verbose_name_plural = _("fetch workers")

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"


class SyncRun(models.Model):
    """One fetch of a connection's vouchers, with what it found and what it cost."""

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Trigger(models.TextChoices):
        """What started it."""

        SCHEDULE = "schedule", _("in the morning")
        MANUAL = "manual", _("by hand")
        CONNECT = "connect", _("after connecting")

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="runs", verbose_name=_("connection")
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.QUEUED)
    trigger = models.CharField(_("started"), max_length=20, choices=Trigger.choices)
    full = models.BooleanField(_("complete comparison"), default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    worker = models.ForeignKey(
        FetchWorker, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs", verbose_name=_("worker")
    )
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    alive_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    from_date = models.DateField(_("vouchers from"), null=True, blank=True)
    phase = models.CharField(_("phase"), max_length=20, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    # Requests that are still to come, as far as known: with the pace they give the time left.
    requests_left = models.PositiveIntegerField(_("requests left"), default=0)
    # When every voucher was visible, and when every payment was there, for the first time in this fetch.
    listed_at = models.DateTimeField(_("list complete"), null=True, blank=True)
    payments_at = models.DateTimeField(_("payments complete"), null=True, blank=True)
    created = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    withdrawn = models.PositiveIntegerField(_("withdrawn"), default=0)
    files = models.PositiveIntegerField(_("files"), default=0)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    rate_limited = models.PositiveIntegerField(_("refused by the rate limit"), default=0)
    error = models.CharField(_("error"), max_length=40, blank=True)
    error_detail = models.CharField(_("what happened"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("fetch")
        verbose_name_plural = _("fetches")
        constraints = [
            # At most one run of a connection waits or works.
            models.UniqueConstraint(
                fields=["connection"],
                condition=models.Q(state__in=["queued", "running"]),
                name="sync_run_one_live",
            )
        ]
        indexes = [
            models.Index(fields=["connection", "-queued_at"], name="sync_run_history"),
            models.Index(fields=["-queued_at", "-id"], name="sync_run_time"),
            models.Index(fields=["state", "queued_at", "id"], name="sync_run_queue"),
        ]

    def __str__(self) -> str:
        return gettext("Fetch of %(when)s") % {"when": moment(self.queued_at)}


class SkippedRecord(models.Model):
    """A voucher that a run could not take over, and why."""

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="skipped", verbose_name=_("fetch"))
    external_id = models.CharField(_("provider's id"), max_length=80)
    number = models.CharField(_("number"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=40)
    detail = models.CharField(_("detail"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("skipped voucher")
        verbose_name_plural = _("skipped vouchers")
        constraints = [models.UniqueConstraint(fields=["run", "external_id"], name="skipped_record_unique")]

    def __str__(self) -> str:
        return self.number or self.external_id


class RateBudget(models.Model):
    """The shared request budget of one Lexware organization.

    ``next_at`` is the epoch second (by the database's clock) at which the next call may go out; it is moved forward
    with one UPDATE per call, so that any number of processes and machines share it (reference: rate limit 2.1).
    """

    key = models.CharField(_("organization"), max_length=80, unique=True)
    next_at = models.FloatField(_("next call"), default=0)
    # Share of the usual pace after the last refusal, and its epoch second; from then on it recovers with time.
    pace = models.FloatField(_("pace"), default=1.0)
    slowed_at = models.FloatField(_("slowed down"), default=0)

    class Meta:
        verbose_name = _("request budget")
        verbose_name_plural = _("request budgets")

    def __str__(self) -> str:
        return self.key
