"""From the words of Lexware Office to ours. Pure: values in, values or a ``ValueError`` with the field out."""

from decimal import Decimal

from integrations.providers.lexware.types import Payments, VoucherRow
from vouchers.models import VoucherType
from vouchers.shapes import PaymentItemData, VoucherData

# The states in which payments are assigned in full (reference: voucherlist 6.4).
PAID = frozenset({"paid", "paidoff"})
LARGEST = Decimal(10) ** 12
CENT = Decimal("0.01")


def to_voucher(row: VoucherRow) -> VoucherData:
    """A paid row as a voucher. Over-long texts are cut here; the raw answer keeps them whole.

    ``ValueError`` names the field that makes it impossible.
    """
    if row.type not in VoucherType.values:
        raise ValueError(f"voucherType: unknown value {row.type[:40]!r}")
    if row.date is None:
        raise ValueError("voucherDate: missing")
    total = money(row.total, "totalAmount")
    if total < 0:
        raise ValueError("totalAmount: negative")
    return VoucherData(
        external_id=row.id,
        type=row.type,
        number=row.number[:100],
        date=row.date,
        due_date=row.due_date,
        contact_id=row.contact_id,
        contact_name=row.contact_name[:255],
        total=total,
        open_amount=money(row.open_amount or Decimal(0), "openAmount"),
        currency=currency(row.currency),
        status=row.status[:30],
        provider_updated_at=row.updated_at,
    )


def to_payments(payments: Payments) -> list[PaymentItemData]:
    """The payment items in the provider's order; ``ValueError`` names the field that cannot be stored."""
    return [
        PaymentItemData(item.type[:50], item.date, money(item.amount, "amount"), currency(item.currency))
        for item in payments.items
    ]


def money(value: Decimal, name: str) -> Decimal:
    """The amount in cents; ``ValueError`` for fractions of a cent and for more than any invoice can be."""
    if not value.is_finite() or abs(value) >= LARGEST or value != value.quantize(CENT):
        raise ValueError(f"{name}: {value} is not an amount in cents")
    return value.quantize(CENT)


def currency(value: str) -> str:
    """The currency's code; ``ValueError`` for anything that is not three letters."""
    if len(value) != 3 or not value.isalpha():
        raise ValueError(f"currency: {value[:10]!r}")
    return value.upper()
