"""Bank accounts of clients."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Client


class AccountState(models.TextChoices):
    """Where an account stands."""

    REQUESTED = "requested", _("requested")
    OPEN = "open", _("connected")
    CLOSED = "closed", pgettext_lazy("bank account", "closed")


class BankAccount(models.Model):
    """An account of a client whose transactions are imported. ``key`` is the IBAN, or the bank's own account id."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="bank_accounts", verbose_name=_("client"))
    key = models.CharField(_("account"), max_length=60, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bank = models.CharField(_("bank"), max_length=120, blank=True)
    town = models.CharField(_("town"), max_length=120, blank=True, help_text=_("For savings and cooperative banks."))
    name = models.CharField(_("name"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=AccountState.choices, default=AccountState.OPEN)
    is_private = models.BooleanField(
        _("private"), default=False, help_text=_("Not used for the business: nothing of it is imported or matched.")
    )
    wanted_from = models.DateField(_("statements needed from"), null=True, blank=True)
    closed_on = models.DateField(pgettext_lazy("bank account", "closed on"), null=True, blank=True)
    # Another account has taken its place from that day on.
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="predecessors",
        verbose_name=_("taken over by"),
    )
    successor_from = models.DateField(_("taken over from"), null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("requested by"),
    )
    note = models.TextField(_("note"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], condition=~models.Q(key=""), name="bank_account_unique"),
            models.CheckConstraint(condition=models.Q(state__in=AccountState.values), name="bank_account_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="requested") | ~models.Q(key=""), name="bank_account_open_has_key"
            ),
            models.CheckConstraint(
                condition=models.Q(successor__isnull=True) | models.Q(successor_from__isnull=False),
                name="bank_account_successor_has_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.iban or self.key or self.bank
