"""Imported bank statement files."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from matching.models import BankAccount
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


class AccountStatement(models.Model):
    """A stretch of time of one account that a delivery covers, with its balances: what completeness is judged by."""

    account = models.ForeignKey(
        BankAccount, on_delete=models.CASCADE, related_name="statements", verbose_name=_("account")
    )
    file = models.ForeignKey(
        StatementFile,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="statements",
        verbose_name=_("file"),
    )
    format = models.CharField(_("format"), max_length=40)
    number = models.PositiveIntegerField(_("position in the file"), default=1)
    statement_id = models.CharField(_("statement"), max_length=80, blank=True)
    sequence = models.CharField(_("number"), max_length=40, blank=True)
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"))
    opening = models.DecimalField(_("opening balance"), max_digits=18, decimal_places=2, null=True, blank=True)
    closing = models.DecimalField(_("closing balance"), max_digits=18, decimal_places=2, null=True, blank=True)
    booked = models.DecimalField(_("sum of its lines"), max_digits=18, decimal_places=2)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    # Only complete ones close the days they cover; a provisional one (camt.052, MT942) may grow.
    provisional = models.BooleanField(_("provisional"), default=False)
    created_at = models.DateTimeField(_("imported"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("account statement")
        verbose_name_plural = _("account statements")
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="account_statement_once"),
            models.CheckConstraint(
                condition=models.Q(from_date__lte=models.F("to_date")), name="account_statement_days_ordered"
            ),
        ]
        indexes = [models.Index(fields=["account", "from_date", "to_date"], name="account_statement_days")]

    def __str__(self) -> str:
        return f"{self.account} {self.from_date} – {self.to_date}"


class TableMapping(models.Model):
    """How a table (CSV) that no profile knows is read for a client: asked for once, with a preview, and remembered."""

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="table_mappings", verbose_name=_("client")
    )
    # The header as the file writes it, normalised; the same header is read the same way next time.
    header_sha256 = models.CharField(_("header"), max_length=64)
    name = models.CharField(_("name"), max_length=120, blank=True)
    mapping = models.JSONField(_("columns"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("table mapping")
        verbose_name_plural = _("table mappings")
        constraints = [models.UniqueConstraint(fields=["client", "header_sha256"], name="table_mapping_unique")]

    def __str__(self) -> str:
        return self.name or self.header_sha256[:12]
