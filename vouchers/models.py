"""Vouchers, payment items, files stored by content, and every version of what the provider said."""

from pathlib import PurePosixPath

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client


class VoucherType(models.TextChoices):
    """The seven types that carry payments; values as Lexware Office writes them (reference: voucherlist 6.3)."""

    INVOICE = "invoice", _("Invoice")
    DOWN_PAYMENT_INVOICE = "downpaymentinvoice", _("Down payment invoice")
    CREDIT_NOTE = "creditnote", _("Credit note")
    SALES_INVOICE = "salesinvoice", _("Sales invoice")
    SALES_CREDIT_NOTE = "salescreditnote", _("Sales credit note")
    PURCHASE_INVOICE = "purchaseinvoice", _("Purchase invoice")
    PURCHASE_CREDIT_NOTE = "purchasecreditnote", _("Purchase credit note")


MONEY_IN_TYPES = frozenset(
    {
        VoucherType.INVOICE,
        VoucherType.DOWN_PAYMENT_INVOICE,
        VoucherType.SALES_INVOICE,
        VoucherType.PURCHASE_CREDIT_NOTE,
    }
)


class Contact(models.Model):
    """A customer or supplier of a client."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("client"))
    external_id = models.UUIDField(_("provider's id"))
    name = models.CharField(_("name"), max_length=255)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [models.UniqueConstraint(fields=["client", "external_id"], name="contact_unique")]

    def __str__(self) -> str:
        return self.name


class Voucher(models.Model):
    """A document from Lexware Office. All fields but ``note`` belong to the sync; ``note`` is the accountant's."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="vouchers", verbose_name=_("client"))
    external_id = models.UUIDField(_("provider's id"))
    type = models.CharField(_("type"), max_length=30, choices=VoucherType.choices)
    number = models.CharField(_("number"), max_length=100, blank=True)
    date = models.DateField(_("date"))
    due_date = models.DateField(_("due"), null=True, blank=True)
    contact = models.ForeignKey(
        Contact,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="vouchers",
        verbose_name=_("contact"),
    )
    contact_name = models.CharField(_("contact"), max_length=255, blank=True)
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    open_amount = models.DecimalField(_("open"), max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    status = models.CharField(_("status"), max_length=30)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    provider_updated_at = models.DateTimeField(_("changed at the provider"))
    complete = models.BooleanField(
        _("complete"), default=False, help_text=_("Payments, document and all files are here.")
    )
    # How far the details of the state described above have come, so that an interrupted fetch asks for nothing twice.
    payments_read = models.BooleanField(_("payments read"), default=False, editable=False)
    document_read = models.BooleanField(_("document read"), default=False, editable=False)
    expected_files = models.JSONField(_("ids of its files"), default=list, editable=False)
    # The provider's clock when the first of these details was read: a change within the second of the list's stamp
    # could otherwise hide behind the same stamp.
    details_read_at = models.DateTimeField(_("details read"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("why withdrawn"), max_length=40, blank=True)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("taken over"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        constraints = [
            models.UniqueConstraint(fields=["client", "external_id"], name="voucher_unique"),
            models.CheckConstraint(condition=models.Q(type__in=VoucherType.values), name="voucher_type_known"),
            models.CheckConstraint(condition=models.Q(total__gte=0), name="voucher_total_not_negative"),
        ]
        indexes = [
            models.Index(fields=["client", "-date", "-id"], name="voucher_client_date"),
            models.Index(fields=["-date", "-id"], name="voucher_date"),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.external_id} {self.contact_name}".strip()

    @property
    def direction(self) -> int:
        """+1 where the client receives money, -1 where the client pays."""
        return 1 if self.type in MONEY_IN_TYPES else -1


class PaymentItem(models.Model):
    """A payment that Lexware Office has assigned to a voucher (reference: payments, section 8)."""

    voucher = models.ForeignKey(Voucher, on_delete=models.CASCADE, related_name="payments", verbose_name=_("voucher"))
    position = models.PositiveSmallIntegerField(_("position"))
    type = models.CharField(_("type"), max_length=50)
    date = models.DateField(_("date"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [models.UniqueConstraint(fields=["voucher", "position"], name="payment_item_unique")]

    def __str__(self) -> str:
        return f"{self.type} {self.amount} {self.currency}"


class StoredFile(models.Model):
    """The bytes of a file, kept once under their SHA-256."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(_("content type"), max_length=100)
    created_at = models.DateTimeField(_("stored"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        constraints = [
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="stored_file_sha256_form")
        ]

    def __str__(self) -> str:
        return self.sha256

    @property
    def path(self) -> str:
        """Where the bytes lie, relative to the media folder."""
        return str(PurePosixPath("files") / self.sha256[:2] / self.sha256[2:4] / self.sha256)


class VoucherFile(models.Model):
    """A file of a voucher, under the provider's id and name."""

    voucher = models.ForeignKey(Voucher, on_delete=models.CASCADE, related_name="files", verbose_name=_("voucher"))
    external_id = models.CharField(_("provider's id"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("file name"), max_length=255)
    stored = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="used_by", verbose_name=_("content"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [models.UniqueConstraint(fields=["voucher", "external_id"], name="voucher_file_unique")]

    def __str__(self) -> str:
        return self.name


class RawAnswer(models.Model):
    """One version of what a provider said about one thing, exactly as it came."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="raw_answers", verbose_name=_("client"))
    provider = models.CharField(_("provider"), max_length=20)
    kind = models.CharField(_("kind"), max_length=40)
    external_id = models.CharField(_("provider's id"), max_length=80)
    version = models.PositiveIntegerField(_("version"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    body = models.TextField(_("answer"))
    fetched_at = models.DateTimeField(_("fetched"), default=timezone.now)

    class Meta:
        verbose_name = _("raw answer")
        verbose_name_plural = _("raw answers")
        constraints = [
            models.UniqueConstraint(
                fields=["client", "provider", "external_id", "kind", "version"],
                name="raw_answer_version_unique",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id} v{self.version}"
