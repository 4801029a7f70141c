"""The forms of the portal."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from integrations.portal import key_words
from integrations.services.key_check import UnusableKey, clean_key

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


class KeyForm(forms.Form):
    """Takes an API key and says what is wrong with it before anybody asks Lexware Office."""

    api_key = forms.CharField(
        label=_("Enter API key here"),
        widget=KeyInput(),
        max_length=2000,
        error_messages={"required": key_words.EMPTY, "max_length": key_words.TOO_LONG},
    )

    @sensitive_variables()
    def clean_api_key(self) -> str:
        """Tidy the key. The messages never repeat it."""
        try:
            key = clean_key(self.cleaned_data["api_key"])
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
