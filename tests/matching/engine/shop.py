"""An invented shop: sales of several weeks and what a provider pays out for them."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from matching.engine.types import Proposal, Transaction, Voucher

from .make import automatic, booking, codes, voucher

FIRST = date(2025, 2, 3)


@dataclass(frozen=True)
class Shop:
    """Sales, payouts and which sale is in which payout."""

    sales: list[Voucher]
    payouts: list[Transaction]
    truth: set[tuple[str, str]]


def fee(gross: int, rate: Decimal, fixed: int) -> int:
    """What the provider keeps of a sale, in cents."""
    return int((gross * rate / 100 + Decimal("0.5")).to_integral_value("ROUND_FLOOR")) + fixed


def shop(
    seed: int, rate: Decimal, fixed: int, *, name: str = "Zahlwerk Europe B.V.", mark: str = "Zahlwerk", weeks: int = 6
) -> Shop:
    """A payout each week for two to five sales of the week before; `mark` stands in the remark of each sale."""
    random = Random(seed)
    sales, payouts, truth = [], [], set()
    for week in range(weeks):
        start = FIRST + timedelta(days=7 * week)
        net = 0
        for n in range(random.randint(2, 5)):
            gross = random.randint(1_100, 39_000)
            on = (start + timedelta(days=random.randint(0, 4))).isoformat()
            key, total = f"s{week}{n}", f"{Decimal(gross) / 100:.2f}"
            contact = f"Kundin {week}{n}, Ada"
            sales.append(voucher(key, f"V-25{week}{n}7", total, contact, on, type="salesinvoice", paid=on, remark=mark))
            truth.add((key, f"p{week}"))
            net += gross - fee(gross, rate, fixed)
        payday = (start + timedelta(days=8)).isoformat()
        amount = f"{Decimal(net) / 100:.2f}"
        payouts.append(
            booking(f"p{week}", payday, amount, name, f"PAYOUT {4711 + week} {mark}", iban="NL91ABNA0417164300")
        )
    return Shop(sales, payouts, truth)


def without_marks(world: Shop) -> Shop:
    """The same shop where no voucher says how it was paid."""
    return replace(world, sales=[replace(v, remark="") for v in world.sales])


def found_whole(proposals: list[Proposal]) -> set[tuple[str, str]]:
    """What is booked, and what is sure but for the cents that rounding leaves."""
    sure = [p for p in proposals if p.probability > 0.99 and "policy_open_cents" in codes(p)]
    return automatic(proposals) | {(a.voucher, a.transaction) for p in sure for a in p.allocations}
