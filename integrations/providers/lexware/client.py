"""The typed client of the Lexware Office API: which path answers what."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from uuid import UUID

import requests

from integrations.providers.lexware.pace import Budget, Clock, SystemClock
from integrations.providers.lexware.types import CallRecord, Document, Download, Payments, Profile, VoucherPage


class LexwareApi:
    """One organization's Lexware Office, read through one API key. Every method may raise a ``LexwareError``."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str,
        budget: Budget,
        clock: Clock | None = None,
        session: requests.Session | None = None,
        time_scale: float = 1.0,
    ) -> None:
        self.requests = 0
        self.rate_limited = 0
        self.on_call: Callable[[CallRecord], None] | None = None
        self._clock = clock or SystemClock()

    def ping(self) -> str:
        """Return the e-mail address of the key's user; the cheapest check of a key."""
        raise NotImplementedError

    def profile(self) -> Profile:
        """Return the organization behind the key."""
        raise NotImplementedError

    def voucherlist(
        self,
        *,
        types: Sequence[str],
        statuses: Sequence[str],
        voucher_date_from: date | None = None,
        updated_date_from: date | None = None,
        sort: str = "updatedDate,ASC",
        size: int = 250,
    ) -> Iterator[VoucherPage]:
        """Yield the pages of the voucher list; each row once, and again only when it changed meanwhile."""
        raise NotImplementedError

    def voucher(self, voucher_id: UUID | str) -> Document:
        """Return a bookkeeping voucher."""
        raise NotImplementedError

    def invoice(self, invoice_id: UUID | str) -> Document:
        """Return an invoice written in Lexware Office."""
        raise NotImplementedError

    def credit_note(self, credit_note_id: UUID | str) -> Document:
        """Return a credit note written in Lexware Office."""
        raise NotImplementedError

    def down_payment_invoice(self, invoice_id: UUID | str) -> Document:
        """Return a down payment invoice."""
        raise NotImplementedError

    def document(self, voucher_type: str, document_id: UUID | str) -> Document:
        """Return a document of one of the seven types with payments; ``ValueError`` for any other type."""
        raise NotImplementedError

    def payments(self, document_id: UUID | str) -> Payments:
        """Return the payments of a document; ``NoPaymentInformation`` where there are none by nature."""
        raise NotImplementedError

    def file(self, file_id: UUID | str) -> Download:
        """Download a receipt in its original form."""
        raise NotImplementedError

    def document_file(self, voucher_type: str, document_id: UUID | str) -> Download:
        """Download a sales document in its original form; ``ValueError`` for a bookkeeping voucher's type."""
        raise NotImplementedError
