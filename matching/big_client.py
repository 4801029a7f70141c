"""One invented client of any size, for measuring how the engine grows: pure, and the same for the same seed.

Five years of bookkeeping whatever the size, so a larger client has more rows a day, more parties and a few price points
that come thousands of times: what makes naive candidate lists grow with the square of the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from .engine.types import PaymentItem, Transaction, Voucher

START = date(2020, 1, 1)
DAYS = 5 * 365
PRICES = ("9.99", "14.90", "19.99", "29.90", "49.00", "49.90", "79.00", "119.00", "238.00", "357.00")
"""Price points that many customers pay every month."""

_SYLLABLES = (
    "al", "bar", "cor", "dan", "el", "fen", "gar", "hol", "im", "jan", "kel", "lor", "mar", "nord", "ot", "pel", "quin",
    "ros", "sel", "tor", "ul", "ven", "wes", "zim", "ber", "dor", "hau", "man", "rich", "stein", "wald", "burg",
)  # fmt: skip
_TRADES = (
    "Bau", "Druck", "Logistik", "Elektro", "Sanitär", "Werbung", "Metall", "Papier", "Reinigung", "Software", "Holz",
    "Textil", "Gartenbau", "Consulting", "Immobilien", "Fahrzeuge",
)  # fmt: skip
_FORMS = ("GmbH", "GmbH & Co. KG", "AG", "e.K.", "KG", "UG (haftungsbeschränkt)", "")
_FIRST = ("Anna", "Bernd", "Carla", "Dirk", "Eva", "Frank", "Greta", "Heiko", "Ines", "Jörg", "Katrin", "Lars", "Maren")
_SHOPS = ("Tankhof", "Bäckerei", "Baumarkt", "Bahnticket", "Parkhaus", "Bürowelt", "Drogerie", "Restaurant")
_NO_VOUCHER = ("LOHN / GEHALT", "FINANZAMT UMSATZSTEUER", "KONTOFUEHRUNG ENTGELT", "MIETE BUERO", "PRIVATENTNAHME")
_BANK, _TYPED = "partPaymentFinancialTransaction", "manualPayment"


@dataclass(frozen=True, slots=True)
class _Party:
    name: str
    iban: str
    number: str


class _Maker:
    """Draws rows one payment at a time until both sides are full."""

    def __init__(self, vouchers: int, transactions: int, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - measurement data
        self._accounts = [f"DE{10 + n}10010010{n:010}" for n in range(3)]
        self._voucher_count, self._transaction_count = vouchers, transactions
        self.vouchers: list[Voucher] = []
        self.transactions: list[Transaction] = []
        self._customers = [self._party() for _ in range(20 + vouchers // 40)]
        self._subscribers = [(self._party(), self._random.choice(PRICES)) for _ in range(5 + vouchers // 300)]
        self._suppliers = [self._party() for _ in range(15 + vouchers // 150)]
        self._shops = [f"{self._random.choice(_SHOPS)} {self._word()}" for _ in range(10 + vouchers // 400)]
        self._monthly = [
            (self._party(), self._amount(10, 900)) for _ in range(3 + vouchers // 1000)
        ]  # telephone, leasing, hosting

    def _word(self) -> str:
        return "".join(self._random.choice(_SYLLABLES) for _ in range(self._random.randint(2, 3))).title()

    def _party(self) -> _Party:
        r = self._random
        if r.random() < 0.35:
            name = f"{self._word()}, {r.choice(_FIRST)}"
        else:
            name = f"{self._word()} {r.choice(_TRADES)} {r.choice(_FORMS)}".strip()
        return _Party(name, f"DE{r.randint(10, 99)}{r.randint(10**17, 10**18 - 1)}", str(r.randint(10000, 99999999)))

    def _amount(self, low: int, high: int) -> Decimal:
        return Decimal(int(100 * low * (high / low) ** self._random.random())) / 100

    def fill(self, *, collective: bool = False) -> None:
        """Vouchers with their payments, or with collective payments only; then bookings that need no voucher."""
        kinds: tuple[tuple[Callable[[date], None], int], ...] = (
            (self._sale, 36), (self._subscription, 16), (self._purchase, 16), (self._card, 14), (self._debit, 8),
            (self._collective, 2), (self._instalments, 2), (self._cash, 4),
        )  # fmt: skip
        if collective:
            kinds = ((self._collective, 1),)
        while len(self.vouchers) < self._voucher_count:
            make = self._random.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
            make(START + timedelta(days=self._random.randrange(DAYS)))
        while len(self.transactions) < self._transaction_count:
            on = START + timedelta(days=self._random.randrange(DAYS))
            text = f"{self._random.choice(_NO_VOUCHER)} {on:%m.%Y}"
            self._book(-self._amount(5, 5000), on, self._word(), "", text)
        del self.vouchers[self._voucher_count :]
        del self.transactions[self._transaction_count :]

    def _book(self, amount: Decimal, on: date, name: str, iban: str, purpose: str, **rest: Any) -> None:
        key = f"t{len(self.transactions):07}-{self._random.randrange(16**6):06x}"
        account = self._random.choices(self._accounts, (70, 20, 10))[0]
        row = Transaction(key, account, on, on, amount, "EUR", name, iban, purpose, **rest)
        self.transactions.append(row)

    def _voucher(self, kind: str, number: str, on: date, contact: str, *payments: tuple[date, Decimal]) -> None:
        typed = self._random.random() < 0.6
        items = tuple(PaymentItem(_TYPED if typed else _BANK, day, amount) for day, amount in payments)
        key = f"v{len(self.vouchers):07}-{self._random.randrange(16**6):06x}"
        total = sum((p.amount for p in items), Decimal(0))
        due = on + timedelta(days=14)
        self.vouchers.append(Voucher(key, kind, number, on, due, total, "EUR", contact, payments=items))

    def _own_number(self, on: date) -> str:
        return f"RE-{on.year}-{len(self.vouchers):05}"

    def _text(self, number: str, party: _Party) -> str:
        r = self._random.random()
        if r < 0.6:
            return f"Rechnung {number}"
        if r < 0.75:
            return f"{number.replace('-', ' ')} Kd.-Nr. {party.number} Danke"
        return f"KD {party.number}" if r < 0.85 else f"Zahlung {party.name}"

    def _sale(self, on: date) -> None:
        party, number = self._random.choice(self._customers), self._own_number(on)
        amount, paid = self._amount(50, 9000), on + timedelta(days=self._random.randint(2, 40))
        self._voucher("salesinvoice", number, on, party.name, (paid, amount))
        self._book(amount, paid, party.name, party.iban, self._text(number, party))

    def _subscription(self, on: date) -> None:
        party, price = self._random.choice(self._subscribers)
        on = on.replace(day=1)
        number, paid = self._own_number(on), on + timedelta(days=self._random.randint(1, 6))
        self._voucher("invoice", number, on, party.name, (paid, Decimal(price)))
        self._book(Decimal(price), paid, party.name, party.iban, self._text(number, party))

    def _purchase(self, on: date) -> None:
        party = self._random.choice(self._suppliers)
        number = f"{party.number[:2]}{self._random.randrange(10**6):06}"
        amount, paid = self._amount(20, 6000), on + timedelta(days=self._random.randint(1, 30))
        self._voucher("purchaseinvoice", number, on, party.name, (paid, amount))
        self._book(-amount, paid, party.name, party.iban, self._text(number, party))

    def _card(self, on: date) -> None:
        shop = self._random.choice(self._shops)
        amount, paid = self._amount(4, 120), on + timedelta(days=self._random.randint(0, 3))
        self._voucher("purchaseinvoice", str(self._random.randrange(10**5)), on, shop, (paid, amount))
        place = f"{shop.upper()}//{self._word().upper()}/DE"
        text = f"{on.isoformat()}T12:{self._random.randint(10, 59)} Debitk.1 2027-12"
        self._book(-amount, paid, place, "", text, code="PMNT-CCRD-POSD")

    def _debit(self, on: date) -> None:
        party, amount = self._random.choice(self._monthly)
        number, paid = str(self._random.randrange(10**9, 10**10)), on + timedelta(days=self._random.randint(5, 9))
        self._voucher("purchaseinvoice", number, on, party.name, (paid, amount))
        text = f"Kd {party.number}" if self._random.random() < 0.5 else f"Rg {number} Kd {party.number}"
        ties = {"mandate_id": f"M{party.number}", "creditor_id": f"DE99ZZZ{party.number:>011}"}
        self._book(-amount, paid, party.name.upper(), party.iban, text, code="PMNT-RDDT-ESDD", **ties)

    def _collective(self, on: date) -> None:
        party, paid = self._random.choice(self._customers), on + timedelta(days=20)
        amounts = [self._amount(50, 2000) for _ in range(self._random.randint(2, 5))]
        numbers = []
        for amount in amounts:
            numbers.append(self._own_number(on))
            self._voucher("salesinvoice", numbers[-1], on, party.name, (paid, amount))
        self._book(sum(amounts, Decimal(0)), paid, party.name, party.iban, "RNR " + ", ".join(numbers))

    def _instalments(self, on: date) -> None:
        party, number = self._random.choice(self._customers), self._own_number(on)
        parts = [(on + timedelta(days=30 * n), self._amount(100, 900)) for n in range(1, self._random.randint(3, 4))]
        self._voucher("salesinvoice", number, on, party.name, *parts)
        for place, (day, amount) in enumerate(parts, 1):
            self._book(amount, day, party.name, party.iban, f"{place}. Rate {number}")

    def _cash(self, on: date) -> None:
        amount = self._amount(3, 90)
        self._voucher("purchaseinvoice", str(self._random.randrange(10**6)), on, self._random.choice(self._shops))
        last = self.vouchers.pop()
        items = (PaymentItem("partPaymentCashBox", on, amount),)
        self.vouchers.append(Voucher(last.id, last.type, last.number, on, on, amount, "EUR", last.contact, "paid",
                                     payments=items))  # fmt: skip


def big_client(
    vouchers: int, transactions: int, seed: int = 1, *, collective: bool = False
) -> tuple[list[Voucher], list[Transaction]]:
    """Rows of one client: as many vouchers and transactions as asked for, most of which belong together.

    `collective`: every payment is for several vouchers, so that sets have to be found for all of them.
    """
    maker = _Maker(vouchers, transactions, seed)
    maker.fill(collective=collective)
    return maker.vouchers, maker.transactions
