"""The provider's words for states and payments, as people read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Voucher states of Lexware Office (reference: voucherlist, section 6).
STATUS_WORDS: dict[str, str | Promise] = {
    "draft": _("Draft"),
    "open": _("Open"),
    "paid": _("Paid"),
    "paidoff": _("Paid off"),
    "voided": _("Voided"),
    "transferred": _("Transferred"),
    "sepadebit": _("Direct debit"),
    "overdue": _("Overdue"),
    "accepted": _("Accepted"),
    "rejected": _("Rejected"),
    "unchecked": _("Unchecked"),
    "blank": _("Unchecked"),
}

# Payment item types (reference: payments, section 8).
PAYMENT_WORDS: dict[str, str | Promise] = {
    "partPaymentFinancialTransaction": _("Bank transaction"),
    "partPaymentCreditNote": _("Settled with a credit note"),
    "partPaymentCashBox": _("Cash"),
    "manualPayment": _("Marked as paid by hand"),
    "cashDiscount": _("Cash discount"),
    "dunningCosts": _("Dunning fee"),
    "currencyConversion": _("Exchange difference"),
    "irrecoverableReceivable": _("Written off"),
}

# Why a voucher was withdrawn, where it is not its new state that says it.
WITHDRAWN_WORDS: dict[str, str | Promise] = {
    **STATUS_WORDS,
    "deleted": _("Deleted in Lexware Office"),
    "dated_earlier": _("Dated before the first day from which vouchers are fetched"),
    "organization_changed": _("Belongs to a former Lexware Office account"),
    "unknown": _("Not among the paid vouchers any more"),
}


def withdrawn_words(reason: str) -> str:
    """Why a voucher was withdrawn, in words; the provider's own word where it is new."""
    return str(WITHDRAWN_WORDS.get(reason, reason))


def payment_words(type_: str) -> str:
    """A payment item's type in words; the provider's own word where it is new."""
    return str(PAYMENT_WORDS.get(type_, type_))
