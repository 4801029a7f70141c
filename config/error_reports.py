"""Error pages and mails about errors, without secrets, also for a developer whose ``DEBUG`` is on."""

import re
from pprint import pformat
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

# An API key as it looks: one long word with small and capital letters and digits. Ids and hashes have no capitals.
KEY_LIKE = re.compile(r"(?<![\w-])(?=[\w~-]*\d)(?=[\w~-]*[a-z])(?=[\w~-]*[A-Z])[\w~-]{24,}")
SPEAKS_OF_KEYS = re.compile(r"key|token|secret|bearer|passw|authorization|headers|cookie", re.IGNORECASE)


class _Shown:
    """A text that is printed as it is."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


class QuietFilter(SafeExceptionReporterFilter):
    """Hides what a decorator calls sensitive whatever ``DEBUG`` says, and in every variable what looks like a key."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always; Django's own filter lets everything through while ``DEBUG`` is on."""
        return True

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        """The variables of a frame, as they may be shown."""
        found = super().get_traceback_frame_variables(request, tb_frame)
        return [(name, self._quiet(name, value)) for name, value in found]

    def _quiet(self, name: str, value: Any) -> Any:
        if SPEAKS_OF_KEYS.search(name):
            return self.cleansed_substitute
        try:
            text = pformat(value)
        except Exception as error:  # noqa: BLE001 - whatever a value's own words raise, the report goes on
            return _Shown(f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>")
        quiet = KEY_LIKE.sub(self.cleansed_substitute, text)
        return value if quiet == text else _Shown(quiet)
