"""Transactions, who delivered them, what is only announced, and transfers between own accounts."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.display import day, money
from accounts.models import Client
from matching.models.account import BankAccount


class Transaction(models.Model):
    """A payment: a booked line of a bank account, or (``external``) one that passed no connected account."""

    class Source(models.TextChoices):
        """Where it comes from."""

        STATEMENT = "statement", _("Bank statement")
        FEED = "feed", _("Bank feed")
        EXTERNAL = "external", _("External transaction")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="transactions", verbose_name=_("client"))
    account = models.ForeignKey(
        BankAccount,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="transactions",
        verbose_name=_("account"),
    )
    source = models.CharField(_("source"), max_length=20, choices=Source.choices, default=Source.STATEMENT)
    key = models.CharField(_("key"), max_length=80)
    booking_date = models.DateField(_("booked"))
    value_date = models.DateField(_("value date"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    counterparty = models.CharField(_("counterparty"), max_length=255, blank=True)
    counterparty_iban = models.CharField(_("counterparty's IBAN"), max_length=60, blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    end_to_end_id = models.CharField(_("end-to-end id"), max_length=120, blank=True)
    mandate_id = models.CharField(_("mandate"), max_length=120, blank=True)
    creditor_id = models.CharField(_("creditor id"), max_length=120, blank=True)
    code = models.CharField(_("transaction code"), max_length=60, blank=True)
    bank_reference = models.CharField(_("bank's reference"), max_length=120, blank=True)
    counterparty_bic = models.CharField(_("counterparty's bank"), max_length=60, blank=True)
    ultimate_party = models.CharField(_("ultimate party"), max_length=255, blank=True)
    booking_text = models.CharField(_("booking text"), max_length=255, blank=True)
    gvc = models.CharField(_("German transaction code"), max_length=3, blank=True)
    structured_reference = models.CharField(_("structured reference"), max_length=140, blank=True)
    return_reason = models.CharField(_("reason of the return"), max_length=140, blank=True)
    charges = models.DecimalField(_("charges"), max_digits=16, decimal_places=2, null=True, blank=True)
    original_amount = models.DecimalField(_("original amount"), max_digits=18, decimal_places=4, null=True, blank=True)
    original_currency = models.CharField(_("original currency"), max_length=3, blank=True)
    exchange_rate = models.DecimalField(_("exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True)
    # What has no column of its own, as the bank said it: {"EREF": …, "purpose_lines": […], …}.
    details = models.JSONField(_("everything else the bank said"), default=dict, blank=True)
    # The entry of which this is one payment; empty for an entry of its own.
    entry_key = models.CharField(_("entry"), max_length=80, blank=True)
    part = models.PositiveSmallIntegerField(pgettext_lazy("bank transaction", "part"), default=1)
    parts = models.PositiveSmallIntegerField(_("of"), default=1)
    # Better data has come: it stands no more (reason), and nothing may be matched with it.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("why withdrawn"), max_length=40, blank=True)
    is_reversal = models.BooleanField(_("reversal"), default=False)
    raw = models.TextField(_("as the bank wrote it"), blank=True)
    created_at = models.DateTimeField(_("imported"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("bank transaction")
        verbose_name_plural = _("bank transactions")
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="transaction_unique"),
            models.CheckConstraint(
                condition=models.Q(source="external", account__isnull=True)
                | models.Q(source__in=["statement", "feed"], account__isnull=False),
                name="transaction_external_has_no_account",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-booking_date", "-id"], name="transaction_client_date"),
            models.Index(fields=["-booking_date", "-id"], name="transaction_date"),
            models.Index(fields=["account", "booking_date", "amount"], name="transaction_bucket"),
            models.Index(fields=["account", "entry_key"], name="transaction_entry"),
        ]

    def __str__(self) -> str:
        return f"{day(self.booking_date)} {money(self.amount, self.currency)} {self.counterparty}".strip()


class Sighting(models.Model):
    """One delivery of a transaction: which source said it, in its own words. A transaction has one for each source.

    ``family`` is the exact format (``camt.053.001.08``, ``mt940``, ``csv:dkb``, ``feed:qonto``): within a family the
    ``key`` names a line for ever, between families lines are recognised by what they say.
    """

    transaction = models.ForeignKey(
        Transaction, on_delete=models.CASCADE, related_name="sightings", verbose_name=_("bank transaction")
    )
    account = models.ForeignKey(
        BankAccount, on_delete=models.CASCADE, related_name="sightings", verbose_name=_("account")
    )
    family = models.CharField(_("format"), max_length=40)
    rank = models.PositiveSmallIntegerField(_("rank"))
    key = models.CharField(_("key"), max_length=80)
    delivery = models.CharField(_("delivery"), max_length=80, blank=True)
    place = models.CharField(pgettext_lazy("statement", "place"), max_length=80, blank=True)
    # What this source said, by the columns of a transaction; empty while it is the only one: then the transaction
    # itself and its ``raw`` are in its words.
    said = models.JSONField(_("what it said"), default=dict, blank=True)
    raw = models.TextField(_("as the bank wrote it"), blank=True)
    seen_at = models.DateTimeField(_("delivered"), default=timezone.now)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.UniqueConstraint(fields=["account", "family", "key"], name="sighting_key_once"),
            models.UniqueConstraint(fields=["transaction", "family"], name="sighting_family_once"),
        ]

    def __str__(self) -> str:
        return f"{self.family} {self.key[:12]}"


class PendingLine(models.Model):
    """A line that the bank has announced and not booked: shown, never matched, gone with the next delivery."""

    account = models.ForeignKey(
        BankAccount, on_delete=models.CASCADE, related_name="pending", verbose_name=_("account")
    )
    family = models.CharField(_("format"), max_length=40)
    key = models.CharField(_("key"), max_length=80)
    day = models.DateField(_("day"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    counterparty = models.CharField(_("counterparty"), max_length=255, blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    status = models.CharField(_("status"), max_length=20, blank=True)
    seen_at = models.DateTimeField(_("delivered"), default=timezone.now)

    class Meta:
        verbose_name = _("pending line")
        verbose_name_plural = _("pending lines")
        constraints = [models.UniqueConstraint(fields=["account", "family", "key"], name="pending_line_once")]

    def __str__(self) -> str:
        return f"{money(self.amount, self.currency)} {self.counterparty}".strip()


class OwnTransfer(models.Model):
    """Two lines of a client's own accounts that are one movement of money; neither needs a voucher."""

    class State(models.TextChoices):
        """Who says so."""

        RECOGNISED = "recognised", _("recognised")
        CONFIRMED = "confirmed", _("confirmed")
        REJECTED = "rejected", _("rejected")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="own_transfers", verbose_name=_("client"))
    outgoing = models.ForeignKey(
        Transaction, on_delete=models.CASCADE, related_name="transfers_out", verbose_name=_("out of")
    )
    incoming = models.ForeignKey(
        Transaction, on_delete=models.CASCADE, related_name="transfers_in", verbose_name=_("into")
    )
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.RECOGNISED)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("own transfer")
        verbose_name_plural = _("own transfers")
        constraints = [
            models.UniqueConstraint(fields=["outgoing", "incoming"], name="own_transfer_pair_once"),
            models.UniqueConstraint(
                fields=["outgoing"], condition=~models.Q(state="rejected"), name="own_transfer_out_once"
            ),
            models.UniqueConstraint(
                fields=["incoming"], condition=~models.Q(state="rejected"), name="own_transfer_in_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{day(self.outgoing.booking_date)} {money(self.incoming.amount, self.incoming.currency)}"
