"""The typed client of the Qonto API, read with a key of an organization (reference: Qonto 5)."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlsplit

import requests

from integrations.providers import files
from integrations.providers.calls import CallRecord
from integrations.providers.errors import AnswerNotUnderstood, ProviderError
from integrations.providers.pace import Budget, Clock, Jitter, SystemClock
from integrations.providers.purposes import Purpose
from integrations.providers.qonto import answers, reading
from integrations.providers.qonto.types import Account, Attachment, Organization, Page
from integrations.providers.transport import Answer, Dialect, HeaderKey, Transport
from integrations.providers.values import identifier

T = TypeVar("T")

DIALECT = Dialect(answers.failure, "X-Request-Id")
# 10,000 calls in ten minutes, and 1,000 in ten seconds, for each IP address (reference: Qonto 5.6); 5 % stay free.
INTERVAL = 0.06 / 0.95
LARGEST_PAGE = 100


class QontoApi:
    """One organization's Qonto, read through ``login:secret``. Every method may raise a ``ProviderError``.

    ``requests`` counts every attempt, ``rate_limited`` those that the service refused; ``on_call`` hears of each.
    ``base_url`` has no ``/v2``. ``time_scale`` shortens all waits, for an accelerated sandbox.
    """

    def __init__(
        self,
        key: str,
        *,
        base_url: str,
        budget: Budget,
        clock: Clock | None = None,
        session: requests.Session | None = None,
        time_scale: float = 1.0,
        jitter: Jitter = random.random,
    ) -> None:
        self.requests = 0
        self.rate_limited = 0
        self.on_call: Callable[[CallRecord], None] | None = None
        self._secure = urlsplit(base_url).scheme == "https"
        self._transport = Transport(
            HeaderKey(key, key, key.partition(":")[2] or key),
            DIALECT,
            base_url=base_url,
            budget=budget,
            clock=clock or SystemClock(),
            session=session,
            time_scale=time_scale,
            jitter=jitter,
            on_attempt=self._count,
        )

    def __repr__(self) -> str:
        return f"<QontoApi over {self._transport!r}>"

    def organization(self) -> Organization:
        """Return the organization behind the key with its accounts; the cheapest check of a key."""
        return self._read("/v2/organization", reading.organization)

    def transactions(
        self,
        account: Account,
        *,
        statuses: Sequence[str],
        updated_from: datetime | None = None,
        page: int = 1,
        size: int = LARGEST_PAGE,
    ) -> Page:
        """Return one page (from 1) of an account's transactions, by the moment of their last change, ascending."""
        if not statuses or not 1 <= size <= LARGEST_PAGE or page < 1:
            raise ValueError("transactions need statuses, a page from 1, and a size from 1 to 100")
        named = {"bank_account_id": account.id} if account.id else {"iban": account.iban}
        parameters: dict[str, str | Sequence[str]] = {
            **named,
            "status[]": list(statuses),
            "sort_by": "updated_at:asc",
            "page": str(page),
            "per_page": str(size),
        }
        if updated_from is not None:
            moment = updated_from.astimezone(UTC)
            parameters["updated_at_from"] = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
        answer = self._transport.get("/v2/transactions", parameters)
        return self._understand(answer, lambda body: reading.page(body, page))

    def attachment(self, attachment_id: str) -> Attachment:
        """Return where a document can be fetched, for half an hour."""
        return self._read(f"/v2/attachments/{identifier(attachment_id, 'id')}", reading.attachment)

    def download(self, attachment: Attachment) -> tuple[bytes, str]:
        """Fetch a document from its short-lived address, without showing the key there: its bytes and media type.

        ``AnswerNotUnderstood`` where the address is none that may be called, or a web page lies there.
        """
        path = f"/attachments/{attachment.id}/content"
        address = urlsplit(attachment.url)
        if address.scheme not in (("https",) if self._secure else ("https", "http")) or not address.hostname:
            raise AnswerNotUnderstood("the address of a document is not one of the web", path=path)
        answer = self._transport.download(attachment.url, path)
        said = attachment.content_type or answer.headers.get("Content-Type")
        media_type = files.content_type(said, answer.body)
        if files.content_type(None, answer.body) in files.NEVER_A_RECEIPT:
            raise self._transport.explain(AnswerNotUnderstood("a web page instead of a document"), answer)
        return answer.body, media_type

    def _count(self, record: CallRecord) -> None:
        self.requests += 1
        self.rate_limited += record.rate_limited
        if self.on_call:
            self.on_call(record)

    def _read(self, path: str, read: Callable[[bytes], T]) -> T:
        return self._understand(self._transport.get(path, purpose=Purpose.RECORD), read)

    def _understand(self, answer: Answer, read: Callable[[bytes], T]) -> T:
        try:
            return read(answer.body)
        except ProviderError as error:
            explained = self._transport.explain(error, answer)
        raise explained
