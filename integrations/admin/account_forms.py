"""What may be done with a bank account in the admin, each as a form: refused, it keeps what was typed and says why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from matching.models import AccountState, BankAccount
from matching.services import bank_accounts as life

EARLIEST = date(2000, 1, 1)
AHEAD = timedelta(days=366)
"""A bank announces the end of an account up to about a year before; what is later is a slip."""


def _words(label: Any, **given: Any) -> forms.CharField:
    attrs = {"class": "k-input k-grow", "autocomplete": "off"}
    return forms.CharField(label=label, widget=forms.TextInput(attrs=attrs), **given)


class DayField(forms.DateField):
    """A day as the browser's calendar writes it, or as it is typed where there is none."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "k-input"}),
            input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
            error_messages={"required": _("Please enter a day."), "invalid": _("Please enter a day.")},
            **given,
        )

    def clean(self, value: Any) -> date | None:
        """A day that can be: 1 January 2000 to a year from now."""
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day <= timezone.localdate() + AHEAD:
            raise ValidationError(_("Please look at the year: that day is too far away."), "far")
        return day


class ActForm(forms.Form):
    """A form that knows its account; ``siblings`` are the client's others."""

    name: ClassVar[str]

    def __init__(
        self, data: QueryDict | None = None, *, account: BankAccount, siblings: QuerySet[BankAccount], **kwargs: Any
    ) -> None:
        super().__init__(data, auto_id=f"{self.name}-%s", **kwargs)
        self.account = account
        self.siblings = siblings

    def refuse(self, problem: life.UnableToChange) -> bool:
        """Say at the field what is wrong; answers whether there is such a field."""
        known = problem.field in self.fields
        if known:
            self.add_error(problem.field, str(problem))
        return known


class AcceptForm(ActForm):
    """The number under which statements will find a requested account."""

    name = "accept"
    iban = _words(_("IBAN"), max_length=60, required=False)
    other_id = _words(
        _("Number or e-mail, if it has no IBAN"),
        max_length=60,
        required=False,
        help_text=_("As its statements write it: of a credit card or PayPal, for example."),
    )

    def __init__(self, *args: Any, account: BankAccount, **kwargs: Any) -> None:
        super().__init__(*args, account=account, initial={"iban": account.iban}, **kwargs)


class RefuseForm(ActForm):
    """Why an account is not taken, for the client."""

    name = "refuse"
    words = _words(
        _("The client reads"),
        max_length=1000,
        error_messages={"required": _("Please write a sentence for the client: why the account is not taken.")},
    )


class CorrectForm(ActForm):
    """What may be corrected. The IBAN only while it waits: afterwards statements find the account by it."""

    name = "correct"
    bank = _words(_("Bank"), max_length=120, required=False)
    town = _words(_("Town"), max_length=120, required=False)
    # Not ``name``: that is the form's own.
    called = _words(_("Name"), max_length=120, required=False)
    iban = _words(_("IBAN"), max_length=60, required=False)
    wanted_from = DayField(label=_("Statements needed from"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"class": "k-input", "rows": 2})
    )

    def __init__(self, *args: Any, account: BankAccount, **kwargs: Any) -> None:
        initial = {name: getattr(account, name) for name in ("bank", "town", "iban", "wanted_from", "note")}
        super().__init__(*args, account=account, initial={**initial, "called": account.name}, **kwargs)
        if account.state not in (AccountState.REQUESTED, AccountState.REFUSED):
            del self.fields["iban"]

    @property
    def values(self) -> dict[str, Any]:
        """What was sent; a field that was not keeps its value."""
        sent = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        return {"name" if name == "called" else name: value for name, value in sent.items()}


class SiblingField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Another account of the client, with its bank."""

    def label_from_instance(self, obj: BankAccount) -> str:
        """Number and bank."""
        return f"{obj} {obj.bank}".strip()


class TakeOverForm(ActForm):
    """Which account has taken its place, and since when."""

    name = "take-over"
    successor = SiblingField(
        BankAccount.objects.none(),
        label=_("Account"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "k-select"}),
        error_messages={
            "required": _("Please choose the account that has taken its place."),
            "invalid_choice": _("Please choose the account that has taken its place."),
        },
    )
    day = DayField(label=_("from"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["successor"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101
        choice.queryset = self.siblings


class CloseForm(ActForm):
    """The last day of an account."""

    name = "close"
    day = DayField(label=_("Last day"))
    words = _words(_("Note"), max_length=1000, required=False)


class KeepOnForm(ActForm):
    """No other account has taken its place after all."""

    name = "keep-on"


class ReopenForm(ActForm):
    """Open it again."""

    name = "reopen"


class PrivateForm(ActForm):
    """It is private."""

    name = "private"


class BusinessForm(ActForm):
    """It is used for the business."""

    name = "business"


def _accept(form: ActForm, user: User) -> BankAccount | None:
    given = form.cleaned_data
    return life.accept(form.account, user, iban=given["iban"], other_id=given["other_id"])


def _correct(form: ActForm, user: User) -> None:
    assert isinstance(form, CorrectForm)  # noqa: S101
    life.correct(form.account, user, **form.values)


def _take_over(form: ActForm, user: User) -> None:
    life.take_over(form.account, user, form.cleaned_data["successor"], form.cleaned_data["day"])


def _close(form: ActForm, user: User) -> None:
    life.close(form.account, user, form.cleaned_data["day"], form.cleaned_data["words"])


@dataclass(frozen=True, slots=True)
class Act:
    """A form and what it does; answers the account to look at afterwards where it is another one."""

    form: type[ActForm]
    do: Callable[[ActForm, User], BankAccount | None]


ACTS: dict[str, Act] = {
    act.form.name: act
    for act in (
        Act(AcceptForm, _accept),
        Act(RefuseForm, lambda form, user: life.refuse(form.account, user, form.cleaned_data["words"])),
        Act(CorrectForm, _correct),
        Act(TakeOverForm, _take_over),
        Act(KeepOnForm, lambda form, user: life.keep_on(form.account, user)),
        Act(CloseForm, _close),
        Act(ReopenForm, lambda form, user: life.reopen(form.account, user)),
        Act(PrivateForm, lambda form, user: life.mark_private(form.account, user)),
        Act(BusinessForm, lambda form, user: life.mark_business(form.account, user)),
    )
}


def forms_of(
    account: BankAccount, siblings: QuerySet[BankAccount], refused: ActForm | None = None
) -> dict[str, ActForm]:
    """The forms of the page by name, with an underscore for the template; a refused one as it was sent."""
    fresh = {name: act.form(account=account, siblings=siblings) for name, act in ACTS.items()}
    if refused is not None:
        fresh[refused.name] = refused
    return {name.replace("-", "_"): form for name, form in fresh.items()}


def bound(what: str, given: QueryDict, account: BankAccount, siblings: QuerySet[BankAccount]) -> ActForm | None:
    """The form of an act with what was sent; None where there is no such act."""
    act = ACTS.get(what)
    return act.form(given, account=account, siblings=siblings) if act else None
