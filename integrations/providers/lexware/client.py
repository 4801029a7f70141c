"""The typed client of the Lexware Office API: which path answers what."""

import html
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

import requests

from integrations.providers import files
from integrations.providers.calls import CallRecord
from integrations.providers.errors import AnswerNotUnderstood, NotFound, ProviderError, RecordUnreadable
from integrations.providers.lexware import answers, paging, reading, subscriptions
from integrations.providers.lexware.questions import AXES, Axis, Question, Range
from integrations.providers.lexware.subscriptions import Subscription
from integrations.providers.lexware.types import Document, Download, Payments, Profile, VoucherPage
from integrations.providers.pace import Budget, Clock, Jitter, SystemClock
from integrations.providers.purposes import Purpose
from integrations.providers.transport import Answer, Dialect, HeaderKey, Transport
from integrations.providers.values import identifier

T = TypeVar("T")

# The voucher list's type of a document -> where it is read (reference: voucherlist 6.3).
SALES_PATHS = {
    "invoice": "/v1/invoices",
    "downpaymentinvoice": "/v1/down-payment-invoices",
    "creditnote": "/v1/credit-notes",
}
BOOKKEEPING_TYPES = ("salesinvoice", "salescreditnote", "purchaseinvoice", "purchasecreditnote")
PATHS = {**SALES_PATHS, **dict.fromkeys(BOOKKEEPING_TYPES, "/v1/vouchers")}
LARGEST_PAGE = 250
DIALECT = Dialect(answers.failure, "x-amzn-RequestId", answers.request_id)


class LexwareApi:
    """One organization's Lexware Office, read through one API key. Every method may raise a ``ProviderError``.

    ``requests`` counts every attempt, ``rate_limited`` those that the service refused; ``on_call`` hears of each.
    ``base_url`` has no ``/v1``. ``time_scale`` shortens all waits, for an accelerated sandbox; ``clock`` and
    ``jitter`` (0 to 1) are there for tests. Without ``repeats`` no failed call is repeated, and none waits for long.
    """

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str,
        budget: Budget,
        clock: Clock | None = None,
        session: requests.Session | None = None,
        time_scale: float = 1.0,
        jitter: Jitter = random.random,
        repeats: bool = True,
    ) -> None:
        self.requests = 0
        self.rate_limited = 0
        self.on_call: Callable[[CallRecord], None] | None = None
        key = api_key.strip()
        self._transport = Transport(
            HeaderKey(f"Bearer {key}", key),
            DIALECT,
            base_url=base_url,
            budget=budget,
            clock=clock or SystemClock(),
            session=session,
            time_scale=time_scale,
            jitter=jitter,
            repeats=repeats,
            on_attempt=self._count,
        )

    def __repr__(self) -> str:
        return f"<LexwareApi over {self._transport!r}>"

    @property
    def answered_at(self) -> datetime | None:
        """The provider's clock at its last answer, in whole seconds; None before the first, or where it never says."""
        return self._transport.answered_at

    def ping(self) -> str:
        """Return the e-mail address of the key's user; the cheapest check of a key."""
        return self._read("/v1/ping", reading.ping)

    def profile(self) -> Profile:
        """Return the organization behind the key."""
        return self._read("/v1/profile", reading.profile)

    def voucherlist(
        self,
        *,
        types: Sequence[str],
        statuses: Sequence[str],
        voucher_date_from: date | None = None,
        voucher_date_to: date | None = None,
        updated_date_from: date | None = None,
        sort: str = "updatedDate,ASC",
        size: int = LARGEST_PAGE,
    ) -> Iterator[VoucherPage]:
        """Yield the pages of the voucher list, at least one; a row comes again only when it changed meanwhile.

        ``types`` and ``statuses`` are the provider's words, or ``any`` alone. The dates are inclusive German days
        (reference: voucherlist 6.1). Sorted ascending by a date, every row is found although the list moves, and
        however many there are; in any other order rows may be lost between two pages, and beyond 10,000.
        """
        if not types or not statuses or not 1 <= size <= LARGEST_PAGE:
            raise ValueError("the voucher list needs types, statuses, and a size from 1 to 250")
        ranges: dict[Axis, Range] = {
            "voucherDate": (voucher_date_from, voucher_date_to),
            "updatedDate": (updated_date_from, None),
        }
        question = Question(tuple(types), tuple(statuses), sort, size, ranges)

        def ask(part: Question, number: int) -> VoucherPage:
            return self._read(
                "/v1/voucherlist", lambda body: reading.voucher_page(body, number), part.parameters(number)
            )

        name, _, direction = sort.partition(",")
        axis = next((axis for axis in AXES if axis == name), None)
        if axis is not None and direction != "DESC":
            yield from paging.read_all(ask, question, axis)
        else:
            yield from paging.read_pages(ask, question)

    def find_by_number(self, number: str) -> VoucherPage:
        """Return the documents of any type and state with exactly this number, in one request; at most one page.

        Case does not matter (reference: voucherlist 6.1). What the filter reads as HTML is escaped (reference: query
        parameters 3.6). ``ValueError`` for an empty number, which would ask for everything.
        """
        if not number.strip():
            raise ValueError("a document is looked for by its number")
        query = {"voucherType": "any", "voucherStatus": "any", "voucherNumber": html.escape(number, quote=False)}
        query |= {"size": str(LARGEST_PAGE), "page": "0"}
        return self._read("/v1/voucherlist", reading.voucher_page, query)

    def voucher(self, voucher_id: UUID | str) -> Document:
        """Return a bookkeeping voucher."""
        return self.document("purchaseinvoice", voucher_id)

    def invoice(self, invoice_id: UUID | str) -> Document:
        """Return an invoice written in Lexware Office."""
        return self.document("invoice", invoice_id)

    def credit_note(self, credit_note_id: UUID | str) -> Document:
        """Return a credit note written in Lexware Office."""
        return self.document("creditnote", credit_note_id)

    def down_payment_invoice(self, invoice_id: UUID | str) -> Document:
        """Return a down payment invoice."""
        return self.document("downpaymentinvoice", invoice_id)

    def document(self, voucher_type: str, document_id: UUID | str) -> Document:
        """Return a document of one of the seven types with payments; ``ValueError`` for any other type."""
        path = _path(PATHS, voucher_type)
        return self._read(f"{path}/{identifier(document_id, 'id')}", reading.document)

    def payments(self, document_id: UUID | str) -> Payments:
        """Return the payments of a document; ``NoPaymentInformation`` where there are none by nature."""
        path = f"/v1/payments/{identifier(document_id, 'id')}"
        return self._read(path, reading.payments, purpose=Purpose.PAYMENTS)

    def file(self, file_id: UUID | str) -> Download:
        """Download a receipt in its original form; ``NotDownloadable`` above 30 MB."""
        name = identifier(file_id, "id")
        return self._download(f"/v1/files/{name}", name)

    def document_file(self, voucher_type: str, document_id: UUID | str) -> Download:
        """Download a sales document in its original form: PDF, or XML for an XRechnung (reference: files 9.3).

        ``NotDownloadable`` for drafts; ``ValueError`` for the type of a bookkeeping voucher.
        """
        name = identifier(document_id, "id")
        return self._download(f"{_path(SALES_PATHS, voucher_type)}/{name}/file", name)

    def event_subscriptions(self) -> tuple[Subscription, ...]:
        """Return the subscriptions made with this key, by whomever (reference: webhooks 15.1)."""
        return self._read(subscriptions.PATH, subscriptions.read_list)

    def subscribe(self, event_type: str, callback_url: str) -> str:
        """Ask to be told of an event at an address; return the subscription's id.

        ``AlreadySubscribed``: there is one already. ``CallbackRefused``: the service could not reach the address.
        ``OutcomeUnknown``: perhaps it was made; list before repeating.
        """
        body = subscriptions.request(event_type, callback_url)
        answer = self._transport.post(subscriptions.PATH, body, purpose=Purpose.SUBSCRIPTION)
        return self._understand(answer, subscriptions.read_made)

    def unsubscribe(self, subscription_id: str) -> None:
        """Remove a subscription; one that is gone already is fine."""
        try:
            self._transport.delete(f"{subscriptions.PATH}/{identifier(subscription_id, 'id')}")
        except NotFound:
            return

    def _count(self, record: CallRecord) -> None:
        self.requests += 1
        self.rate_limited += record.rate_limited
        if self.on_call:
            self.on_call(record)

    def _read(
        self,
        path: str,
        read: Callable[[bytes], T],
        parameters: dict[str, str] | None = None,
        purpose: Purpose = Purpose.RECORD,
    ) -> T:
        return self._understand(self._transport.get(path, parameters, purpose=purpose), read)

    def _understand(self, answer: Answer, read: Callable[[bytes], T]) -> T:
        try:
            return read(answer.body)
        except ProviderError as error:
            explained = self._transport.explain(error, answer)
        if isinstance(explained, RecordUnreadable):
            explained.raw = answer.body.decode("utf-8-sig")
        raise explained

    def _download(self, path: str, file_id: str) -> Download:
        answer = self._transport.get(path, accept="*/*", purpose=Purpose.FILE)
        media_type = files.content_type(answer.headers.get("Content-Type"), answer.body)
        if media_type in files.NEVER_A_RECEIPT:
            raise self._transport.explain(AnswerNotUnderstood(f"{media_type} instead of a file"), answer)
        name = files.file_name(answer.headers.get("Content-Disposition"), file_id, media_type)
        return Download(file_id, name, media_type, answer.body, whole=files.is_whole(answer.body))


def _path(paths: dict[str, str], voucher_type: str) -> str:
    if voucher_type not in paths:
        raise ValueError(f"{voucher_type!r} is not one of {', '.join(paths)}")
    return paths[voucher_type]
