"""Keeps the API key out of everything that is kept: the gateway's 403 repeats it (reference: errors 5.3)."""

import json
import re
from urllib.parse import quote

from integrations.providers.values import storable

HIDDEN = "[hidden]"
LONGEST = 300

_BEARER = re.compile(r"(?i)\bbearer\s+[^\s'\",;]+")
_ECHO = re.compile(r"'[^']*'(?= not a valid key=value pair)")


def redact(text: str, *secrets: str) -> str:
    """Return a text without the secrets, however they are written, without bearer tokens, and at most 300 characters.

    It comes from outside and is kept: what no database takes (see ``storable``) is removed as well.
    """
    text = storable(text)
    spellings = {
        spelling
        for secret in secrets
        for spelling in (secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1])
    }
    for spelling in sorted(filter(None, spellings), key=len, reverse=True):
        text = text.replace(spelling, HIDDEN)
    text = _ECHO.sub(f"'{HIDDEN}'", _BEARER.sub(f"Bearer {HIDDEN}", text))
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
