"""What every intake delivers: the mapped form of a voucher, its payments and files, free of any provider's words."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PaymentItemData:
    """One payment of a voucher; ``amount`` in ``currency``, positive as the provider gives it."""

    type: str
    date: dt.date | None
    amount: Decimal
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class VoucherData:
    """One voucher as the list of the provider shows it: enough to be visible and matched."""

    external_id: UUID
    type: str
    number: str
    date: dt.date
    due_date: dt.date | None
    contact_id: UUID | None
    contact_name: str
    total: Decimal
    open_amount: Decimal
    currency: str
    status: str
    provider_updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class FileData:
    """One downloaded file of a voucher."""

    external_id: str
    name: str
    content_type: str
    content: bytes
