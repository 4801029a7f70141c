"""The end of keys: which reminders were sent."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.models.connection import Connection


class KeyReminder(models.Model):
    """One reminder of one key's end; the row is made before the mail is sent, so that nobody is told twice."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="key_reminders", verbose_name=_("connection")
    )
    ends_on = models.DateField(_("key expires on"))
    days = models.PositiveSmallIntegerField(_("days before"))
    planned_at = models.DateTimeField(_("planned"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # The addresses that were written to, each noted before its mail goes out.
    told = models.JSONField(_("written to"), default=list, blank=True, editable=False)

    class Meta:
        verbose_name = _("key reminder")
        verbose_name_plural = _("key reminders")
        constraints = [models.UniqueConstraint(fields=["connection", "ends_on", "days"], name="key_reminder_unique")]

    def __str__(self) -> str:
        return f"{self.ends_on} −{self.days}"
