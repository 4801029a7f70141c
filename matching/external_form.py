"""The form of an external transaction, for accountants and clients alike."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Client
from matching.models import ExternalPayment
from matching.services.external import ExternalData
from vouchers.models import Voucher

IN, OUT = "in", "out"


class ExternalForm(forms.Form):
    """Takes what an external transaction says. Amounts are typed without a sign, beside which way the money went."""

    kind = forms.ChoiceField(label=_("How was it paid?"), choices=ExternalPayment.Kind.choices)
    date = forms.DateField(
        label=_("Date of the payment"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off", "class": "day"}),
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
        error_messages={
            "required": _("Please enter the day of the payment."),
            "invalid": _("Please enter a day, for example 2025-12-31."),
        },
    )
    way = forms.ChoiceField(
        label=_("Which way did the money go?"),
        choices=[(OUT, _("Money out: we paid")), (IN, _("Money in: we were paid"))],
    )
    amount = forms.DecimalField(
        label=_("Amount"),
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        localize=True,
        error_messages={
            "required": _("Please enter the amount."),
            "invalid": _("Please enter an amount, for example 12.50."),
            "min_value": _("Please enter an amount above zero."),
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Who was paid, or who paid?"), max_length=255, required=False)
    purpose = forms.CharField(
        label=_("What for?"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    voucher = forms.CharField(
        label=_("Number of the document (optional)"),
        max_length=100,
        required=False,
        help_text=_("With it, the payment is matched with the document at once."),
    )
    # Names this attempt, so that a form that is sent twice makes one.
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput())
    # Two documents may carry the same number: the one that was meant when the form was opened.
    voucher_id = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        self.found: Voucher | None = None
        self.currency = "EUR"

    def clean(self) -> dict[str, Any]:
        """Find the document by its number, among those of the client only."""
        cleaned: dict[str, Any] = super().clean() or {}
        number = (cleaned.get("voucher") or "").strip()
        if number:
            own = Voucher.objects.filter(client=self.client, number__iexact=number, withdrawn_at=None)
            if cleaned.get("voucher_id") and own.filter(pk=cleaned["voucher_id"]).exists():
                own = own.filter(pk=cleaned["voucher_id"])
            some = list(own[:2])
            if not some:
                self.add_error("voucher", _("We know no document with this number."))
            elif len(some) > 1:
                self.add_error("voucher", _("Several documents have this number. Begin at the document itself."))
            else:
                self.found = some[0]
                self.currency = some[0].currency
        return cleaned

    @property
    def data_of(self) -> ExternalData:
        """What was entered; only after it was found valid."""
        cleaned = self.cleaned_data
        sign = 1 if cleaned["way"] == IN else -1
        return ExternalData(
            kind=cleaned["kind"],
            date=cleaned["date"],
            amount=cleaned["amount"] * sign,
            currency=self.currency,
            name=cleaned["name"],
            purpose=cleaned["purpose"],
            voucher=self.found,
        )


def initial_of(data: ExternalData) -> dict[str, Any]:
    """The values with which the form begins."""
    return {
        "kind": data.kind,
        "date": data.date,
        "way": IN if data.amount > 0 else OUT,
        "amount": abs(data.amount),
        "name": data.name,
        "purpose": data.purpose,
        "voucher": data.voucher.number if data.voucher else "",
        "voucher_id": data.voucher.pk if data.voucher else None,
    }
