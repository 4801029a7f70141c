"""Documents that a bank keeps beside a transaction."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.models.transaction import Transaction
from vouchers.models import StoredFile


class TransactionFile(models.Model):
    """A document beside a transaction, by the bank's id. ``stored`` is empty while its bytes were not fetched."""

    transaction = models.ForeignKey(
        Transaction, on_delete=models.CASCADE, related_name="files", verbose_name=_("bank transaction")
    )
    external_id = models.CharField(_("bank's id"), max_length=80)
    name = models.CharField(_("file name"), max_length=255, blank=True)
    stored = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("content")
    )
    created_at = models.DateTimeField(_("seen"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("document of a bank transaction")
        verbose_name_plural = _("documents of bank transactions")
        constraints = [models.UniqueConstraint(fields=["transaction", "external_id"], name="transaction_file_once")]

    def __str__(self) -> str:
        return self.name or self.external_id
