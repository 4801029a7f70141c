"""Small worlds with known truth, for the laws that hold for every input."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from matching.engine.types import SET_OFF, PaymentItem, Transaction, Voucher

from .make import ACCOUNT, ASSIGNED, noise

START = date(2025, 2, 3)
PARTIES = (
    ("Druckhaus Seeblick GmbH", "DE89370400440532013000"),
    ("Papier Nord KG", "DE75512108001245126199"),
    ("Ohlsen, Karin", ""),
    ("Wäscherei Rein", ""),
    ("Tischlerei Hallmann e.K.", "DE12500105170648489890"),
)
PSP = ("Stripe Payments Europe", "STRIPE PAYOUT {}")
DIRECTIONS = {"purchaseinvoice": -1, "invoice": 1}
CREDITS = {"purchaseinvoice": "purchasecreditnote", "invoice": "creditnote"}
CENT = Decimal("0.01")

Pair = tuple[str, str]


@dataclass
class World:
    """Vouchers, bookings, and the (voucher, booking) pairs that are right."""

    vouchers: list[Voucher] = field(default_factory=list)
    bookings: list[Transaction] = field(default_factory=list)
    truth: set[Pair] = field(default_factory=set)

    def voucher(
        self, kind: str, number: str, on: date, total: Decimal, contact: str, payments: tuple[PaymentItem, ...] = ()
    ) -> Voucher:
        due = on + timedelta(days=14)
        made = Voucher(f"v{len(self.vouchers):02}", kind, number, on, due, total, "EUR", contact, payments=payments)
        self.vouchers.append(made)
        return made

    def booking(
        self, on: date, amount: Decimal, name: str, purpose: str, paid: list[Voucher], iban: str = ""
    ) -> Transaction:
        key = f"t{len(self.bookings):02}"
        made = Transaction(key, ACCOUNT, on, on, amount, "EUR", name, iban, purpose)
        self.bookings.append(made)
        self.truth |= {(v.id, key) for v in paid}
        return made


Story = Callable[[st.DrawFn, World], None]
money = st.integers(900, 240_000).map(lambda cents: cents * CENT)
usual_money = st.one_of(money, st.sampled_from(("49.90", "100.00", "119.00", "250.00")).map(Decimal))


def _item(amount: Decimal, on: date, draw: st.DrawFn) -> PaymentItem:
    """What the books say of a payment: mostly its day, sometimes the day it was entered."""
    typed = draw(st.sampled_from((False, False, True)))
    return PaymentItem("manualPayment" if typed else ASSIGNED, on + timedelta(days=5 if typed else 0), amount)


def _number(draw: st.DrawFn, world: World) -> str:
    n = 411 + 7 * len(world.vouchers)
    return draw(st.sampled_from((f"RE-2025-{n:04}", f"{20_000_000 + n}", f"R{n}/25")))


def _frame(draw: st.DrawFn) -> tuple[str, int, str, str, date]:
    kind = draw(st.sampled_from(sorted(DIRECTIONS)))
    name, iban = draw(st.sampled_from(PARTIES))
    return kind, DIRECTIONS[kind], name, iban, START + timedelta(days=draw(st.integers(0, 90)))


def plain(draw: st.DrawFn, world: World) -> None:
    """One transfer, with the number, with less than it, or with the name alone; also less 2 % discount."""
    kind, sign, name, iban, on = _frame(draw)
    number, total = _number(draw, world), draw(usual_money)
    less = draw(st.sampled_from((False, False, True)))
    booked = (total * Decimal("0.98")).quantize(CENT) if less else total
    paid = on + timedelta(days=draw(st.integers(1, 12)))
    items = (_item(booked, paid, draw),) + ((PaymentItem("cashDiscount", paid, total - booked),) if less else ())
    v = world.voucher(kind, number, on, total, name, items)
    text = draw(st.sampled_from((number, f"Rechnung {number} vielen Dank", number.replace("-", " "), "Zahlung")))
    world.booking(paid, sign * booked, name, text, [v], iban)


def collective(draw: st.DrawFn, world: World) -> None:
    """One transfer for two to four vouchers, mostly with their numbers; sometimes one is a credit note."""
    kind, sign, name, iban, on = _frame(draw)
    paid = on + timedelta(days=15)
    own, total = [], Decimal(0)
    for n in range(draw(st.integers(2, 4))):
        amount = draw(money)
        credit = n > 0 and amount < total and draw(st.integers(0, 4)) == 0
        item = PaymentItem(SET_OFF, paid, amount) if credit else _item(amount, paid, draw)
        day = on + timedelta(days=n)
        own.append(world.voucher(CREDITS[kind] if credit else kind, _number(draw, world), day, amount, name, (item,)))
        total += -amount if credit else amount
    listed = draw(st.sampled_from((True, True, False)))
    text = ", ".join(v.number for v in own) if listed else "diverse Rechnungen"
    world.booking(paid, sign * total, name, text, own, iban)


def instalments(draw: st.DrawFn, world: World) -> None:
    """Two or three payments of one voucher."""
    kind, sign, name, iban, on = _frame(draw)
    number = _number(draw, world)
    parts = [draw(money) for _ in range(draw(st.integers(2, 3)))]
    days = [on + timedelta(days=10 + 30 * n) for n in range(len(parts))]
    items = tuple(PaymentItem(ASSIGNED, day, part) for day, part in zip(days, parts, strict=True))
    v = world.voucher(kind, number, on, sum(parts, Decimal(0)), name, items)
    for n, (day, part) in enumerate(zip(days, parts, strict=True), 1):
        world.booking(day, sign * part, name, draw(st.sampled_from((f"{n}. Rate {number}", f"Rate {n}"))), [v], iban)


def recurring(draw: st.DrawFn, world: World) -> None:
    """The same amount every month."""
    kind, sign, name, iban, on = _frame(draw)
    amount = draw(usual_money)
    for n in range(3):
        day = on + timedelta(days=30 * n)
        v = world.voucher(kind, _number(draw, world), day, amount, name, (PaymentItem(ASSIGNED, day, amount),))
        world.booking(day, sign * amount, name, draw(st.sampled_from((v.number, "Monatsbeitrag"))), [v], iban)


def payout(draw: st.DrawFn, world: World) -> None:
    """Sales of some days that a payment provider pays out in one sum, less its fee."""
    first = START + timedelta(days=draw(st.integers(0, 60)))
    own = []
    for n in range(draw(st.integers(2, 5))):
        day, amount = first + timedelta(days=n // 2), draw(money)
        item = PaymentItem("manualPayment", day, amount)
        own.append(world.voucher("invoice", _number(draw, world), day, amount, "Sammelkunde", (item,)))
    gross = sum((v.total for v in own), Decimal(0))
    fee = (gross * Decimal("0.015")).quantize(CENT) + len(own) * Decimal("0.25")
    world.booking(first + timedelta(days=4), gross - fee, PSP[0], PSP[1].format("K3J9X2Q"), own)


def unpaid(draw: st.DrawFn, world: World) -> None:
    """A voucher that was paid in cash, or a booking without a voucher."""
    kind, sign, name, _, on = _frame(draw)
    amount = draw(usual_money)
    if draw(st.booleans()):
        world.voucher(kind, _number(draw, world), on, amount, name, (PaymentItem("partPaymentCashBox", on, amount),))
    else:
        text = draw(st.sampled_from(("Miete", "Privatentnahme", "Kaffeekasse", "Gehalt 02/2025")))
        world.booking(on, sign * amount, draw(st.sampled_from((name, "Karl Fremd"))), text, [])


STORIES: tuple[Story, ...] = (plain, plain, plain, collective, instalments, recurring, unpaid)


@st.composite
def worlds(draw: st.DrawFn, stories: tuple[Story, ...] = (*STORIES, payout)) -> World:
    """One to five stories and other bookings of the account."""
    world = World()
    for _ in range(draw(st.integers(1, 5))):
        draw(st.sampled_from(stories))(draw, world)
    world.bookings += noise(12)
    return world
