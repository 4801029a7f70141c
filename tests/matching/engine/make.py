"""Vouchers and bank transactions for the engine's tests, in one line each."""

from datetime import date
from decimal import Decimal
from typing import Any

from matching.engine.types import PaymentItem, Permission, Proposal, Transaction, Voucher

ACCOUNT = "DE02120300000000202051"
SEEBLICK = "DE89370400440532013000"
ASSIGNED = "partPaymentFinancialTransaction"


def day(text: str) -> date:
    return date.fromisoformat(text)


def item(amount: str, on: str | None, kind: str = "manualPayment") -> PaymentItem:
    return PaymentItem(kind, day(on) if on else None, Decimal(amount))


def voucher(key: str, number: str, total: str, contact: str, on: str = "2025-03-03", **rest: Any) -> Voucher:
    """A purchase invoice, paid by one item of its total on `paid`, or by `payments`."""
    paid = rest.pop("paid", None)
    kind = rest.pop("type", "purchaseinvoice")
    payments = rest.pop("payments", (item(total, paid),) if paid else ())
    return Voucher(
        key, kind, number, day(on), day(on), Decimal(total), rest.pop("currency", "EUR"), contact,
        payments=payments, **rest,
    )  # fmt: skip


def booking(key: str, on: str, amount: str, name: str = "", purpose: str = "", **rest: Any) -> Transaction:
    """A booking of the client's account."""
    return Transaction(
        key, rest.pop("account", ACCOUNT), day(on), day(on), Decimal(amount), rest.pop("currency", "EUR"), name,
        rest.pop("iban", ""), purpose, **rest,
    )  # fmt: skip


def noise(count: int = 40, start: int = 1) -> list[Transaction]:
    """Other bookings of the account, so that names and amounts have something to be rare among."""
    shops = ("Kiosk am Tor", "Blumen Lenz", "Wäscherei Rein", "Taxi Zentrale", "Stadtwerke Altmark")
    return [
        booking(
            f"n{n:03}", f"2025-{1 + n % 12:02}-{1 + n % 27:02}", f"-{11 + n * 17}.{(n * 37) % 90 + 3:02}", shops[n % 5]
        )
        for n in range(start, start + count)
    ]


def automatic(proposals: list[Proposal]) -> set[tuple[str, str]]:
    """The (voucher, transaction) pairs that may be booked without a person."""
    return {
        (a.voucher, a.transaction) for p in proposals if p.permission is Permission.AUTOMATIC for a in p.allocations
    }


def best(proposals: list[Proposal], key: str) -> Proposal:
    """The first proposal that touches a voucher."""
    touching = [p for p in proposals if any(a.voucher == key for a in p.allocations)]
    return min(touching, key=lambda p: (p.permission is not Permission.AUTOMATIC, -p.probability))


def codes(proposal: Proposal) -> set[str]:
    return {e.code for e in proposal.evidence}
