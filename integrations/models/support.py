"""What clients asked support."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from integrations.models.connection import Connection, Reason, Status


class SupportRequest(models.Model):
    """What a client asked support, with the state of the connection at that moment."""

    class State(models.TextChoices):
        """Whose turn it is."""

        OPEN = "open", _("waiting for us")
        ANSWERED = "answered", _("answered")
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


class SupportMessage(models.Model):
    """What was written about a request after it was asked, by support or by the client. Kept first, then mailed."""

    request = models.ForeignKey(
        SupportRequest, on_delete=models.CASCADE, related_name="messages", verbose_name=_("support request")
    )
    by_firm = models.BooleanField(_("by the firm"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("from"),
    )
    text = models.TextField(_("message"), max_length=4000)
    written_at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("message about a support request")
        verbose_name_plural = _("messages about support requests")
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="support_message_says_something")]
        indexes = [models.Index(fields=["request", "written_at"], name="support_message_thread")]

    def __str__(self) -> str:
        return self.text[:60]
