"""What an answer that is not a success means, decided by its content (reference: errors, section 5)."""

from typing import Any

import simplejson

from integrations.providers.errors import (
    AlreadySubscribed,
    AnswerNotUnderstood,
    CallbackRefused,
    KeyRejected,
    NoPaymentInformation,
    NotDownloadable,
    NotFound,
    PermissionMissing,
    PlanWithoutApi,
    ProviderError,
    RateLimited,
    RequestRefused,
    Unavailable,
)
from integrations.providers.purposes import Purpose

# The gateway in front of the service says this, with the key in it, of routes that it does not know; the second is
# the same gateway's text where no key came along.
_UNKNOWN_ROUTE = ("not a valid key=value pair", "missing authentication token")
# Since 2026; earlier editions print null (reference: rate limit 2.2).
_DISGUISE = "internal server error or rate limit exceeded"


def failure(status: int, body: bytes, purpose: Purpose) -> ProviderError:
    """Return what went wrong; its ``message`` is the provider's, not yet redacted.

    ``status``: any HTTP status outside 2xx.
    """
    content = _decoded(body)
    message = words(content)
    family = _family(status, content, message, purpose)
    if isinstance(content, bytes):
        message = "a web page instead of JSON" if content.startswith(b"<") else "an answer that is not JSON"
    return family(message, status=status)


def words(content: Any) -> str:
    """Return the message of any of the error shapes: regular, legacy, gateway, a bare text, a flat issue."""
    if isinstance(content, str):
        return content
    if not isinstance(content, dict):
        return ""
    issues = content.get("IssueList")
    details = content.get("details")
    parts = [content["message"]] if isinstance(content.get("message"), str) else []
    if "i18nKey" in content:
        parts.append(_issue(content))
    parts += [_issue(issue) for issue in (issues if isinstance(issues, list) else [])]
    parts += [_detail(detail) for detail in (details if isinstance(details, list) else [])]
    return "; ".join(part for part in parts if part)


def request_id(body: bytes) -> str:
    """Return the request id that regular and legacy error bodies carry, empty when there is none."""
    content = _decoded(body)
    value = content.get("requestId") if isinstance(content, dict) else None
    return value if isinstance(value, str) else ""


def _family(status: int, content: Any, message: str, purpose: Purpose) -> type[ProviderError]:
    plain: dict[int, type[ProviderError]] = {
        401: KeyRejected,
        402: PlanWithoutApi,
        404: NotFound,
        408: Unavailable,
        429: RateLimited,
        501: RequestRefused,
    }
    if status == 500 and isinstance(content, dict) and _is_disguise(content):
        return RateLimited
    if status in plain:
        return plain[status]
    if status >= 500:
        return Unavailable
    if status == 403:
        if isinstance(content, bytes) and content:
            # A firewall's page says nothing about the key.
            return AnswerNotUnderstood
        return RequestRefused if any(sign in message.lower() for sign in _UNKNOWN_ROUTE) else PermissionMissing
    if status == 406 and purpose is Purpose.PAYMENTS:
        return NoPaymentInformation
    if status in (406, 409) and purpose is Purpose.FILE:
        return NotDownloadable
    if status in (406, 409) and purpose is Purpose.SUBSCRIPTION:
        return AlreadySubscribed if status == 409 else CallbackRefused
    return RequestRefused if 400 <= status < 500 else AnswerNotUnderstood


def _is_disguise(content: dict[str, Any]) -> bool:
    message = content.get("message", "")
    return message is None or (isinstance(message, str) and message.strip().lower() == _DISGUISE)


def _decoded(body: bytes) -> Any:
    """Return the parsed JSON, or the bytes themselves where they are none."""
    try:
        return simplejson.loads(body.decode("utf-8-sig"), use_decimal=True)
    except (ValueError, RecursionError):
        return body.strip()


def _issue(issue: Any) -> str:
    if not isinstance(issue, dict):
        return ""
    return ": ".join(str(issue[name]) for name in ("source", "i18nKey") if issue.get(name))


def _detail(detail: Any) -> str:
    if not isinstance(detail, dict):
        return ""
    return ": ".join(str(detail[name]) for name in ("field", "violation", "message") if detail.get(name))
