"""What an external transaction of a voucher looks like before anybody has typed anything: from its payment items."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from matching.models import Allocation, ExternalPayment
from matching.services.room import room_of
from vouchers.models import PaymentItem, Voucher

Kind = ExternalPayment.Kind

KIND_OF: Final[dict[str, Kind]] = {
    "partPaymentCashBox": Kind.CASH,
    "manualPayment": Kind.PRIVATE,
    "partPaymentCreditNote": Kind.SET_OFF,
    "partPaymentFinancialTransaction": Kind.OTHER_ACCOUNT,
}
"""Payment items that stand for money (reference: payments, section 8). Discounts, fees and write-offs do not."""

NO_BANK: Final = ("partPaymentCashBox", "partPaymentCreditNote")
"""Those that can be on no bank account at all."""


@dataclass(frozen=True, slots=True)
class ExternalData:
    """What an external transaction says. ``amount`` signed: money out is negative."""

    kind: str
    date: date
    amount: Decimal
    currency: str = "EUR"
    name: str = ""
    purpose: str = ""
    voucher: Voucher | None = None


def prefilled(voucher: Voucher, kind: str = "") -> list[ExternalData]:
    """One for each payment that no match stands for, together never more than is left of the voucher.

    Where Lexware Office knows no payments, one for all that is left. Empty where nothing is left. ``kind`` overrides
    what the payments suggest.
    """
    room = room_of(voucher)
    standing = Allocation.objects.filter(voucher=voucher, standing=True).values_list("amount", flat=True)
    items = unmatched(voucher.payments.order_by("position"), list(standing))
    if not items and room > 0:
        return [_data(voucher, kind or Kind.OTHER_ACCOUNT, voucher.paid_on or voucher.date, room, voucher.currency)]
    # What can be on no account for sure comes first; what then exceeds the rest of the voucher is cut.
    items.sort(key=lambda item: (item.type not in NO_BANK, item.position))
    found = []
    for item in items:
        amount = min(item.amount, room)
        if amount > 0:
            room -= amount
            day = item.date or voucher.paid_on or voucher.date
            found.append(_data(voucher, kind or KIND_OF[item.type], day, amount, voucher.currency))
    return found


def unmatched(items: Iterable[PaymentItem], standing: Sequence[Decimal]) -> list[PaymentItem]:
    """The payments of money that are not those of a match with the same amount."""
    left = list(standing)
    found = []
    # A match is rather the bank's payment than another one of the same amount.
    for item in sorted(items, key=lambda item: (item.type in NO_BANK, item.position)):
        if item.type not in KIND_OF or item.amount <= 0:
            continue
        if item.amount in left:
            left.remove(item.amount)
        else:
            found.append(item)
    return found


def _data(voucher: Voucher, kind: str, day: date, amount: Decimal, currency: str) -> ExternalData:
    return ExternalData(
        kind=kind,
        date=day,
        amount=amount * voucher.direction,
        currency=currency,
        name=voucher.contact_name,
        purpose=voucher.number,
        voucher=voucher,
    )
