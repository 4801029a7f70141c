"""How people come to a client's portal: by invitation, and staff to look at it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Invitation(models.Model):
    """An invitation to act for a client. Of the link only the hash is kept."""

    class State(models.TextChoices):
        """How far it has come."""

        SENT = "sent", _("sent")
        OPENED = "opened", _("opened")
        ACCEPTED = "accepted", _("accepted")
        EXPIRED = "expired", _("expired")
        WITHDRAWN = "withdrawn", _("withdrawn")

    client = models.ForeignKey(
        "accounts.Client", on_delete=models.CASCADE, related_name="invitations", verbose_name=_("client")
    )
    email = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    mails = models.PositiveSmallIntegerField(_("mails"), default=0, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                "client",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_accepted_or_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def mail_key(self) -> str:
        """The occasion of its newest mail."""
        return f"invitation:{self.pk}:{self.mails}"

    def state_at(self, now: datetime) -> "Invitation.State":
        """How far it has come."""
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        if self.expires_at <= now:
            return self.State.EXPIRED
        return self.State.OPENED if self.opened_at else self.State.SENT


class PortalVisit(models.Model):
    """A member of staff looks at the portal as the client sees it. Rows are written, never changed but for the end."""

    LASTS = timedelta(hours=1)

    client = models.ForeignKey(
        "accounts.Client", on_delete=models.CASCADE, related_name="portal_visits", verbose_name=_("client")
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("who")
    )
    started_at = models.DateTimeField(_("from"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("view of the portal")
        verbose_name_plural = _("views of the portal")
        indexes = [models.Index(fields=["client", "-started_at"], name="portal_visit_history")]

    def __str__(self) -> str:
        return f"{self.staff} – {self.client}"
