"""Whose lines a file tells of: one of the client's accounts, or a new one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import iban as iban_check

from accounts.models import Client
from integrations.services.uploads import choosable
from matching.models import BankAccount
from matching.services.account_keys import AccountOfAnotherClient, account_for
from matching.services.bank_accounts import tidy

NEW = "new"


def account_name(account: BankAccount) -> str:
    """Name or bank, and the number."""
    return " ".join(filter(None, (account.name or account.bank, account.iban or account.key)))


class AccountForm(forms.Form):
    """The account of a file that does not name it. Needs the client; ``required`` where nothing else can say it."""

    account = forms.ChoiceField(
        label=_("Whose payments are these?"), error_messages={"required": _("Please choose the account.")}
    )
    iban = forms.CharField(
        label=_("IBAN of the new account"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    bank = forms.CharField(label=_("Bank of the new account"), max_length=120, required=False)
    always = forms.BooleanField(
        label=_("Files of this kind are always of this account."),
        help_text=_("Leave it open if there is a second account at the same bank: then we ask every time."),
        required=False,
    )

    def __init__(self, *args: Any, client: Client, needed: bool = True, table: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        self.accounts = {str(account.pk): account for account in choosable(client)}
        choices: list[tuple[str, Any]] = [("", _("Please choose") if needed else _("As the file says"))]
        choices += [(pk, account_name(account)) for pk, account in self.accounts.items()]
        choice = self.fields["account"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101
        choice.choices = [*choices, (NEW, _("A new account"))]
        choice.required = needed
        if needed and not self.accounts:
            self.initial.setdefault("account", NEW)
        if not table:
            del self.fields["always"]

    def clean_iban(self) -> str:
        """Check the digits, as the bank does."""
        iban = tidy(self.cleaned_data["iban"])
        if iban and not iban_check.is_valid(iban):
            raise ValidationError(_("There is a slip in this IBAN. Please compare it with the bank's papers."), "iban")
        return iban

    def clean(self) -> dict[str, Any]:
        """A new account needs its IBAN."""
        given = super().clean() or {}
        if given.get("account") == NEW and not given.get("iban") and "iban" not in self.errors:
            self.add_error("iban", _("Please enter the IBAN of the new account."))
        return given

    @property
    def chosen(self) -> BankAccount | None:
        """The account, without making a new one."""
        return self.accounts.get(self.cleaned_data.get("account", ""))

    def make(self) -> BankAccount | None:
        """The account, made if it is new; None (and an error) where another client keeps it, or none was chosen."""
        if self.cleaned_data.get("account") != NEW:
            return self.chosen
        asked_for = next((one for one in self.accounts.values() if one.iban == self.cleaned_data["iban"]), None)
        if asked_for is not None:
            return asked_for
        try:
            account = account_for(self.client, iban=self.cleaned_data["iban"], bank=self.cleaned_data["bank"])
        except AccountOfAnotherClient:
            self.add_error("iban", _("This account is kept at another client. Please check the IBAN."))
            return None
        if account.is_private:
            self.add_error("iban", _("This account is marked as private; nothing of it is stored."))
            return None
        return account
