"""Mails as rows: stored before they are sent, so that a mail server that is down loses nothing."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import EncryptedTextField


class Mail(models.Model):
    """A mail to one person. Its text is encrypted, and wiped as soon as it is not needed any more."""

    class State(models.TextChoices):
        """What has become of it."""

        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused by the mail server")
        EXPIRED = "expired", _("too late to be of use")
        UNCERTAIN = "uncertain", _("perhaps sent")
        UNKNOWN = "unknown", _("not sent: nobody has this address")

    key = models.CharField(_("occasion"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    client = models.ForeignKey(
        "accounts.Client",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="mails",
        verbose_name=_("client"),
    )
    recipient = models.EmailField(_("recipient"), max_length=254)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=300)
    text = EncryptedTextField(blank=True, default="", editable=False)
    html = EncryptedTextField(blank=True, default="", editable=False)
    message_id = models.CharField(max_length=200, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last error"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    expires_at = models.DateTimeField(_("of use until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [models.Index(fields=["state", "next_at"], name="mail_queue")]

    def __str__(self) -> str:
        return self.subject
