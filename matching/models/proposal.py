"""What the engine and people think paid what."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.display import moment
from accounts.models import Client
from matching.models.transaction import Transaction
from vouchers.models import Voucher


class Proposal(models.Model):
    """What the engine thinks, with its evidence; a match once it stands (automatic or confirmed).

    The engine's text never changes after it is written; only ``state`` does, and every change has a ``Decision``.
    """

    class State(models.TextChoices):
        """Where it stands. Automatic and confirmed ones are matches."""

        SUGGESTED = "suggested", _("To review")
        AUTOMATIC = "automatic", _("Matched automatically")
        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Rejected")
        SUPERSEDED = "superseded", _("Replaced")

    STANDING = (State.AUTOMATIC, State.CONFIRMED)

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="proposals", verbose_name=_("client"))
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.SUGGESTED)
    kind = models.CharField(_("kind"), max_length=20, default="single")
    rank = models.PositiveSmallIntegerField(_("rank"), default=1, help_text=_("1 is the best for its voucher."))
    permission = models.CharField(pgettext_lazy("permission", "may"), max_length=20)
    probability = models.DecimalField(_("probability"), max_digits=5, decimal_places=4)
    evidence = models.JSONField(_("evidence"), default=list)
    runner_up = models.JSONField(_("next best"), null=True, blank=True)
    engine_version = models.CharField(_("engine"), max_length=40)
    # Of an automatic match: engine and policy of the last run that would have made it again.
    upheld_by = models.CharField(_("upheld by"), max_length=60, blank=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=1), name="proposal_probability_range"
            ),
            # The same combination of allocations is open or standing at most once.
            models.UniqueConstraint(
                fields=["client", "fingerprint"],
                condition=models.Q(state__in=["suggested", "automatic", "confirmed"]),
                name="proposal_live_once",
            ),
        ]
        indexes = [models.Index(fields=["client", "state", "-probability", "id"], name="proposal_queue")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_state_display()}"

    @property
    def is_standing(self) -> bool:
        """Whether it is a match now."""
        return self.state in self.STANDING


class Allocation(models.Model):
    """The part of a transaction that settles a voucher; ``amount`` positive, in the transaction's currency."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="allocations", verbose_name=_("proposal")
    )
    voucher = models.ForeignKey(
        Voucher, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("voucher")
    )
    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("bank transaction")
    )
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    # Copied from the proposal's state so that the database itself can refuse the same pair twice.
    standing = models.BooleanField(_("stands"), default=False)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="allocation_amount_positive"),
            models.UniqueConstraint(fields=["proposal", "voucher", "transaction"], name="allocation_unique"),
            models.UniqueConstraint(
                fields=["voucher", "transaction"],
                condition=models.Q(standing=True),
                name="allocation_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}: {self.transaction_id} → {self.voucher_id}"


class Decision(models.Model):
    """Who changed a proposal's state, when and why. Append-only: a decision is undone by another one."""

    class Kind(models.TextChoices):
        """What was done."""

        AUTOMATIC = "automatic", _("matched automatically")
        CONFIRM = "confirm", _("confirmed")
        REJECT = "reject", _("rejected")
        UNDO = "undo", _("undone")
        SUPERSEDE = "supersede", _("replaced by a newer proposal")
        REOPEN = "reopen", _("sent back to review")
        TAKE_BACK = "take_back", _("automatic match taken back")

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("proposal")
    )
    kind = models.CharField(_("decision"), max_length=20, choices=Kind.choices)
    from_state = models.CharField(pgettext_lazy("state", "from"), max_length=20, choices=Proposal.State.choices)
    to_state = models.CharField(pgettext_lazy("state", "to"), max_length=20, choices=Proposal.State.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("by"),
        help_text=_("Empty: Kontor itself."),
    )
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="undone_by",
        verbose_name=_("undoes"),
    )
    # A confirmation uses up a transaction: the proposals that compete for it are replaced because of that decision,
    # and come back when it is undone.
    cause = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="consequences",
        verbose_name=_("follows from"),
    )
    decided_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["-decided_at", "-id"], name="decision_time")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {moment(self.decided_at)}"


class MatchingRequest(models.Model):
    """A client waits for a matching run; gone when one begins, because that one reads what is here by then."""

    client = models.OneToOneField(
        Client, on_delete=models.CASCADE, related_name="matching_request", verbose_name=_("client")
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("matching request")
        verbose_name_plural = _("matching requests")

    def __str__(self) -> str:
        return str(self.client)
