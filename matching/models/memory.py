"""What Kontor has learned from people's decisions, and where each piece comes from."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from matching.models.proposal import Proposal
from matching.models.transaction import Transaction


class LearnedFact(models.Model):
    """Something in bank lines that belongs to a contact of a client; without a client, what the firm uses for all.

    The counts are those of the sources that came after a revocation, so that old decisions never bring it back.
    """

    class Kind(models.TextChoices):
        """What it is."""

        IBAN = "iban", _("IBAN")
        CREDITOR = "creditor", _("creditor id")
        MANDATE = "mandate", _("mandate")
        ALIAS = "alias", _("other name")
        CUSTOMER_NUMBER = "customer_number", _("customer number")

    client = models.ForeignKey(
        Client,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="learned_facts",
        verbose_name=_("client"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    value = models.CharField(_("in the bank line"), max_length=140)
    contact = models.CharField(_("contact"), max_length=255)
    confirmations = models.PositiveIntegerField(_("confirmed"), default=0)
    rejections = models.PositiveIntegerField(_("rejected"), default=0)
    last_confirmed = models.DateTimeField(_("last confirmed"), null=True, blank=True)
    created_at = models.DateTimeField(_("learned"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("confirmed for all clients by"),
    )

    class Meta:
        verbose_name = _("learned fact")
        verbose_name_plural = _("learned facts")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind", "value", "contact"],
                condition=models.Q(client__isnull=False),
                name="learned_fact_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "value", "contact"],
                condition=models.Q(client=None),
                name="learned_fact_of_the_firm_once",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["iban", "creditor", "mandate", "alias", "customer_number"]),
                name="learned_fact_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(client__isnull=False) | models.Q(kind__in=["iban", "creditor"]),
                name="learned_fact_of_the_firm_names_a_company",
            ),
            models.CheckConstraint(
                condition=~models.Q(value="") & ~models.Q(contact=""), name="learned_fact_says_something"
            ),
        ]
        indexes = [models.Index(fields=["client", "kind", "value"], name="learned_fact_value")]

    def __str__(self) -> str:
        return f"{self.value} → {self.contact}"


class FactSource(models.Model):
    """One decision that speaks for a fact (``confirmed``) or against it, and the bank line that shows it."""

    fact = models.ForeignKey(
        LearnedFact, on_delete=models.CASCADE, related_name="sources", verbose_name=_("learned fact")
    )
    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="fact_sources", verbose_name=_("proposal")
    )
    transaction = models.ForeignKey(
        Transaction, on_delete=models.CASCADE, related_name="fact_sources", verbose_name=_("bank transaction")
    )
    confirmed = models.BooleanField(_("confirmed"))
    decided_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("source of a learned fact")
        verbose_name_plural = _("sources of learned facts")
        constraints = [
            models.UniqueConstraint(fields=["fact", "proposal", "transaction"], name="fact_source_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.proposal_id}"


class ClientMemory(models.Model):
    """A client's decisions up to now have been learned from, by the rules of ``version``."""

    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="memory", verbose_name=_("client"))
    version = models.PositiveSmallIntegerField(_("version"))
    built_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("memory of a client")
        verbose_name_plural = _("memories of clients")

    def __str__(self) -> str:
        return str(self.client)
