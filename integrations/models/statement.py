"""Imported bank statement files."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from vouchers.models import StoredFile


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
