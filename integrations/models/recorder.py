"""The flight recorder: what was called, what was seen, what became different."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.models.connection import Connection
from integrations.models.sync import SyncRun


class CallEntry(models.Model):
    """One attempt of one call, as it went; kept for some weeks."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="calls", verbose_name=_("connection")
    )
    run = models.ForeignKey(
        SyncRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls", verbose_name=_("fetch")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    method = models.CharField(_("method"), max_length=10)
    path = models.CharField(_("path"), max_length=200)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    request_id = models.CharField(_("request id"), max_length=80, blank=True)
    rate_limited = models.BooleanField(_("refused by the rate limit"), default=False)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes = [models.Index(fields=["connection", "-at", "-id"], name="call_timeline")]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class VoucherChange(models.Model):
    """What a fetch or a webhook made different about one voucher."""

    class Kind(models.TextChoices):
        """What became of it."""

        CREATED = "created", _("taken over")
        CHANGED = "changed", _("changed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RETURNED = "returned", _("back again")

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="changes", verbose_name=_("connection")
    )
    run = models.ForeignKey(
        SyncRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="changes", verbose_name=_("fetch")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    external_id = models.UUIDField(_("provider's id"))
    number = models.CharField(_("number"), max_length=100, blank=True)
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    # {"total": ["100.00", "119.00"], ...}; {"reason": ["", "voided"]} for a withdrawn one.
    fields = models.JSONField(_("from and to"), default=dict, blank=True)

    class Meta:
        verbose_name = _("voucher change")
        verbose_name_plural = _("voucher changes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["created", "changed", "withdrawn", "returned"]),
                name="voucher_change_kind_known",
            )
        ]
        indexes = [
            models.Index(fields=["connection", "-at", "-id"], name="change_timeline"),
            models.Index(fields=["connection", "external_id"], name="change_voucher"),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.external_id} {self.get_kind_display()}"


class SeenVoucher(models.Model):
    """A document that a list of the provider has shown, taken over or not, and why: the answer to "where is it?"."""

    class Verdict(models.TextChoices):
        """What was decided about it."""

        TAKEN = "taken", _("taken over")
        NOT_PAID = "not_paid", _("no payment assigned")
        TOO_EARLY = "too_early", _("dated before the first day needed")
        OTHER_TYPE = "other_type", _("a type without payments")
        UNREADABLE = "unreadable", _("could not be read")
        DELETED = "deleted", _("deleted at the provider")

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="seen", verbose_name=_("connection")
    )
    external_id = models.UUIDField(_("provider's id"))
    type = models.CharField(_("type"), max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=40, blank=True)
    number = models.CharField(_("number"), max_length=100, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    contact_name = models.CharField(_("contact"), max_length=255, blank=True)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2, null=True, blank=True)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict.choices)
    verdict_at = models.DateTimeField(_("since"), default=timezone.now)
    first_seen_at = models.DateTimeField(_("first seen"), default=timezone.now)
    changed_at = models.DateTimeField(_("last changed"), default=timezone.now)

    class Meta:
        verbose_name = _("seen document")
        verbose_name_plural = _("seen documents")
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="seen_voucher_unique"),
            models.CheckConstraint(
                condition=models.Q(
                    verdict__in=["taken", "not_paid", "too_early", "other_type", "unreadable", "deleted"]
                ),
                name="seen_voucher_verdict_known",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "total"], name="seen_voucher_total"),
            models.Index(fields=["connection", "number"], name="seen_voucher_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.external_id} {self.contact_name}".strip()
