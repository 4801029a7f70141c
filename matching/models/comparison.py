"""What a run under another policy, or under today's version, would change: thought through, shown, then applied."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.display import moment
from accounts.models import Client


class Comparison(models.Model):
    """A question of a person: what would become different at a client? Answered in the background, without writing.

    ``policy`` holds the columns of the policy in question; None asks for the one in force, under today's version.
    ``result`` is the answer (see ``matching.services.comparing``); ``digest`` names what was shown, and only that is
    applied.
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
        ]
        indexes = [models.Index(fields=["client", "-asked_at"], name="comparison_recent")]

    def __str__(self) -> str:
        return f"{self.client} {moment(self.asked_at)}"
