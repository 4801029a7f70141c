"""What may be matched without a person: for the firm, and where wanted for single clients, with its history."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.display import moment
from accounts.models import Client

ALLOWED = (
    "single",
    "instalments",
    "collective",
    "netted",
    "payout",
    "discount",
    "fee",
    "rounding",
    "dunning",
    "exchange",
    "overpayment",
    "underpayment",
)
"""The columns that allow something."""


class MatchingPolicy(models.Model):
    """What Kontor may match without a person. The row without a client is the firm's; a client's takes its place."""

    client = models.OneToOneField(
        Client,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="matching_policy",
        verbose_name=_("client"),
    )
    in_use = models.BooleanField(
        _("in use"), default=True, help_text=_("Without it, what the firm has set counts for this client.")
    )
    threshold = models.DecimalField(
        _("at least this sure"),
        max_digits=6,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal("99.999"))],
        help_text=_("In percent. 0: as sure as the engine itself demands, which is never little."),
    )
    highest = models.DecimalField(
        _("up to this amount"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("In euros, of one match as a whole. Empty: no limit. 0: nothing is matched without a person."),
    )
    single = models.BooleanField(_("one voucher, one payment"), default=True)
    instalments = models.BooleanField(_("one voucher, several payments"), default=True)
    collective = models.BooleanField(_("several vouchers, one payment"), default=True)
    netted = models.BooleanField(_("several vouchers with credit notes, one payment"), default=True)
    payout = models.BooleanField(_("payouts of payment providers, marketplaces and card terminals"), default=True)
    discount = models.BooleanField(_("cash discount (Skonto)"), default=True)
    fee = models.BooleanField(_("fee of a bank or payment provider"), default=True)
    rounding = models.BooleanField(_("rounding"), default=True)
    dunning = models.BooleanField(_("dunning costs"), default=True)
    exchange = models.BooleanField(_("exchange difference"), default=True)
    overpayment = models.BooleanField(_("more was paid"), default=True)
    underpayment = models.BooleanField(_("less was paid"), default=True)

    class Meta:
        verbose_name = _("rule for automatic matches")
        verbose_name_plural = _("rules for automatic matches")
        constraints = [
            models.UniqueConstraint(
                models.Case(models.When(client=None, then=models.Value(1))),
                name="matching_policy_one_of_the_firm",
                violation_error_message=_("The firm's rule exists already."),
            ),
            models.CheckConstraint(
                condition=models.Q(threshold__gte=0, threshold__lt=100), name="matching_policy_threshold_range"
            ),
            models.CheckConstraint(
                condition=models.Q(highest=None) | models.Q(highest__gte=0), name="matching_policy_highest_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(client__isnull=False) | models.Q(in_use=True), name="matching_policy_firm_in_use"
            ),
        ]

    def __str__(self) -> str:
        return str(self.client) if self.client else str(_("The whole firm"))


class PolicyChange(models.Model):
    """Who changed a policy, when, and what: ``{"threshold": ["0", "99.5"], …}``. Append-only."""

    policy = models.ForeignKey(
        MatchingPolicy, on_delete=models.CASCADE, related_name="changes", verbose_name=_("rule for automatic matches")
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
    changes = models.JSONField(_("changes"), default=dict)

    class Meta:
        verbose_name = _("change of a rule for automatic matches")
        verbose_name_plural = _("changes of rules for automatic matches")
        indexes = [models.Index(fields=["policy", "-at"], name="policy_change_recent")]

    def __str__(self) -> str:
        return moment(self.at)
