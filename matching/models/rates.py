"""Reference rates of currencies against the euro, and how their fetching went."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.display import day, moment


class ReferenceRate(models.Model):
    """What a central bank published: ``units`` of ``currency`` for one euro on ``day``. Never changed once stored."""

    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3)
    units = models.DecimalField(_("units for one euro"), max_digits=18, decimal_places=8)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "day"], name="reference_rate_once"),
            models.CheckConstraint(condition=models.Q(units__gt=0), name="reference_rate_positive"),
            models.CheckConstraint(condition=~models.Q(currency="EUR"), name="reference_rate_not_of_the_euro"),
        ]
        indexes = [models.Index(fields=["-day", "currency"], name="reference_rate_day")]

    def __str__(self) -> str:
        return f"{day(self.day)} {self.currency}"


class RateFetch(models.Model):
    """One attempt to fetch reference rates, and what came of it; ``problem`` is empty where it succeeded."""

    at = models.DateTimeField(_("when"), default=timezone.now)
    file = models.CharField(_("file"), max_length=60)
    added = models.PositiveIntegerField(_("new rates"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    problem = models.CharField(_("problem"), max_length=40, blank=True)
    detail = models.CharField(_("details"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("fetch of exchange rates")
        verbose_name_plural = _("fetches of exchange rates")
        indexes = [models.Index(fields=["-at"], name="rate_fetch_recent")]

    def __str__(self) -> str:
        return moment(self.at)
