"""Connections, their timeline, sync runs, the shared rate budget, statement files, support requests."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.display import moment
from accounts.models import Client
from integrations.fields import EncryptedTextField
from vouchers.models import StoredFile


class Provider(models.TextChoices):
    """Who a client can connect."""

    LEXWARE = "lexware", "Lexware Office"


class Status(models.TextChoices):
    """The four states of a connection."""

    NONE = "none", _("No connection")
    ACTIVATE = "activate", _("Activate connection")
    ACTIVE = "active", _("Active")
    FAILED = "failed", _("Connection failed")


class Reason(models.TextChoices):
    """Why a connection failed; a public contract of the commands."""

    KEY_REJECTED = "key_rejected", _("API key rejected")
    KEY_EXPIRED = "key_expired", _("API key expired")
    PLAN_WITHOUT_API = "plan_without_api", _("Plan without API access")
    PERMISSION_MISSING = "permission_missing", _("Permission missing")
    ORGANIZATION_CHANGED = "organization_changed", _("Key of another company")
    UNREACHABLE = "unreachable", _("Not reachable")


class Connection(models.Model):
    """A client's link to a provider, with its state. The key itself lies in ``ConnectionSecret``."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="connections", verbose_name=_("client"))
    provider = models.CharField(_("provider"), max_length=20, choices=Provider.choices, default=Provider.LEXWARE)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.NONE)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason.choices, blank=True)
    status_since = models.DateTimeField(_("since"), default=timezone.now)
    organization_id = models.CharField(_("organization id"), max_length=40, blank=True)
    organization_name = models.CharField(_("organization"), max_length=200, blank=True)
    key_last_four = models.CharField(_("key ends with"), max_length=4, blank=True)
    key_fingerprint = models.CharField(_("key fingerprint"), max_length=64, blank=True)
    key_expires_on = models.DateField(_("key expires on"), null=True, blank=True)
    outages = models.PositiveSmallIntegerField(_("outages in a row"), default=0)
    success_seen = models.BooleanField(_("success shown"), default=False)
    # Bookmark of the sync: everything up to here is known, from this first day on.
    synced_through = models.DateTimeField(_("synced through"), null=True, blank=True)
    synced_from = models.DateField(_("synced from"), null=True, blank=True)
    last_sync_at = models.DateTimeField(_("last sync"), null=True, blank=True)
    next_sync_at = models.DateTimeField(_("next sync"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(fields=["client", "provider"], name="connection_unique"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="connection_status_known"),
            models.CheckConstraint(
                condition=models.Q(status="failed") & ~models.Q(reason="")
                | ~models.Q(status="failed") & models.Q(reason=""),
                name="connection_failed_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["status", "next_sync_at"], name="connection_due")]

    def __str__(self) -> str:
        return f"{self.client} – {self.get_provider_display()}"


class ConnectionSecret(models.Model):
    """The API key of a connection, encrypted, in a table of its own so that no list ever reads it by accident."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="secret")
    api_key = EncryptedTextField()
    saved_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"secret of connection {self.connection_id}"


class ConnectionEvent(models.Model):
    """One entry of a connection's timeline. ``detail`` is redacted before it is written."""

    class Kind(models.TextChoices):
        """What happened."""

        STATUS = "status", _("state changed")
        CHECK = "check", _("key checked")
        CALL_FAILED = "call_failed", _("call failed")
        SYNC = "sync", _("vouchers fetched")
        SUPPORT = "support", _("support asked")

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="events", verbose_name=_("connection")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    from_status = models.CharField(_("from"), max_length=20, blank=True, choices=Status.choices)
    to_status = models.CharField(_("to"), max_length=20, blank=True, choices=Status.choices)
    reason = models.CharField(_("reason"), max_length=30, blank=True)
    request_id = models.CharField(_("request id"), max_length=80, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline")
        indexes = [models.Index(fields=["connection", "-at", "-id"], name="event_timeline")]

    def __str__(self) -> str:
        return f"{moment(self.at)} {self.get_kind_display()}"


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
    queued_at = models.DateTimeField(_("queued"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    alive_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    from_date = models.DateField(_("vouchers from"), null=True, blank=True)
    phase = models.CharField(_("phase"), max_length=20, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
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

    class Meta:
        verbose_name = _("request budget")
        verbose_name_plural = _("request budgets")

    def __str__(self) -> str:
        return self.key


class StatementFile(models.Model):
    """An imported bank statement file: its bytes (by content hash) and what came of it."""

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="statement_files", verbose_name=_("client")
    )
    name = models.CharField(_("file name"), max_length=255)
    format = models.CharField(_("format"), max_length=40, blank=True)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("content"))
    accounts = models.JSONField(_("accounts"), default=list)
    transactions = models.PositiveIntegerField(_("transactions"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    duplicate = models.PositiveIntegerField(_("known already"), default=0)
    errors = models.JSONField(_("errors"), default=list)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    imported_at = models.DateTimeField(_("imported"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        constraints = [models.UniqueConstraint(fields=["client", "stored"], name="statement_file_unique")]

    def __str__(self) -> str:
        return self.name


class SupportRequest(models.Model):
    """What a client asked support, with the state of the connection at that moment."""

    class State(models.TextChoices):
        """Whose turn it is."""

        OPEN = "open", _("waiting for us")
        CLOSED = "closed", _("closed")

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="support_requests", verbose_name=_("client")
    )
    connection = models.ForeignKey(
        Connection,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="support_requests",
        verbose_name=_("connection"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("from"),
    )
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.OPEN)
    status = models.CharField(_("connection at that time"), max_length=20, choices=Status.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason.choices, blank=True)
    message = models.TextField(_("message"), max_length=4000, blank=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    mailed_at = models.DateTimeField(_("mailed to support"), null=True, blank=True)

    class Meta:
        verbose_name = _("support request")
        verbose_name_plural = _("support requests")
        indexes = [models.Index(fields=["state", "-created_at"], name="support_request_queue")]

    def __str__(self) -> str:
        return self.reference
