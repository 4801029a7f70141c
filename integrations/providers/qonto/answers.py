"""What a refusal of Qonto means (reference: Qonto 5.6): ``{"errors": [{"code", "detail", "source"}]}``."""

from typing import Any

import simplejson

from integrations.providers.errors import (
    AnswerNotUnderstood,
    KeyRejected,
    NotDownloadable,
    NotFound,
    PermissionMissing,
    ProviderError,
    RateLimited,
    RequestRefused,
    Unavailable,
)
from integrations.providers.purposes import Purpose

_FAMILIES: dict[int, type[ProviderError]] = {
    401: KeyRejected,
    403: PermissionMissing,
    404: NotFound,
    408: Unavailable,
    429: RateLimited,
    501: RequestRefused,
}


def failure(status: int, body: bytes, purpose: Purpose) -> ProviderError:
    """Return what went wrong; its ``message`` is the provider's, not yet redacted. ``status``: outside of 2xx."""
    content = _decoded(body)
    page = content is None and body.lstrip()[:1] == b"<"
    if purpose is Purpose.FILE:
        # The storage behind a short-lived address, not Qonto itself: it knows nothing about the key.
        gone = not (status in (408, 429) or status >= 500)
        return (NotDownloadable if gone else Unavailable)("the document's address was refused", status=status)
    if status == 403 and page:
        # A firewall's page says nothing about the key.
        return AnswerNotUnderstood("a web page instead of JSON", status=status)
    family = _FAMILIES.get(status) or (Unavailable if status >= 500 else RequestRefused)
    if not 400 <= status <= 599:
        family = AnswerNotUnderstood
    return family("a web page instead of JSON" if page else words(content), status=status)


def words(content: Any) -> str:
    """Return what the errors of an answer say, with the field that they are about."""
    errors = content.get("errors") if isinstance(content, dict) else None
    said = [_said(item) for item in errors if isinstance(item, dict)] if isinstance(errors, list) else []
    return "; ".join(part for part in said if part)


def _said(error: dict[str, Any]) -> str:
    source = error.get("source")
    where = source.get("pointer") or source.get("parameter") if isinstance(source, dict) else ""
    return ": ".join(str(part) for part in (error.get("code"), where, error.get("detail")) if part)


def _decoded(body: bytes) -> Any:
    try:
        return simplejson.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
