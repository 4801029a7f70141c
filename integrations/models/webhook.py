"""Webhooks: what we subscribed to, and what we were told. A delivery is a hint to read one thing, never a fact."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.models.connection import Connection


class WebhookSubscription(models.Model):
    """A subscription that exists at the provider (reference: webhooks 15.1)."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="subscriptions", verbose_name=_("connection")
    )
    event_type = models.CharField(_("event"), max_length=60)
    external_id = models.CharField(_("provider's id"), max_length=80)
    callback_url = models.URLField(_("address"), max_length=300)
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("webhook subscription")
        verbose_name_plural = _("webhook subscriptions")
        constraints = [models.UniqueConstraint(fields=["connection", "event_type"], name="webhook_subscription_unique")]

    def __str__(self) -> str:
        return self.event_type


class WebhookDelivery(models.Model):
    """A verified delivery, kept once however often it comes."""

    class State(models.TextChoices):
        """Where its reading stands."""

        WAITING = "waiting", _("waiting")
        READING = "reading", _("being read")
        DONE = "done", _("done")
        GAVE_UP = "gave_up", _("given up")

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("connection")
    )
    sha256 = models.CharField(_("SHA-256 of the body"), max_length=64)
    event_type = models.CharField(_("event"), max_length=60)
    resource_id = models.CharField(_("what it is about"), max_length=80)
    event_at = models.DateTimeField(_("happened"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    body = models.TextField(_("body"))
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.UniqueConstraint(fields=["connection", "sha256"], name="webhook_delivery_unique"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "reading", "done", "gave_up"]),
                name="webhook_delivery_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="webhook_delivery_due"),
            models.Index(fields=["connection", "-received_at", "-id"], name="webhook_delivery_timeline"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.resource_id}"
