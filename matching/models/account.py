"""Bank accounts of clients."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.display import moment
from accounts.models import Client


class AccountState(models.TextChoices):
    """Where an account stands."""

    REQUESTED = "requested", _("requested")
    OPEN = "open", _("connected")
    CLOSED = "closed", pgettext_lazy("bank account", "closed")
    REFUSED = "refused", _("refused")


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
            # An IBAN names one account in the world: it is kept at one client.
            models.UniqueConstraint(
                fields=["iban"],
                condition=~models.Q(key="") & ~models.Q(iban="") & models.Q(state="open", is_private=False),
                name="bank_account_iban_at_one_client",
            ),
            models.CheckConstraint(condition=models.Q(state__in=AccountState.values), name="bank_account_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=["requested", "refused"]) | ~models.Q(key=""),
                name="bank_account_open_has_key",
            ),
            models.CheckConstraint(
                condition=models.Q(successor__isnull=True) | models.Q(successor_from__isnull=False),
                name="bank_account_successor_has_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.iban or self.key or self.bank

    @property
    def short(self) -> str:
        """Which account is meant, in a few signs: its name or bank, and the last digits."""
        number, name = (self.iban or self.key)[-4:], self.name or self.bank
        return f"{name} …{number}" if number and name else name or f"…{number}"


class BankAccountEvent(models.Model):
    """One entry of an account's history: what somebody did with it, and why."""

    class Kind(models.TextChoices):
        """What happened."""

        REQUESTED = "requested", _("requested")
        ACCEPTED = "accepted", _("accepted")
        CORRECTED = "corrected", _("corrected")
        REFUSED = "refused", _("refused")
        TAKEN_OVER = "taken_over", _("taken over by another account")
        NOT_TAKEN_OVER = "not_taken_over", _("no longer taken over")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("opened again")
        PRIVATE = "private", _("marked as private")
        BUSINESS = "business", _("marked as used for the business")

    account = models.ForeignKey(
        BankAccount, on_delete=models.CASCADE, related_name="events", verbose_name=_("bank account")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    from_state = models.CharField(_("from"), max_length=20, blank=True, choices=AccountState.choices)
    to_state = models.CharField(_("to"), max_length=20, blank=True, choices=AccountState.choices)
    # What was said with it, or the columns that changed: {"bank": ["old", "new"], …}.
    words = models.CharField(_("words"), max_length=1000, blank=True)
    detail = models.JSONField(_("details"), default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("entry of an account's history")
        verbose_name_plural = _("histories of bank accounts")
        indexes = [models.Index(fields=["account", "-at"], name="bank_account_event_recent")]

    def __str__(self) -> str:
        return f"{moment(self.at)} {self.get_kind_display()}"
