"""One HTTP call, with everything that belongs to every call: budget, timeouts, retries, limits, redaction, log.

Our own loop stands above the budget, so that a repeated attempt books a slot like any other call. What may be repeated
depends on the verb (reference: retry table 5.5): GET and DELETE always; POST only after a 429, which says that the call
was not performed. After any other silence or server error a POST may have succeeded: ``OutcomeUnknown``.
"""

import io
import logging
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from integrations.providers.calls import CallRecord
from integrations.providers.errors import (
    AnswerNotUnderstood,
    KeyRejected,
    NotDownloadable,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    RequestRefused,
    Unavailable,
)
from integrations.providers.pace import Backoff, Budget, Clock, Jitter, QueueTooLong, http_date, retry_after
from integrations.providers.purposes import Purpose
from integrations.providers.redaction import HIDDEN, redact

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT = 5.0
# The gateway gives up after 30 seconds (reference: usage policy 2.5).
READ_TIMEOUT = 35.0
# Of a call that is not repeated, because somebody waits for more important things.
IMPATIENT_TIMEOUT = 5.0
WHOLE_ANSWER_TIMEOUT = 300.0
JSON_LIMIT = 20_000_000
FILE_LIMIT = 30_000_000
# Waiting longer than this inside a call would only block a worker: the next run is a better moment.
LONGEST_WAIT = 120.0

Parameters = Mapping[str, str | Sequence[str]]
Method = Literal["GET", "POST", "DELETE"]
SUCCESS: Mapping[Method, tuple[int, ...]] = {"GET": (200,), "POST": (200, 201, 202), "DELETE": (200, 202, 204)}

_CHUNK = 65_536
_KEY = re.compile(r"[\x21-\x7e]+")
_NO_ANSWER = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    # While the body is read, the library below speaks for itself: cut off, not decodable, silent.
    HTTPError,
)


class _TooLarge(Exception):
    """The body passed its limit."""


class _TooSlow(Exception):
    """The body did not end in time."""


class HeaderKey(AuthBase):
    """Adds a key to the ``Authorization`` header, as its provider wants it there.

    ``secrets`` are the texts that must be kept nowhere: the key, and each part of it that opens something. As an auth
    object it also keeps ``requests`` from taking another key out of a netrc file.
    """

    def __init__(self, header: str, *secrets: str) -> None:
        self._header = header
        self._secrets = secrets

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = self._header
        return request

    def redact(self, text: str) -> str:
        """Return a text without the key."""
        return redact(text, *self._secrets)

    def is_usable(self) -> bool:
        """Tell whether the key can be sent in a header at all."""
        return all(_KEY.fullmatch(secret) for secret in self._secrets)

    def __repr__(self) -> str:
        return f"<HeaderKey {HIDDEN}>"


class _NoKey(AuthBase):
    """Adds nothing, and keeps ``requests`` from taking something out of a netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a provider says what went wrong.

    ``failure``: the error for a status outside of the successes, with the body. ``id_header``: the header with the
    provider's name for a call; ``body_id`` finds it in the body of an error where the header is missing.
    """

    failure: Callable[[int, bytes, Purpose], ProviderError]
    id_header: str
    body_id: Callable[[bytes], str] = lambda body: ""


@dataclass(frozen=True, slots=True)
class _Call:
    """What is sent. ``body`` is JSON. ``elsewhere``: an address that is called without the key, shown as ``path``."""

    method: Method
    path: str
    parameters: Parameters = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    accept: str = "application/json"
    purpose: Purpose = Purpose.RECORD
    elsewhere: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers besides the key."""
        content = {} if self.body is None else {"Content-Type": "application/json"}
        return {"Accept": self.accept, "User-Agent": "Kontor", **content}


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: the whole body, and the headers with names in any case. Neither is shown: both come from outside."""

    path: str
    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    request_id: str


@dataclass(frozen=True, slots=True)
class _Failure:
    """A failed attempt; ``asked_for`` is the provider's ``Retry-After`` in seconds."""

    error: ProviderError
    asked_for: float = 0.0


class Transport:
    """Sends calls for one key of one provider. ``on_attempt`` hears of every attempt, the failed ones too."""

    def __init__(
        self,
        key: HeaderKey,
        dialect: Dialect,
        *,
        base_url: str,
        budget: Budget,
        clock: Clock,
        session: requests.Session | None,
        time_scale: float,
        jitter: Jitter = random.random,
        repeats: bool = True,
        on_attempt: Callable[[CallRecord], None],
    ) -> None:
        self._key = key
        self._dialect = dialect
        self._base_url = base_url.rstrip("/")
        self._budget = budget
        self._clock = clock
        self._session = session or requests.Session()
        self._longest_wait = LONGEST_WAIT / time_scale
        self._read_timeout = READ_TIMEOUT if repeats else IMPATIENT_TIMEOUT
        self._refusals = Backoff(retries=5 if repeats else 0, time_scale=time_scale, jitter=jitter)
        self._outages = Backoff(retries=3 if repeats else 0, time_scale=time_scale, jitter=jitter)
        self._on_attempt = on_attempt
        # The provider's clock at its last answer (the Date header); None before the first.
        self.answered_at: datetime | None = None

    def __repr__(self) -> str:
        return f"<Transport {self._base_url}>"

    def get(
        self,
        path: str,
        parameters: Parameters | None = None,
        *,
        accept: str = "application/json",
        purpose: Purpose = Purpose.RECORD,
    ) -> Answer:
        """Return the answer to a GET, after as many attempts as make sense; a ``ProviderError`` otherwise."""
        return self._send(_Call("GET", path, parameters or {}, accept=accept, purpose=purpose))

    def download(self, url: str, path: str) -> Answer:
        """Return what lies at an address elsewhere, without showing the key there; ``path`` names it in the log."""
        return self._send(_Call("GET", path, accept="*/*", purpose=Purpose.FILE, elsewhere=url))

    def post(self, path: str, body: bytes, *, purpose: Purpose = Purpose.RECORD) -> Answer:
        """Return the answer to a POST of JSON. ``OutcomeUnknown`` where it may have been performed: look first."""
        return self._send(_Call("POST", path, body=body, purpose=purpose))

    def delete(self, path: str) -> Answer:
        """Return the answer to a DELETE; ``NotFound`` may mean that an earlier attempt succeeded."""
        return self._send(_Call("DELETE", path))

    def _send(self, call: _Call) -> Answer:
        if not self._key.is_usable():
            raise KeyRejected("the key holds characters that no key has", path=call.path)
        refused = failed = 0
        while True:
            self._wait_for_turn(call.path)
            outcome = self._attempt(call)
            if isinstance(outcome, Answer):
                return outcome
            error = outcome.error
            if isinstance(error, RateLimited):
                refused += 1
                wait = self._refusals.wait(refused, at_least=outcome.asked_for)
                # Everybody who calls for this organization is too fast, not only we.
                self._budget.penalize(wait)
                give_up = refused > self._refusals.retries
            elif isinstance(error, Unavailable):
                failed += 1
                wait = self._outages.wait(failed, at_least=outcome.asked_for)
                give_up = failed > self._outages.retries
            else:
                raise error
            if call.method == "POST" and error.status != 429:
                raise OutcomeUnknown(error.message, status=error.status, request_id=error.request_id, path=error.path)
            if give_up or wait > self._longest_wait:
                raise error
            self._clock.sleep(wait)

    def explain(self, error: ProviderError, answer: Answer) -> ProviderError:
        """Complete an error that was found while reading an answer: where it came from, without the key."""
        return type(error)(
            self._key.redact(error.message), status=answer.status, request_id=answer.request_id, path=answer.path
        )

    def _wait_for_turn(self, path: str) -> None:
        try:
            wait = self._budget.reserve()
        except QueueTooLong as error:
            raise RateLimited(str(error), path=path) from None
        if wait > 0:
            self._clock.sleep(wait)

    def _attempt(self, call: _Call) -> Answer | _Failure:
        started = self._clock.monotonic()
        response: requests.Response | None = None
        body = b""
        problem: ProviderError | None = None
        try:
            with self._session.request(
                call.method,
                call.elsewhere or self._base_url + call.path,
                params=call.parameters,
                data=call.body,
                headers=call.headers,
                auth=_NoKey() if call.elsewhere else self._key,
                timeout=(CONNECT_TIMEOUT, self._read_timeout),
                # A redirect could carry the key to somebody else.
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._read(response, FILE_LIMIT if call.purpose is Purpose.FILE else JSON_LIMIT, started)
        except _NO_ANSWER as error:
            problem = Unavailable(f"no whole answer: {type(error).__name__}")
        except _TooSlow:
            problem = Unavailable("no whole answer within five minutes")
        except _TooLarge:
            family = NotDownloadable if call.purpose is Purpose.FILE else AnswerNotUnderstood
            problem = family("the answer is too large")
        except requests.RequestException as error:
            problem = RequestRefused(f"not sent: {type(error).__name__}")
        # Raised and kept outside of the except blocks: the exceptions of requests hold the request, and so the key.
        return self._judge(call, response, body, problem, started)

    def _judge(
        self,
        call: _Call,
        response: requests.Response | None,
        body: bytes,
        problem: ProviderError | None,
        started: float,
    ) -> Answer | _Failure:
        status = None if response is None else response.status_code
        headers: Mapping[str, str] = {} if response is None else response.headers
        self.answered_at = http_date(headers.get("Date")) or self.answered_at
        if problem is None and status is not None and status not in SUCCESS[call.method]:
            problem = self._dialect.failure(status, body, call.purpose)
        request_id = headers.get(self._dialect.id_header, "") or (self._dialect.body_id(body) if problem else "")
        request_id = self._key.redact(request_id)[:80]
        milliseconds = round((self._clock.monotonic() - started) * 1000)
        limited = isinstance(problem, RateLimited)
        self._on_attempt(CallRecord(call.method, call.path, status, milliseconds, request_id, rate_limited=limited))
        if problem is None and status is not None:
            logger.info("%s %s %s %d ms %s", call.method, call.path, status, milliseconds, request_id or "-")
            return Answer(call.path, status, body, headers, request_id)
        problem = problem or Unavailable("no answer")
        message = self._key.redact(problem.message)
        error = type(problem)(message, status=status, request_id=request_id, path=call.path)
        logger.info("%s %s %s %d ms %s", call.method, call.path, status or "no answer", milliseconds, error)
        return _Failure(error, retry_after(headers.get("Retry-After"), self._clock.now()))

    def _read(self, response: requests.Response, limit: int, started: float) -> bytes:
        # Gives its content away without copying it: a file is held once.
        body = io.BytesIO()
        # Whatever has arrived: waiting for a whole chunk would let a body that drips in outlast every limit.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            body.write(chunk)
            if body.tell() > limit:
                raise _TooLarge
            if self._clock.monotonic() - started > WHOLE_ANSWER_TIMEOUT:
                raise _TooSlow
        return body.getvalue()
