"""Reference rates of currencies: stored once, and those that a matching run needs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Min, Q, QuerySet

from accounts.models import Client
from matching.engine import types as engine
from matching.models import RateFetch, ReferenceRate, Transaction
from vouchers.models import Voucher

EURO = "EUR"
# Nothing is published on weekends and holidays: the last day before counts, and no run of closed days is longer.
BEFORE = timedelta(days=10)
BATCH = 2000

Rates = Mapping[date, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Rate:
    """``units`` of ``currency`` for one euro on ``day``."""

    day: date
    currency: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of delivered rates: ``added`` are new, ``contradicting`` differ from what is stored (which stays).

    ``first``: the earliest day of the new ones.
    """

    added: int
    contradicting: int
    first: date | None = None


@transaction.atomic
def store_rates(rates: Iterable[Rate]) -> Stored:
    """Store what is new. Safe to repeat. A published rate does not change, so that what is stored stays."""
    delivered = {(rate.day, rate.currency): rate.units for rate in rates}
    if not delivered:
        return Stored(0, 0)
    days = [day for day, _ in delivered]
    stored = ReferenceRate.objects.filter(day__range=(min(days), max(days)))
    known = {(day, currency): units for day, currency, units in stored.values_list("day", "currency", "units")}
    fresh = [
        ReferenceRate(day=day, currency=currency, units=units)
        for (day, currency), units in sorted(delivered.items())
        if (day, currency) not in known
    ]
    # Somebody else may store the same in this moment.
    ReferenceRate.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    contradicting = sum(key in known and known[key] != units for key, units in delivered.items())
    return Stored(len(fresh), contradicting, min((row.day for row in fresh), default=None))


def rates_for(
    vouchers: Iterable[engine.Voucher], transactions: Iterable[engine.Transaction]
) -> dict[date, dict[str, Decimal]]:
    """The rates of the foreign currencies among vouchers and transactions, for all their days and a little before.

    Nothing is read where everything is in euros: that costs no query.
    """
    currencies: set[str] = set()
    days: set[date] = set()
    for voucher in vouchers:
        currencies.add(voucher.currency)
        days.update(day for day in (voucher.date, voucher.due_date) if day)
        days.update(item.date for item in voucher.payments if item.date)
    for line in transactions:
        currencies.add(line.currency)
        days.add(line.booking_date)
        if line.value_date:
            days.add(line.value_date)
    currencies.discard(EURO)
    if not currencies or not days:
        return {}
    rows = ReferenceRate.objects.filter(currency__in=currencies, day__range=(min(days) - BEFORE, max(days)))
    found: dict[date, dict[str, Decimal]] = {}
    for day, currency, units in rows.values_list("day", "currency", "units"):
        found.setdefault(day, {})[currency] = units
    return found


def in_euros(amount: Decimal, currency: str, day: date, rates: Rates) -> Decimal | None:
    """An amount in euros and cents at the rate of the day or the last before it; None where no rate is known."""
    if currency == EURO:
        return amount
    known = [(at, table[currency]) for at, table in rates.items() if day - BEFORE <= at <= day and currency in table]
    return (amount / max(known)[1]).quantize(Decimal("0.01")) if known else None


def first_foreign_day() -> date | None:
    """The first day on which anything in a foreign currency happened at any client; None where nothing did."""
    vouchers = Voucher.objects.exclude(currency=EURO).aggregate(first=Min("date"))["first"]
    lines = Transaction.objects.exclude(currency=EURO).aggregate(first=Min("booking_date"))["first"]
    return min((day for day in (vouchers, lines) if day), default=None)


def first_stored_day() -> date | None:
    """The first day of which a rate is stored."""
    first: date | None = ReferenceRate.objects.aggregate(first=Min("day"))["first"]
    return first


def last_success(file: str) -> RateFetch | None:
    """The last time a file was fetched without a problem."""
    return RateFetch.objects.filter(file=file, problem="").order_by("-at").first()


def clients_with_foreign_money(since: date) -> QuerySet[Client]:
    """The clients with vouchers or bank lines in a foreign currency from a day on, whom new rates may help."""
    vouchers = Voucher.objects.exclude(currency=EURO).filter(Q(date__gte=since) | Q(paid_on__gte=since))
    lines = Transaction.objects.exclude(currency=EURO).filter(booking_date__gte=since)
    return Client.objects.filter(Q(pk__in=vouchers.values("client")) | Q(pk__in=lines.values("client"))).order_by("pk")
