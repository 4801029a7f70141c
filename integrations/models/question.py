"""What the firm asks a client about one voucher, payment or proposal, and what the client sends back."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from matching.models import Proposal, Transaction
from vouchers.models import StoredFile, Voucher


class ClientQuestion(models.Model):
    """A question about exactly one thing; or, of kind ``document``, what a client sent for a payment unasked."""

    class State(models.TextChoices):
        """Whose turn it is: the client's, the firm's, nobody's."""

        OPEN = "open", _("waiting for the client")
        ANSWERED = "answered", _("answered")
        DONE = "done", _("done")

    class Kind(models.TextChoices):
        """Who began it."""

        QUESTION = "question", _("question")
        DOCUMENT = "document", _("document for a payment")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="questions", verbose_name=_("client"))
    voucher = models.ForeignKey(
        Voucher,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="questions",
        verbose_name=_("voucher"),
    )
    transaction = models.ForeignKey(
        Transaction,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="questions",
        verbose_name=_("bank transaction"),
    )
    proposal = models.ForeignKey(
        Proposal,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="questions",
        verbose_name=_("proposal"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.QUESTION)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    text = models.TextField(_("question"), max_length=2000, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("done by"),
    )
    done_at = models.DateTimeField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("question to a client")
        verbose_name_plural = _("questions to clients")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(voucher__isnull=False, transaction__isnull=True, proposal__isnull=True)
                | models.Q(voucher__isnull=True, transaction__isnull=False, proposal__isnull=True)
                | models.Q(voucher__isnull=True, transaction__isnull=True, proposal__isnull=False),
                name="client_question_about_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", answered_at__isnull=True, done_at__isnull=True)
                | models.Q(state="answered", answered_at__isnull=False, done_at__isnull=True)
                | models.Q(state="done", done_at__isnull=False),
                name="client_question_state_fits",
            ),
            models.CheckConstraint(
                condition=(models.Q(kind="question") & ~models.Q(text=""))
                | models.Q(kind="document", transaction__isnull=False, answered_at__isnull=False),
                name="client_question_says_something",
            ),
            # What a client sends for a payment is one thing, until the firm has dealt with it.
            models.UniqueConstraint(
                fields=["transaction"],
                condition=models.Q(kind="document", done_at__isnull=True),
                name="client_question_one_document",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "state", "-asked_at"], name="client_question_todo"),
            models.Index(fields=["state", "-asked_at"], name="client_question_queue"),
        ]

    def __str__(self) -> str:
        words = " ".join((self.text or self.answer).split())
        return words if len(words) <= 60 else f"{words[:59]}…"

    @property
    def subject(self) -> Voucher | Transaction | Proposal:
        """What it is about."""
        found = self.voucher or self.transaction or self.proposal
        assert found is not None  # noqa: S101 - a constraint of the table
        return found


class QuestionFile(models.Model):
    """A document that the client sent with an answer."""

    question = models.ForeignKey(
        ClientQuestion, on_delete=models.CASCADE, related_name="files", verbose_name=_("question to a client")
    )
    name = models.CharField(_("file name"), max_length=255)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("content"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("sent by"),
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("document of an answer")
        verbose_name_plural = _("documents of answers")
        constraints = [models.UniqueConstraint(fields=["question", "stored"], name="question_file_once")]

    def __str__(self) -> str:
        return self.name
