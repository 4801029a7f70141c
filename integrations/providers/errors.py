"""What can go wrong with a provider, named by who must act.

``client``: only the client can help (a new key, another plan). ``time``: it passes by itself. ``record``: one record is
affected, everything else goes on. ``us``: the provider said something that we do not understand.
"""

from typing import ClassVar, Literal

Who = Literal["client", "time", "record", "us"]


class ProviderError(Exception):
    """A call failed, for good.

    ``message`` is redacted: it never holds the API key. ``status`` is the HTTP status, None when there was no answer.
    ``request_id`` is the provider's, for talking to its support; empty when it gave none. ``path`` has no query.
    """

    code: ClassVar[str] = "provider_error"
    who: ClassVar[Who] = "us"

    def __init__(self, message: str = "", *, status: int | None = None, request_id: str = "", path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.request_id = request_id
        self.path = path

    def __str__(self) -> str:
        parts = [self.code, str(self.status or ""), self.path, self.message]
        text = " ".join(part for part in parts if part)
        return f"[{self.request_id}] {text}" if self.request_id else text


class KeyRejected(ProviderError):
    """401: unknown, expired or disabled key. It may also be an outage: confirm later (reference: keys 1.3)."""

    code = "key_rejected"
    who = "client"


class PlanWithoutApi(ProviderError):
    """402: the contract does not include the API (reference: plans 1.4)."""

    code = "plan_without_api"
    who = "client"


class PermissionMissing(ProviderError):
    """403: the key lacks a scope, or its user a right."""

    code = "permission_missing"
    who = "client"


class RateLimited(ProviderError):
    """Refused by the rate limit after every retry, or our own queue for it is too long. Try again later."""

    code = "rate_limited"
    who = "time"


class Unavailable(ProviderError):
    """No answer, or a server error, after every retry."""

    code = "unavailable"
    who = "time"


class OutcomeUnknown(Unavailable):
    """A POST without an answer that says whether it was performed. Look first, repeat later (reference: quirks 4)."""

    code = "outcome_unknown"


class NotFound(ProviderError):
    """404: deleted, or a document of another type than asked for."""

    code = "not_found"
    who = "record"


class FileMissing(NotFound):
    """404 on a file that its document names."""

    code = "file_missing"


class FileCutOff(ProviderError):
    """A file without its end, in an answer that says that it is whole. ``message`` is the SHA-256 of what came."""

    code = "file_cut_off"
    who = "record"


class NoPaymentInformation(ProviderError):
    """406 on payments: the document has none, for example a draft (reference: payments, section 8)."""

    code = "no_payment_information"
    who = "record"


class NotDownloadable(ProviderError):
    """A file that cannot be had: a draft's (409), one without such a form (406), or one that is too large."""

    code = "not_downloadable"
    who = "record"


class RecordUnreadable(ProviderError):
    """The answer is whole, but a field of this record is not what it must be. ``raw`` is the answer as it came."""

    code = "record_unreadable"
    who = "record"
    raw: str = ""


class AnswerNotUnderstood(ProviderError):
    """Not the service we know: a web page, half a body, another shape, a redirect, pages in a circle."""

    code = "answer_not_understood"
    who = "us"


class RequestRefused(ProviderError):
    """The service calls our request wrong: unknown route, unknown value of a filter."""

    code = "request_refused"
    who = "us"


class TooManyRows(ProviderError):
    """More rows than the service shows for one question (10,000), and no narrower question is possible."""

    code = "too_many_rows"
    who = "us"


class AlreadySubscribed(ProviderError):
    """409: a subscription of this event to this address is there already (reference: webhooks 15.1)."""

    code = "already_subscribed"
    who = "record"


class CallbackRefused(ProviderError):
    """406: the service could not reach our address, or did not trust its certificate (reference: webhooks 15.1)."""

    code = "callback_refused"
    who = "us"
