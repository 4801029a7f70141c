"""How much of a voucher is not settled yet by what stands."""

from collections.abc import Iterable
from decimal import Decimal

from matching.models import Allocation
from vouchers.models import Voucher

NOTHING = Decimal(0)


def room_of(voucher: Voucher) -> Decimal:
    """What may still be matched with the voucher, in its own currency; never negative."""
    return rooms_of([voucher])[voucher.pk]


def rooms_of(vouchers: Iterable[Voucher]) -> dict[int, Decimal]:
    """The same for many, with one query. A match in another currency takes the whole voucher."""
    rooms = {voucher.pk: voucher.total for voucher in vouchers}
    currencies = {voucher.pk: voucher.currency for voucher in vouchers}
    rows = Allocation.objects.filter(voucher__in=rooms, standing=True)
    for voucher, amount, currency in rows.values_list("voucher_id", "amount", "transaction__currency"):
        rooms[voucher] = max(rooms[voucher] - amount, NOTHING) if currency == currencies[voucher] else NOTHING
    return rooms
