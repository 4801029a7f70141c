"""Which column of a table is what, and in which form its days and amounts are written."""

from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from integrations.statements.tables import ColumnShape, Mapping, MappingError, TableShape
from integrations.statements.tables.columns import Columns
from integrations.statements.tables.dates import FORMATS, read_day
from integrations.statements.tables.profile import Sign
from integrations.uploading.account_form import AccountForm

ROLES: Final = (
    ("", _("not needed")),
    ("booking_date", _("booking date")),
    ("value_date", _("value date")),
    ("amount", _("amount")),
    ("debit", _("money out")),
    ("credit", _("money in")),
    ("direction", _("in or out, in words")),
    ("currency", _("currency")),
    ("counterparty", _("name of the other side")),
    ("iban", _("IBAN of the other side")),
    ("bic", _("BIC of the other side")),
    ("purpose", _("purpose")),
    ("booking_text", _("kind of payment")),
    ("reference", _("the bank's reference")),
    ("end_to_end_id", _("end-to-end reference")),
    ("mandate_id", _("mandate")),
    ("creditor_id", _("creditor identifier")),
    ("balance", _("balance after it")),
    ("status", _("booked or announced")),
    ("fee", _("fee")),
    ("original_amount", _("amount in the other currency")),
    ("original_currency", _("the other currency")),
    ("exchange_rate", _("exchange rate")),
    ("account", _("own account")),
)
SHOWN: Final = dict(ROLES)
SEVERAL: Final = frozenset({"", "purpose"})
DAYS: Final = ("booking_date", "value_date", "instant")


class TableForm(AccountForm):
    """A role for each column, the forms, and whose account it is. ``mapping`` is what was said, once it is valid.

    Where the bank is known, its columns are known too: then only the forms and the account are asked.
    """

    date_format = forms.ChoiceField(label=_("How are days written?"), required=False)
    decimal = forms.ChoiceField(
        label=_("How are amounts written?"),
        choices=[("", _("as the file shows")), (",", "1.234,56"), (".", "1,234.56")],
        required=False,
    )
    sign = forms.ChoiceField(
        label=_("How is money out marked?"),
        choices=[
            (Sign.UNKNOWN.value, _("as the file shows")),
            (Sign.SIGNED.value, _("with a minus")),
            (Sign.REVERSED.value, _("without a minus; money in has one (some credit cards)")),
        ],
        required=False,
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$", label=_("Currency, where no column says it"), initial="EUR", required=False
    )

    def __init__(self, *args: Any, shape: TableShape, known: Mapping | None = None, **kwargs: Any) -> None:
        start = known or shape.suggestion
        super().__init__(*args, needed=False, **kwargs)
        self.shape = shape
        self.base = shape.format
        self.mapping: Mapping | None = None
        self.fields["account"].label = _("Own account")
        if start is not None:
            account = next((pk for pk, one in self.accounts.items() if start.account in (one.key, one.iban)), "")
            said = {"date_format": start.date_format, "decimal": start.decimal, "sign": start.sign.value}
            self.initial = {
                **said,
                "currency": start.currency,
                "account": account if start.account else "",
                **self.initial,
            }
        days = self.fields["date_format"]
        assert isinstance(days, forms.ChoiceField)  # noqa: S101
        days.choices = [("", _("as the file shows")), *_day_forms(shape)]
        if self.base:
            del self.fields["sign"], self.fields["currency"]
            return
        given = {name: role for role, names in start.columns.roles() for name in names} if start else {}
        for number, column in enumerate(shape.columns):
            role = given.get(column.name, column.role)
            self.fields[f"role-{number}"] = forms.ChoiceField(
                label=column.name, choices=ROLES, required=False, initial=role if role in SHOWN else ""
            )

    @property
    def columns(self) -> list[tuple[ColumnShape, Any]]:
        """Each column with its choice, or with what is known about it."""
        if self.base:
            return [(column, SHOWN.get(column.role, _("known"))) for column in self.shape.columns]
        return [(column, self[f"role-{number}"]) for number, column in enumerate(self.shape.columns)]

    @property
    def forms_fields(self) -> list[Any]:
        """The fields about the forms."""
        return [self[name] for name in ("date_format", "decimal", "sign", "currency") if name in self.fields]

    @property
    def asks_forms(self) -> bool:
        """Whether something was said about the forms, or is wrong with it: else they are as the file shows."""
        return bool(self.base) or any(field.errors or field.value() for field in self.forms_fields[:3])

    @property
    def account_fields(self) -> list[Any]:
        """The fields about the account."""
        return [self[name] for name in ("account", "iban", "bank", "always") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Put the answers together."""
        given = super().clean()
        columns = self.shape.suggestion.columns if self.base and self.shape.suggestion else self._columns(given)
        currency = str(given.get("currency") or "EUR").upper()
        try:
            self.mapping = Mapping(
                columns=columns,
                date_format=given.get("date_format", ""),
                decimal=given.get("decimal", ""),
                sign=Sign(given.get("sign", "")),
                separator=self.shape.separator,
                has_header=self.shape.has_header,
                currency=currency,
                base=self.base,
            )
        except MappingError:
            raise ValidationError(_("These answers do not fit together; please look at them again.")) from None
        return given

    def _columns(self, given: dict[str, Any]) -> Columns:
        names: dict[str, tuple[str, ...]] = {}
        for number, column in enumerate(self.shape.columns):
            role = given.get(f"role-{number}", "")
            if role in names and role not in SEVERAL:
                self.add_error(f"role-{number}", _("Another column is said to be this already."))
            elif role:
                names[role] = (*names.get(role, ()), column.name)
        if not set(names) & set(DAYS):
            raise ValidationError(_("Please say which column holds the booking date."))
        if not set(names) & {"amount", "debit", "credit"}:
            raise ValidationError(_("Please say which column holds the amount."))
        return Columns(**names)

    @property
    def digest(self) -> str:
        """What tells whether the answers are still those that were shown in the preview."""
        words = [f"{name}={self.cleaned_data.get(name)}" for name in sorted(self.fields)]
        return sha256("\x1f".join(words).encode()).hexdigest()

    def with_account(self, text: str) -> Mapping:
        """The mapping with the own account, empty if the file says it or somebody is asked each time."""
        if self.mapping is None:
            raise ValueError("There is no mapping before the form is valid.")
        return replace(self.mapping, account=text)


def _day_forms(shape: TableShape) -> list[tuple[str, str]]:
    """The forms in which all shown values of some column are days, each with one of them read that way."""
    found = []
    for form in FORMATS:
        for column in shape.columns:
            try:
                read = [read_day(sample, form) for sample in column.samples]
            except ValueError:
                continue
            if read:
                found.append((form, f"{column.samples[0]} = {date_format(read[0], 'DATE_FORMAT')}"))
                break
    return found
