"""What a run under another policy, or under today's version, would change: thought through, shown, then applied."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.display import moment
from accounts.models import Client


class FirmComparison(models.Model):
    """The same question for the whole firm: its answer is the comparisons of the single clients (``parts``).

    ``policy``: the columns of the firm's rule in question; None asks for the rules in force, under today's version.
    ``left_out``: clients whose own rule is in use, which a rule of the firm does not touch. It has no state of its own:
    where it stands is told by its parts, and by whether somebody has asked to apply it.
    """

    policy = models.JSONField(_("rule"), null=True, blank=True)
    left_out = models.PositiveIntegerField(_("clients with a rule of their own"), default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    # When its clients were found; nothing is known of it before.
    prepared_at = models.DateTimeField(_("begun"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("applied by"),
    )
    applied_at = models.DateTimeField(_("applied on"), null=True, blank=True)
    # When a worker last did something for it: whoever finds it untouched for long begins again.
    touched_at = models.DateTimeField(_("last at work"), default=timezone.now)

    class Meta:
        verbose_name = _("comparison of the whole firm")
        verbose_name_plural = _("comparisons of the whole firm")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(applied_at=None) | models.Q(prepared_at__isnull=False),
                name="firm_comparison_applied_after_answer",
            ),
        ]

    def __str__(self) -> str:
        return moment(self.asked_at)


class Comparison(models.Model):
    """A question of a person: what would become different at a client? Answered in the background, without writing.

    ``policy`` holds the columns of the policy in question; None asks for the one in force, under today's version.
    ``result`` is the answer (see ``matching.services.comparing``); ``digest`` names what was shown, and only that is
    applied. One of the whole ``firm`` is applied with the others of it, because the rule in question is the firm's.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("at work")
        DONE = "done", _("to look at")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        OUTDATED = "outdated", _("outdated")
        FAILED = "failed", _("failed")

    LIVE = (State.WAITING, State.RUNNING, State.APPLYING)

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="comparisons", verbose_name=_("client"))
    firm = models.ForeignKey(
        FirmComparison,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="parts",
        verbose_name=_("comparison of the whole firm"),
    )
    policy = models.JSONField(_("rule"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    engine_version = models.CharField(_("engine"), max_length=40, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("applied by"),
    )

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["waiting", "running", "done", "applying", "applied", "outdated", "failed"]
                ),
                name="comparison_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["done", "applying", "applied"]) | ~models.Q(digest=""),
                name="comparison_answer_has_digest",
            ),
            models.UniqueConstraint(
                fields=["firm", "client"], condition=models.Q(firm__isnull=False), name="comparison_once_for_the_firm"
            ),
        ]
        indexes = [models.Index(fields=["client", "-asked_at"], name="comparison_recent")]

    def __str__(self) -> str:
        return f"{self.client} {moment(self.asked_at)}"
