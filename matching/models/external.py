"""Payments that passed no connected account, and the reports that take a provider's payout apart."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.display import day, money
from accounts.models import Client
from matching.models.transaction import Transaction
from vouchers.models import StoredFile, Voucher


class ExternalPayment(models.Model):
    """An external transaction: a draft, saved (then a ``Transaction`` too), or given way to a bank line."""

    class Kind(models.TextChoices):
        """Where the money went."""

        CASH = "cash", _("Cash")
        PRIVATE = "private", _("Private outlay")
        OTHER_ACCOUNT = "other_account", _("Account that is not connected")
        PROVIDER = "provider", _("Payment provider")
        SET_OFF = "set_off", _("Set-off")

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", _("draft")
        SAVED = "saved", _("saved")
        GAVE_WAY = "gave_way", pgettext_lazy("external transaction", "replaced")
        DISCARDED = "discarded", _("discarded")

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="external_payments", verbose_name=_("client")
    )
    voucher = models.ForeignKey(
        Voucher,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="external_payments",
        verbose_name=_("voucher"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    name = models.CharField(_("name"), max_length=255, blank=True)
    date = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2, help_text=_("Money out is negative."))
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    purpose = models.TextField(_("purpose"), blank=True)
    # Why Kontor made the draft by itself; empty where a person did.
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    reason_detail = models.JSONField(_("reason in detail"), default=dict, blank=True)
    transaction = models.OneToOneField(
        Transaction,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="external_payment",
        verbose_name=_("external transaction"),
    )
    gave_way_to = models.ForeignKey(
        Transaction,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="replaced_external_payments",
        verbose_name=_("replaced by"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("external transaction")
        verbose_name_plural = _("external transactions")
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="external_payment_amount_not_zero"),
            models.CheckConstraint(
                condition=models.Q(state="saved", transaction__isnull=False) | ~models.Q(state="saved"),
                name="external_payment_saved_has_transaction",
            ),
            # Kontor itself drafts at most one for a voucher, however often it looks.
            models.UniqueConstraint(
                fields=["voucher", "date", "amount"],
                condition=~models.Q(reason=""),
                name="external_payment_drafted_once",
            ),
        ]
        indexes = [models.Index(fields=["client", "state", "-date", "-id"], name="external_payment_list")]

    def __str__(self) -> str:
        return f"{day(self.date)} {money(self.amount, self.currency)} {self.name}".strip()


class ExternalPaymentChange(models.Model):
    """The history of an external payment; append-only."""

    payment = models.ForeignKey(
        ExternalPayment, on_delete=models.CASCADE, related_name="changes", verbose_name=_("external transaction")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    from_state = models.CharField(_("before"), max_length=20, blank=True)
    to_state = models.CharField(_("after"), max_length=20)
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    class Meta:
        verbose_name = _("change of an external transaction")
        verbose_name_plural = _("changes of external transactions")
        indexes = [models.Index(fields=["payment", "-at", "-id"], name="external_payment_history")]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class PayoutReport(models.Model):
    """A report of a payment provider, marketplace or card terminal that tells what its payouts are made of."""

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="payout_reports", verbose_name=_("client")
    )
    provider = models.CharField(_("provider"), max_length=20)
    name = models.CharField(_("file name"), max_length=255)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("content"))
    from_date = models.DateField(_("from"), null=True, blank=True)
    to_date = models.DateField(_("to"), null=True, blank=True)
    problems = models.JSONField(_("problems"), default=list, blank=True)
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
        verbose_name = _("payout report")
        verbose_name_plural = _("payout reports")
        constraints = [models.UniqueConstraint(fields=["client", "stored"], name="payout_report_unique")]

    def __str__(self) -> str:
        return self.name


class PayoutItem(models.Model):
    """One sale, refund or fee inside a payout; ``amount`` signed as it counts for the payout."""

    class Kind(models.TextChoices):
        """What it is."""

        SALE = "sale", _("Sale")
        REFUND = "refund", _("Refund")
        FEE = "fee", _("Fee")
        OTHER = "other", _("Other")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="payout_items", verbose_name=_("client"))
    report = models.ForeignKey(
        PayoutReport, null=True, blank=True, on_delete=models.CASCADE, related_name="items", verbose_name=_("report")
    )
    transaction = models.ForeignKey(
        Transaction,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="payout_items",
        verbose_name=_("payout"),
    )
    provider = models.CharField(_("provider"), max_length=20)
    payout = models.CharField(_("payout's id"), max_length=80, blank=True)
    key = models.CharField(_("key"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    date = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    reference = models.CharField(pgettext_lazy("payout", "reference"), max_length=140, blank=True)
    counterparty = models.CharField(_("counterparty"), max_length=255, blank=True)
    details = models.JSONField(_("everything else the provider said"), default=dict, blank=True)

    class Meta:
        verbose_name = _("item of a payout")
        verbose_name_plural = _("items of payouts")
        constraints = [models.UniqueConstraint(fields=["client", "provider", "key"], name="payout_item_unique")]
        indexes = [models.Index(fields=["client", "provider", "payout"], name="payout_item_payout")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {money(self.amount, self.currency)}"
