"""What the client returns.

Amounts are decimals in ``currency`` as the provider gives them (credit notes positive too), dates are German calendar
days, moments are aware and in UTC. ``raw`` is the JSON text the values came from; fields we do not know live on there.
Enumerations stay text, because the provider adds values without notice (reference: voucherlist 6.3).
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Profile:
    """The organization behind a key (reference: reference data, section 14)."""

    organization_id: str
    company_name: str
    connection_id: str
    business_features: tuple[str, ...]
    user_email: str
    raw: str


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """A row of the voucher list (reference: voucherlist 6.2). ``status`` may be ``overdue``, which only lists show."""

    id: UUID
    type: str
    status: str
    number: str
    date: dt.date | None
    due_date: dt.date | None
    contact_id: UUID | None
    contact_name: str
    total: Decimal
    open_amount: Decimal | None
    currency: str
    archived: bool
    created_at: dt.datetime | None
    updated_at: dt.datetime
    raw: str


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row that could not be read. ``problem`` names the field; ``id`` and ``number`` as far as they are there."""

    id: str
    number: str
    problem: str
    raw: str


@dataclass(frozen=True, slots=True)
class VoucherPage:
    """One page of the voucher list; ``number`` counts from 0, ``total_elements`` stops at 10,000.

    ``steady`` is False where the list moved so much while it was read that rows may be missing.
    """

    rows: tuple[VoucherRow, ...]
    unreadable: tuple[UnreadableRow, ...]
    number: int
    total_pages: int
    total_elements: int
    last: bool
    steady: bool = True


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """One payment of a document (reference: payments, section 8)."""

    type: str
    date: dt.date | None
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Payments:
    """The payment state of one document. ``paid_on`` is the day of the last payment, only when fully paid."""

    open_amount: Decimal | None
    currency: str
    payment_status: str
    voucher_type: str
    voucher_status: str
    paid_on: dt.date | None
    items: tuple[PaymentLine, ...]
    raw: str


@dataclass(frozen=True, slots=True)
class Document:
    """A voucher or sales document.

    ``file_ids``: every receipt of a bookkeeping voucher, or the rendered document of a sales document (none on drafts;
    deprecated by the provider: ``document_file`` fetches it without).
    """

    id: str
    file_ids: tuple[str, ...]
    version: int | None
    remark: str
    raw: str


@dataclass(frozen=True, slots=True)
class Download:
    """A downloaded file. ``name`` is a bare, safe file name; ``file_id`` is the document's id for sales documents.

    ``whole`` is False where the end that its kind must have is missing.
    """

    file_id: str
    name: str
    content_type: str
    content: bytes
    whole: bool = True
