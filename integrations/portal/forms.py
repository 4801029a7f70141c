"""The forms of the portal."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from integrations.models import Provider
from integrations.portal import key_words
from integrations.services import lexware_key, qonto_key
from integrations.services.key_check import UnusableKey
from integrations.services.key_end import WrongEnd, latest_end, possible_end

SHORTEST_KEY = 20
LONGEST_KEY = 200
KEY_CHARACTERS = re.compile(r"[A-Za-z0-9._~+/=-]+")


class KeyInput(forms.TextInput):
    """A text field that never shows again what was typed, and asks browsers and password managers to keep out."""

    def __init__(self) -> None:
        super().__init__(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "autocorrect": "off",
                "spellcheck": "false",
                "data-1p-ignore": "",
                "data-bwignore": "",
                "data-lpignore": "true",
                "data-form-type": "other",
                "class": "key",
            }
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Drop the value."""
        return super().get_context(name, None, attrs)


class EndField(forms.DateField):
    """The last day of a key: the browser's own date field, on every phone and without a script."""

    def __init__(self, *, today: date, **kwargs: Any) -> None:
        self.today = today
        limits = {"type": "date", "min": today.isoformat(), "max": latest_end(today).isoformat()}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={**limits, "autocomplete": "off", "class": "day"})
        # The second and third form are what people type where a browser has no such field.
        super().__init__(
            label=_("Last day of the key"),
            widget=widget,
            input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
            error_messages={
                "required": _("Please enter the day on which the key ends."),
                "invalid": _("Please enter a day, for example 2027-12-31."),
            },
            **kwargs,
        )

    def clean(self, value: Any) -> date | None:
        """Refuse a day on which no key can end."""
        day: date | None = super().clean(value)
        try:
            return possible_end(day, self.today) if day else None
        except WrongEnd as problem:
            raise ValidationError(str(problem), "wrong_end") from None


class MovedInput(forms.CheckboxInput):
    """A box that stands for one organization; never ticked beforehand, so that it is ticked knowingly."""

    def __init__(self, organization_id: str = "") -> None:
        super().__init__(attrs={"value": organization_id}, check_test=lambda value: False)

    def format_value(self, value: Any) -> None:
        """The organization is all that it stands for."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The organization that was ticked."""
        return data.get(name, "")


class KeyEndForm(forms.Form):
    """Takes the last day of the key that is connected."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key_expires_on"] = EndField(today=today)


class KeyForm(forms.Form):
    """Takes an API key and says what is wrong with it before anybody asks Lexware Office.

    ``moved`` is the organization that somebody confirms to have moved to; the box shows only after ``offer``.
    """

    api_key = forms.CharField(
        label=_("Enter API key here"),
        widget=KeyInput(),
        max_length=2000,
        error_messages={"required": key_words.EMPTY, "max_length": key_words.TOO_LONG},
    )

    moved = forms.CharField(required=False, max_length=40, widget=MovedInput())

    def __init__(self, *args: Any, today: date, move: key_words.Move | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposed = latest_end(today)
        self.move: key_words.Move | None = None
        self.fields["key_expires_on"] = EndField(
            today=today,
            required=False,
            initial=self.proposed,
            help_text=_(
                "Lexware Office shows it where you create the key; 24 months from today are the longest there is. "
                "We ask so that we can remind you in time: after that day nothing can be fetched any more."
            ),
        )
        self.offer(move)

    @property
    def not_a_key(self) -> str:
        """What to say of something that cannot be a key."""
        return str(key_words.NOT_A_KEY)

    def offer(self, move: key_words.Move | None) -> None:
        """Let the person say that the company has moved to this organization."""
        self.move = move
        if move is not None:
            words = _("Yes, we have moved from “%(old)s” to “%(new)s”.")
            self.fields["moved"].label = words % {"old": move.former, "new": move.name}
            self.fields["moved"].widget = MovedInput(move.organization_id)

    @property
    def known_end(self) -> date | None:
        """The day that was entered; None where it is just what was proposed."""
        day: date | None = self.cleaned_data.get("key_expires_on")
        return None if day == self.proposed else day

    @sensitive_variables()
    def clean_api_key(self) -> str:
        """Tidy the key. The messages never repeat it."""
        try:
            key = lexware_key.clean_key(self.cleaned_data["api_key"])
        except UnusableKey:
            raise ValidationError(key_words.NOT_A_KEY, "not_a_key") from None
        if "://" in key or "@" in key:
            raise ValidationError(key_words.ADDRESS, "address")
        if not KEY_CHARACTERS.fullmatch(key):
            raise ValidationError(key_words.NOT_A_KEY, "not_a_key")
        if len(key) < SHORTEST_KEY:
            raise ValidationError(key_words.TOO_SHORT, "too_short")
        if len(key) > LONGEST_KEY:
            raise ValidationError(key_words.TOO_LONG, "too_long")
        return key


class QontoKeyForm(KeyForm):
    """Takes login and secret key of Qonto, which have no end."""

    def __init__(self, *args: Any, today: date, move: key_words.Move | None = None, **kwargs: Any) -> None:
        super().__init__(*args, today=today, move=move, **kwargs)
        del self.fields["key_expires_on"]
        self.fields["api_key"].label = _("Enter login and secret key here, one after the other")

    @property
    def not_a_key(self) -> str:
        """Two values are wanted."""
        return str(key_words.TWO_VALUES)

    @sensitive_variables()
    def clean_api_key(self) -> str:
        """Tidy both values. The messages never repeat them."""
        try:
            key = qonto_key.clean_key(self.cleaned_data["api_key"])
        except UnusableKey:
            raise ValidationError(self.not_a_key, "not_a_key") from None
        if len(key) > LONGEST_KEY:
            raise ValidationError(key_words.TOO_LONG, "too_long")
        return key


FORMS: Final[dict[str, type[KeyForm]]] = {Provider.LEXWARE: KeyForm, Provider.QONTO: QontoKeyForm}


def form_of(provider: str) -> type[KeyForm]:
    """The form that takes a provider's key."""
    return FORMS[provider]


class SupportForm(forms.Form):
    """What the client adds to a request to support.

    ``needed``: whether something must be written. With a failed connection the request says enough by itself.
    """

    message = forms.CharField(
        label=_("What would you like to tell us?"),
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        max_length=4000,
        error_messages={
            "required": _("Please write a sentence about what we can do for you."),
            "max_length": _("That is more than we can take in one message. Please shorten it to 4,000 characters."),
        },
    )

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].required = needed
        if not needed:
            self.fields["message"].label = _("Would you like to add something? (optional)")
