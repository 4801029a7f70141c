"""Bookings without a voucher: wages, taxes, rent, fees, loans, own transfers, private withdrawals, strangers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from sandbox.world.bank_texts import MONTHS
from sandbox.world.calendar import banking_day, banking_day_before, month_end
from sandbox.world.desk import Desk
from sandbox.world.iban import creditor_id, random_iban
from sandbox.world.ledger import (
    CARD,
    CASH,
    CASH_IN,
    DIRECT_DEBIT,
    FEES,
    INTEREST,
    LOAN,
    SALARY,
    STANDING_ORDER,
    TRANSFER_IN,
    TRANSFER_OUT,
)
from sandbox.world.model import MONEY_IN, TYPES_WITH_PAYMENTS, Voucher
from sandbox.world.money import ZERO, cents
from sandbox.world.names import FIRST_NAMES, LAST_NAMES


class Standing:
    """The parties a company pays month after month, with their accounts; the same in every year."""

    def __init__(self, desk: Desk) -> None:
        rng = Random(f"{desk.seed}:{desk.profile.slug}:standing")
        self.landlord = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)} Grundbesitz"
        self.tax_office = f"FINANZAMT {desk.profile.city.upper()}"
        self.tax_number = desk.organisation.company.tax_number
        self.fund_number = str(rng.randrange(10**7, 10**8))
        self.ibans = {name: random_iban(rng) for name in ("landlord", "tax", "fund", "owner")}
        self.ibans |= {name: random_iban(rng) for name, _ in desk.profile.salaries}
        self.creditors = {name: creditor_id(rng) for name in ("tax", "fund")}
        self.loan_number = str(rng.randrange(10**9, 10**10))


def _wages(desk: Desk, standing: Standing, rng: Random, end: date) -> None:
    booked = banking_day_before(end)
    month = MONTHS[end.month - 1]
    for name, wage in desk.profile.salaries:
        desk.ledger.post(
            rng,
            booked,
            -(Decimal(wage) + Decimal(rng.randrange(-4000, 9000)) / 100),
            name=name,
            purpose=f"Lohn/Gehalt {month} {end.year}",
            code=SALARY,
            iban=standing.ibans[name],
        )
    if desk.profile.salaries:
        share = cents(Decimal(sum(wage for _, wage in desk.profile.salaries)) * Decimal("0.58"))
        desk.ledger.post(
            rng,
            banking_day_before(booked),
            -share,
            name=desk.profile.fund,
            purpose=f"BETRIEBSNR {standing.fund_number} BEITRAG {end:%m.%y}",
            code=DIRECT_DEBIT,
            iban=standing.ibans["fund"],
            mandate=f"HKK{standing.fund_number}",
            creditor_id=standing.creditors["fund"],
        )


def _valid(before: Sequence[Voucher], desk: Desk) -> list[Voucher]:
    """Return the vouchers of two years without those that are cancelled sooner or later."""
    return [voucher for voucher in (*before, *desk.vouchers) if voucher.id not in desk.state_from]


def vat_due(vouchers: Iterable[Voucher], month: date) -> Decimal:
    """Return the VAT to pay for a month of documents: sales less purchases, credit notes the other way round."""
    due = ZERO
    for voucher in vouchers:
        day = voucher.day
        if day is None or (day.year, day.month) != (month.year, month.month):
            continue
        if voucher.type not in TYPES_WITH_PAYMENTS or voucher.state:
            continue
        parts = [*voucher.shares, *(replace(share, tax=-share.tax) for v in voucher.deductions for share in v.shares)]
        tax = sum((share.tax for share in parts), ZERO)
        # Sales invoices and credits from suppliers raise the tax to pay, the others lower it.
        due += tax if voucher.type in MONEY_IN else -tax
    return due


def _taxes(desk: Desk, standing: Standing, rng: Random, first: date, vouchers: Iterable[Voucher]) -> None:
    """Pay the VAT of the previous month and the wage tax on the tenth; more input tax than tax comes back."""
    tenth = banking_day(first + timedelta(days=9))
    previous = first - timedelta(days=1)
    bills = [(f"STNR {standing.tax_number} UMS.ST {previous:%m%y}", vat_due(vouchers, previous))]
    if desk.profile.salaries:
        wage_tax = cents(Decimal(sum(wage for _, wage in desk.profile.salaries)) * Decimal("0.14"))
        bills.append((f"STNR {standing.tax_number} LOHNST {previous:%m%y}", wage_tax))
    for text, amount in bills:
        if amount > ZERO:
            desk.ledger.post(
                rng,
                tenth,
                -amount,
                name=standing.tax_office,
                purpose=text,
                code=DIRECT_DEBIT,
                iban=standing.ibans["tax"],
                mandate=f"FA{standing.tax_number.replace('/', '')}",
                creditor_id=standing.creditors["tax"],
            )
        elif amount < ZERO:
            desk.ledger.post(
                rng,
                banking_day(tenth, 8),
                -amount,
                name=standing.tax_office,
                purpose=f"{text} ERSTATT.",
                code=TRANSFER_IN,
                iban=standing.ibans["tax"],
            )


def _house(desk: Desk, standing: Standing, rng: Random, first: date) -> None:
    profile, ledger = desk.profile, desk.ledger
    ledger.post(
        rng,
        banking_day(first),
        -Decimal(profile.rent),
        name=standing.landlord,
        purpose=f"Miete {first:%m/%Y} {profile.street}",
        code=STANDING_ORDER,
        iban=standing.ibans["landlord"],
    )
    owner = profile.user.split(" ", 1)[1]
    ledger.post(
        rng,
        banking_day(first + timedelta(days=rng.randrange(12, 18))),
        -Decimal(profile.owner_draw),
        name=owner,
        purpose="Geschäftsführergehalt" if "GmbH" in profile.name else "Privatentnahme",
        code=TRANSFER_OUT,
        iban=standing.ibans["owner"],
    )
    if profile.loan:
        ledger.post(
            rng,
            banking_day(first + timedelta(days=14)),
            -Decimal(profile.loan),
            name="",
            purpose=f"Darlehen {standing.loan_number} Rate {first:%m/%y} Tilgung/Zins",
            code=LOAN,
        )


def _bank(desk: Desk, rng: Random, end: date) -> None:
    for at, account in enumerate(desk.ledger.accounts):
        booked = banking_day(end + timedelta(days=1))
        fee = Decimal(rng.randrange(890, 2480)) / 100
        desk.ledger.post(
            rng, booked, -fee, at, name="", purpose=f"Entgeltabrechnung {end:%d.%m.%Y} siehe Anlage", code=FEES
        )
        if end.month % 3 == 0 and account.dialect != "direkt":
            interest = Decimal(rng.randrange(12, 420)) / 100
            desk.ledger.post(rng, booked, interest, at, name="", purpose=f"Habenzinsen {end:%d.%m.%Y}", code=INTEREST)


def _everyday(desk: Desk, rng: Random, first: date) -> None:
    """Card payments without a receipt, cash from the machine, and transfers between the own accounts."""
    day = banking_day(first + timedelta(days=rng.randrange(3, 24)))
    spent = Decimal(rng.randrange(390, 5890)) / 100
    place = rng.choice(("GASTHOF ADLER", "TANKHOF AUTOBAHN WEST", "KIOSK AM RING", "PARKHAUS ZENTRUM"))
    desk.ledger.post(rng, day, -spent, name=place, purpose=f"{place} {day:%d.%m.%Y} Debitk.2", code=CARD)
    if first.month % 2 == 0:
        desk.ledger.post(
            rng, day, Decimal(-200), name="", purpose=f"GA NR{rng.randrange(10**7)} {day:%d.%m} 17.42UHR", code=CASH
        )
    if desk.profile.cash_deposit:
        taken = Decimal(desk.profile.cash_deposit + rng.randrange(-30, 30) * 10)
        text = f"SB-Einzahlung {day:%d.%m.%Y}"
        desk.ledger.post(rng, banking_day(day, 2), taken, name="", purpose=text, code=CASH_IN)
    if len(desk.ledger.accounts) > 1:
        amount = Decimal(rng.choice((1500, 2000, 2500)))
        main, other = desk.ledger.accounts
        for at, value, opposite in ((1, -amount, main), (0, amount, other)):
            desk.ledger.post(
                rng,
                day,
                value,
                at,
                name=desk.organisation.company.name,
                purpose="Umbuchung",
                code=TRANSFER_IN if value > 0 else TRANSFER_OUT,
                iban=opposite.iban,
                bic=opposite.bic,
            )


def decoy(desk: Desk, rng: Random, day: date) -> None:
    """Let a stranger pay the amount of somebody else's invoice, a few days after it was paid."""

    def pay() -> None:
        paid = [
            voucher
            for voucher in desk.vouchers
            if voucher.type == "invoice" and len(voucher.payments) == 1 and voucher.payments[0].transaction
        ]
        if not paid:
            return
        nearest = min(paid, key=lambda voucher: abs((voucher.payments[0].day - day).days))
        booked = banking_day(nearest.payments[0].day + timedelta(days=rng.randrange(1, 4)))
        name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        text = rng.choice(("Kautionsrückzahlung", "Rückzahlung Darlehen", "Anzahlung Auftrag mündlich"))
        desk.ledger.post(
            rng, booked, nearest.payments[0].amount, name=name, purpose=text, code=TRANSFER_IN, iban=random_iban(rng)
        )

    desk.settle(pay)


def add_background(desk: Desk, since: date, before: Sequence[Voucher]) -> None:
    """Write the bookings of every month of the desk's year, from the month of ``since`` on.

    ``before`` are the vouchers of the year before, whose last tax is due in January.
    """
    standing = Standing(desk)
    for month in range(1, 13):
        first = date(desk.year, month, 1)
        if first < since.replace(day=1):
            continue
        rng = Random(f"{desk.seed}:{desk.profile.slug}:{first}")
        end = month_end(first)
        _house(desk, standing, rng, first)
        _taxes(desk, standing, rng, first, _valid(before, desk))
        _wages(desk, standing, rng, end)
        _everyday(desk, rng, first)
        _bank(desk, rng, end)
