"""Payouts of payment providers: what they are made of, and which bank line each of them is."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from accounts.models import Client
from matching.models import Allocation, PayoutItem, PayoutReport, Transaction
from vouchers.locks import lock

BATCH: Final = 500
# A payout takes days to arrive, over weekends and holidays; its report may date it by another clock.
EARLIER: Final = timedelta(days=2)
LATER: Final = timedelta(days=8)
# The difference between sales and payout is named a fee up to this part of the sales.
MOST_FEE: Final = Decimal("0.15")

NAMES: Final = {
    "paypal": re.compile(r"pay\s?pal", re.IGNORECASE),
    "stripe": re.compile(r"\bstripe\b", re.IGNORECASE),
    "sumup": re.compile(r"\bsum\s?up\b", re.IGNORECASE),
    "amazon": re.compile(r"\bamazon\b|\bamzn\b", re.IGNORECASE),
}
"""How bank lines name the providers."""
LABELS: Final = {"paypal": "PayPal", "stripe": "Stripe", "sumup": "SumUp", "amazon": "Amazon"}

_IN_TEXT: Final = Q(counterparty__icontains="pay") | Q(purpose__icontains="pay")
_OTHERS: Final = ("stripe", "sumup", "sum up", "amazon", "amzn")


@dataclass(frozen=True, slots=True)
class ItemData:
    """An item as a report tells it; see ``PayoutItem``."""

    payout: str
    key: str
    kind: str
    date: date
    amount: Decimal
    currency: str
    reference: str
    counterparty: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PayoutData:
    """A payout as a report states it: what arrives at the bank, and when about."""

    id: str
    date: date
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bank line of a provider is made of.

    ``known``: from the provider's report; otherwise the difference to the sales that are matched is named ``fees``.
    ``difference``: what the parts do not explain; zero where all is well.
    """

    provider: str
    known: bool
    sales: Decimal
    refunds: Decimal
    fees: Decimal
    other: Decimal
    difference: Decimal
    items: list[PayoutItem]


@transaction.atomic
def store_items(report: PayoutReport, items: Iterable[ItemData], payouts: Iterable[PayoutData]) -> int:
    """Write the items of a report that are not known yet; answers how many. Safe to repeat.

    A known item that no payout was named for takes the one that is named now.
    """
    lock(report.client_id)
    stated = {payout.id: payout for payout in payouts}
    by_key = {item.key[:120]: item for item in items}
    own = PayoutItem.objects.filter(client=report.client_id, provider=report.provider)
    known: dict[str, str] = {}
    keys = list(by_key)
    for start in range(0, len(keys), BATCH):
        known.update(own.filter(key__in=keys[start : start + BATCH]).values_list("key", "payout"))
    PayoutItem.objects.bulk_create(
        [
            PayoutItem(
                client_id=report.client_id,
                report=report,
                provider=report.provider,
                payout=item.payout[:80],
                key=key,
                kind=item.kind,
                date=item.date,
                amount=item.amount,
                currency=item.currency[:3] or "EUR",
                reference=item.reference[:140],
                counterparty=item.counterparty[:255],
                details=_details(item, stated.get(item.payout)),
            )
            for key, item in by_key.items()
            if key not in known
        ],
        batch_size=BATCH,
    )
    for key, payout in known.items():
        if not payout and by_key[key].payout:
            item = by_key[key]
            details = _details(item, stated.get(item.payout))
            own.filter(key=key, payout="").update(payout=item.payout[:80], details=details)
    return len(by_key.keys() - known.keys())


@transaction.atomic
def link_payouts(client: Client) -> int:
    """Find the bank line of each payout that has none: by provider, amount and days; answers how many were found.

    Only where one line and one payout fit each other and nothing else; a person is asked otherwise (``candidates``).
    """
    lock(client.pk)
    waiting = _waiting(client)
    if not waiting:
        return 0
    lines = _lines(client, min(payout.date for payout in waiting.values()))
    fits = {key: [line for line in lines if _fits(key[0], payout, line)] for key, payout in waiting.items()}
    wanted: dict[int, int] = defaultdict(int)
    for found in fits.values():
        for line in found:
            wanted[line.pk] += 1
    count = 0
    for (provider, id_), found in fits.items():
        named = [line for line in found if _names(line, id_)]
        sure = named if len(named) == 1 else found if len(found) == 1 and wanted[found[0].pk] == 1 else []
        if sure:
            count += bool(_link(client, provider, id_, sure[0]))
    return count


def candidates(line: Transaction) -> list[PayoutData]:
    """The payouts without a bank line that this line may be; a person chooses with ``choose``."""
    provider = provider_of(line)
    if provider is None or line.account_id is None or line.payout_items.exists():
        return []
    waiting = _waiting(line.client)
    return [payout for key, payout in waiting.items() if key[0] == provider and _fits(provider, payout, line)]


@transaction.atomic
def choose(line: Transaction, payout: str) -> bool:
    """Say that this line is the payout; answers False where it does not fit or somebody was faster."""
    lock(line.client_id)
    provider = provider_of(line)
    if provider is None or payout not in {one.id for one in candidates(line)}:
        return False
    return bool(_link(line.client, provider, payout, line))


@transaction.atomic
def release(line: Transaction) -> int:
    """Say that this line is not that payout after all; answers how many items it had."""
    lock(line.client_id)
    return PayoutItem.objects.filter(transaction=line).update(transaction=None)


def provider_of(line: Transaction) -> str | None:
    """The payment provider that a line of money in comes from, by its texts."""
    text = f"{line.counterparty} {line.ultimate_party} {line.purpose}"
    return next((provider for provider, name in NAMES.items() if name.search(text)), None)


def parts_of(line: Transaction) -> Parts | None:
    """What a line is made of, as far as somebody knows; None where it is no payout."""
    provider = provider_of(line)
    items = list(line.payout_items.order_by("date", "pk"))
    if items:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for item in items:
            sums[item.kind] += item.amount
        return Parts(
            items[0].provider, True, sums["sale"], sums["refund"], sums["fee"], sums["other"],
            line.amount - sum(sums.values()), items,
        )  # fmt: skip
    if provider is None or line.amount <= 0 or line.account_id is None:
        return None
    rows = Allocation.objects.filter(transaction=line, standing=True).select_related("voucher")
    settled = [row.voucher for row in rows if row.voucher.currency == line.currency]
    sales = sum((voucher.total for voucher in settled if voucher.direction > 0), Decimal(0))
    refunds = -sum((voucher.total for voucher in settled if voucher.direction < 0), Decimal(0))
    kept = sales + refunds - line.amount
    if not settled or kept <= 0 or kept > sales * MOST_FEE:
        return None
    return Parts(provider, False, sales, refunds, -kept, Decimal(0), Decimal(0), [])


def _details(item: ItemData, payout: PayoutData | None) -> dict[str, Any]:
    """With what the report states of the payout, so that its line can be found later."""
    if payout is None:
        return item.details
    return {**item.details, "payout_amount": f"{payout.amount:.2f}", "payout_date": payout.date.isoformat()}


def _waiting(client: Client) -> dict[tuple[str, str], PayoutData]:
    """The payouts without a bank line: amount as stated or the sum of their items, dated as stated or by the last."""
    rows = PayoutItem.objects.filter(client=client, transaction=None).exclude(payout="").order_by("pk")
    waiting: dict[tuple[str, str], PayoutData] = {}
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        key = row.provider, row.payout
        sums[key] += row.amount
        stated, arrives = row.details.get("payout_amount"), row.details.get("payout_date") or row.details.get("arrives")
        day = max(row.date, _day(arrives), waiting[key].date if key in waiting else row.date)
        amount = Decimal(stated) if stated else sums[key]
        waiting[key] = PayoutData(row.payout, day, amount, row.currency)
    return waiting


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return date.min


def _lines(client: Client, since: date) -> list[Transaction]:
    """The bank lines that may be payouts and are none yet."""
    rows = Transaction.objects.filter(client=client, withdrawn_at=None, payout_items=None, amount__gt=0)
    named = _IN_TEXT
    for word in _OTHERS:
        named |= Q(counterparty__icontains=word) | Q(purpose__icontains=word)
    return list(rows.filter(named, booking_date__gte=since - EARLIER).exclude(account=None).defer("raw").order_by("pk"))


def _fits(provider: str, payout: PayoutData, line: Transaction) -> bool:
    return (
        provider_of(line) == provider
        and (line.amount, line.currency) == (payout.amount, payout.currency)
        and payout.date - EARLIER <= line.booking_date <= payout.date + LATER
    )


def _names(line: Transaction, payout: str) -> bool:
    """Whether the bank line names the payout: ``PID77-SUMUP`` names 77, and 1771 does not."""
    text = f"{line.purpose} {line.end_to_end_id}"
    return bool(payout) and re.search(rf"(?<!\d){re.escape(payout)}(?!\d)", text) is not None


def _link(client: Client, provider: str, payout: str, line: Transaction) -> int:
    items = PayoutItem.objects.filter(client=client, provider=provider, payout=payout, transaction=None)
    return items.update(transaction=line)
