"""Accounts that a bank feed tells of, and how far each of them has been read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.models.connection import Connection
from matching.models import BankAccount


class FeedAccount(models.Model):
    """An account as the provider names it. ``account`` is empty where it is not read; ``left_out`` says why."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="feed_accounts", verbose_name=_("connection")
    )
    external_id = models.CharField(_("provider's id"), max_length=80)
    account = models.ForeignKey(
        BankAccount,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="feeds",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    left_out = models.CharField(_("why not read"), max_length=40, blank=True)
    # The provider's own stamp of the latest change that was read, page by page; from which first day on.
    read_through = models.DateTimeField(_("read through"), null=True, blank=True)
    read_from = models.DateField(_("read from"), null=True, blank=True)

    class Meta:
        verbose_name = _("account of a feed")
        verbose_name_plural = _("accounts of feeds")
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="feed_account_once")]

    def __str__(self) -> str:
        return self.name or self.external_id
