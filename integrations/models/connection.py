"""Connections, their keys, and the timeline of what happened to them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.display import moment
from accounts.models import Client
from integrations.fields import EncryptedTextField


class Provider(models.TextChoices):
    """Who a client can connect."""

    LEXWARE = "lexware", "Lexware Office"
    QONTO = "qonto", "Qonto"

    @property
    def is_bank(self) -> bool:
        """Whether it brings bank transactions instead of documents."""
        return self is not Provider.LEXWARE

    @property
    def family(self) -> str:
        """How the sightings are marked that a bank feed of it has told of."""
        return f"feed:{self.value}"


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


class Webhooks(models.TextChoices):
    """Whether the provider tells us at once what changed; without it everything works by asking every morning."""

    OFF = "off", _("not set up")
    ON = "on", _("set up")
    REFUSED = "refused", _("refused by the provider")


class AdviserAccess(models.TextChoices):
    """The firm's own access to a client's Lexware Office (Steuerberater-Zugang), which the client invites it to."""

    NONE = "none", _("not set up")
    INVITED = "invited", _("invited")
    CONFIRMED = "confirmed", _("confirmed")


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
    # All ids are compared by date, a part every night; everything before this day is done.
    compared_before = models.DateField(_("compared before"), null=True, blank=True, editable=False)
    compared_at = models.DateTimeField(_("completely compared"), null=True, blank=True, editable=False)
    # A rejected key that has not been confirmed yet: it may be an outage (reference: keys 1.3).
    doubted_at = models.DateTimeField(_("in doubt since"), null=True, blank=True, editable=False)
    # The provider's name for this link; it comes back when the key is revoked (reference: event types 15.2).
    provider_connection_id = models.CharField(_("provider's connection id"), max_length=80, blank=True, editable=False)
    webhooks = models.CharField(_("webhooks"), max_length=10, choices=Webhooks.choices, default=Webhooks.OFF)
    webhooks_checked_at = models.DateTimeField(_("webhooks checked"), null=True, blank=True, editable=False)
    fetch_files = models.BooleanField(
        _("documents of transactions"), default=False, help_text=_("Fetch the documents that lie beside transactions.")
    )
    adviser_access = models.CharField(
        _("tax adviser access"), max_length=10, choices=AdviserAccess.choices, default=AdviserAccess.NONE
    )
    adviser_access_since = models.DateTimeField(_("tax adviser access since"), null=True, blank=True)
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
                condition=models.Q(adviser_access__in=AdviserAccess.values), name="connection_adviser_access_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status="failed") & ~models.Q(reason="")
                | ~models.Q(status="failed") & models.Q(reason=""),
                name="connection_failed_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "next_sync_at"], name="connection_due"),
            models.Index(fields=["organization_id"], name="connection_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.client} – {self.get_provider_display()}"

    @property
    def is_bank(self) -> bool:
        """Whether it brings bank transactions instead of documents."""
        return Provider(self.provider).is_bank


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
        HINT = "hint", _("told by webhook")
        WEBHOOKS = "webhooks", _("webhooks")
        KEY_END = "key_end", _("end of the key")
        ASKED = "asked", _("asked for a document")
        BANK = "bank", _("bank changed its word")
        ADVISER = "adviser", _("tax adviser access")

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
