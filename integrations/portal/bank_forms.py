"""The form with which a client asks for an account."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import iban as iban_check

from matching.services.bank_accounts import tidy

# Banks of which every town has its own; without the town nobody knows which one is meant.
OF_A_TOWN = ("sparkasse", "volksbank", "raiffeisen", "vr bank", "vr-bank", "genossenschaft", "sparda", "psd")
EARLIEST = date(2000, 1, 1)


class AccountForm(forms.Form):
    """Bank, town where there are many of the name, IBAN if at hand, first day, and that it is used for the business."""

    bank = forms.CharField(
        label=_("Bank"),
        max_length=120,
        help_text=_("For example: Sparkasse, Volksbank, DKB, N26, PayPal."),
        error_messages={"required": _("Please enter the name of the bank.")},
    )
    town = forms.CharField(
        label=_("Town of the bank"),
        max_length=120,
        required=False,
        help_text=_("Only for savings banks and cooperative banks: there is one in every region."),
    )
    iban = forms.CharField(
        label=_("IBAN, if you have it at hand"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("What you call the account (optional)"), max_length=120, required=False,
        help_text=_("For example: savings account, credit card."),
    )  # fmt: skip
    wanted_from = forms.DateField(
        label=_("Used for the business since"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "day"}),
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
        error_messages={
            "required": _("Please enter the first day; an estimate is enough."),
            "invalid": _("Please enter a day, for example 2025-01-31."),
        },
    )
    for_business = forms.BooleanField(
        label=_("This account is used for the business. We see and keep all of its payments."),
        error_messages={"required": _("Please confirm it. We take no private accounts: they stay yours.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_iban(self) -> str:
        """Check the digits, as the bank does."""
        iban = tidy(self.cleaned_data["iban"])
        if iban and not iban_check.is_valid(iban):
            raise ValidationError(
                _("There is a slip in this IBAN. Please compare it with your card, or leave it out."), "iban"
            )
        return iban

    def clean_wanted_from(self) -> date:
        """A day that can be."""
        day: date = self.cleaned_data["wanted_from"]
        if not EARLIEST <= day <= self.today:
            raise ValidationError(_("Please enter a day between 2000 and today."), "day")
        return day

    def clean(self) -> dict[str, Any]:
        """The town where it is needed."""
        given = super().clean() or {}
        bank = str(given.get("bank", "")).lower()
        if any(word in bank for word in OF_A_TOWN) and not given.get("town") and not given.get("iban"):
            self.add_error("town", _("There are many banks of this name: please enter the town, or the IBAN."))
        return given
