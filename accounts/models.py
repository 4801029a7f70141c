"""Users, clients, and the two facts that decide from when a client's vouchers are fetched."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.managers import UserManager


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in with an e-mail address: staff of the firm, or somebody at a client."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, blank=True)
    is_staff = models.BooleanField(_("belongs to the firm"), default=False)
    is_active = models.BooleanField(_("may log in"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Somebody with this e-mail address exists already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name, or the address where none is known."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """The first name, or the address where none is known."""
        return self.name.split(" ")[0] if self.name else self.email


class Service(models.TextChoices):
    """What the firm does for a client."""

    TAX = "tax", _("Tax only")
    BOOKKEEPING = "bookkeeping", _("Bookkeeping")


class Client(models.Model):
    """A company the firm keeps books for."""

    number = models.CharField(_("client number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), blank=True)
    service = models.CharField(_("service"), max_length=20, choices=Service.choices, default=Service.TAX)
    accountant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accountant"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="clients",
        limit_choices_to={"is_staff": True},
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="Membership",
        related_name="memberships_of",
        verbose_name=_("people"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        constraints = [
            models.CheckConstraint(condition=models.Q(service__in=Service.values), name="client_service_known"),
            models.CheckConstraint(condition=~models.Q(number=""), name="client_number_given"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Membership(models.Model):
    """A person who acts for a client."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("client"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    # The company that was chosen last is where the next login leads.
    chosen_at = models.DateTimeField(_("chosen"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["client", "user"], name="membership_unique")]

    def __str__(self) -> str:
        return f"{self.user} – {self.client}"


class TaxYear(models.Model):
    """A tax year of a client; open while it has no closing date."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="tax_years", verbose_name=_("client"))
    year = models.PositiveSmallIntegerField(_("year"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("tax year")
        verbose_name_plural = _("tax years")
        constraints = [
            models.UniqueConstraint(fields=["client", "year"], name="tax_year_unique"),
            models.CheckConstraint(condition=models.Q(year__gte=2000, year__lte=2100), name="tax_year_plausible"),
        ]

    def __str__(self) -> str:
        return str(self.year)


class VatReturn(models.Model):
    """A VAT return (Umsatzsteuervoranmeldung) of a period; filed once it has a filing date."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="vat_returns", verbose_name=_("client"))
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("to"))
    filed_on = models.DateField(_("filed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("VAT return")
        verbose_name_plural = _("VAT returns")
        constraints = [
            models.UniqueConstraint(fields=["client", "period_start", "period_end"], name="vat_return_unique"),
            models.CheckConstraint(
                condition=models.Q(period_start__lte=models.F("period_end")), name="vat_return_period_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_start} – {self.period_end}"

    def clean(self) -> None:
        """Refuse a return that was filed before its period had ended."""
        if self.filed_on and self.period_end and self.filed_on < self.period_end:
            raise ValidationError({"filed_on": _("A return is filed after its period has ended.")})


class TaskAttempt(models.Model):
    """A background task that has been begun and not ended: counted before the work, removed after it.

    A task that kills its worker is delivered again and again; this row is how it is recognised.
    """

    key = models.CharField(_("task"), max_length=200, unique=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    holder = models.CharField(_("process"), max_length=200, blank=True)
    first_at = models.DateTimeField(_("first attempt"), default=timezone.now)
    last_at = models.DateTimeField(_("last attempt"), default=timezone.now)
    gave_up_at = models.DateTimeField(_("given up"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("task attempt")
        verbose_name_plural = _("task attempts")

    def __str__(self) -> str:
        return self.key


from accounts.entry_models import Invitation as Invitation  # noqa: E402 - these name the models above
from accounts.entry_models import PortalVisit as PortalVisit  # noqa: E402
from accounts.mail_models import Mail as Mail  # noqa: E402
