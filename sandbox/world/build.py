"""Builds a world: whole calendar years first, then everything that lies after ``today`` is taken away.

Years are drawn whole so that the world of tomorrow is the world of today plus a day: ids, numbers, texts and
references stay, and only what happens in between is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from sandbox.world.agency import AGENCY
from sandbox.world.background import add_background, decoy
from sandbox.world.calendar import banking_day, local
from sandbox.world.contacts import AddressBook, make_address_book, new_id
from sandbox.world.deals_purchases import PURCHASE_DEALS, REGULAR
from sandbox.world.deals_sales import SALES_DEALS
from sandbox.world.desk import Desk
from sandbox.world.hard import HARD_DEALS, hard_deals
from sandbox.world.iban import make_iban
from sandbox.world.joinery import JOINERY
from sandbox.world.ledger import Ledger
from sandbox.world.model import BankAccount, Organisation, Party, Voucher, World
from sandbox.world.profiles import Profile
from sandbox.world.small_companies import BIKE_SHOP, SIDE
from sandbox.world.stock import add_stock

LISTED = (JOINERY, AGENCY, BIKE_SHOP)
DEALS = SALES_DEALS | PURCHASE_DEALS | {"decoy": decoy}
MORNING = 5
FLOOR = Decimal("1500.00")
# Deals that need the weeks after their first day within the same year, and the days they need.
LENGTHS = {"deposit": 60, "pair": 20, "netted": 20, "supplier_netted": 20}


def _organisation(seed: int, today: date, profile: Profile) -> Organisation:
    rng = Random(f"{seed}:{profile.slug}:organisation")
    bank = profile.banks[0] if profile.banks else None
    numbers = [str(rng.randrange(10**8, 10**10)) for _ in profile.banks]
    company = Party(
        name=profile.name,
        street=profile.street,
        zip=profile.zip,
        city=profile.city,
        iban=make_iban(bank.code, numbers[0]) if bank else "",
        bic=bank.bic if bank else "",
        vat_id=f"DE{rng.randrange(10**8, 10**9)}",
        tax_number=f"{rng.randrange(10, 99)}/{rng.randrange(100, 999)}/{rng.randrange(10000, 99999)}",
        email=profile.email,
        phone=f"+49 555 {rng.randrange(10000, 99999)}",
    )
    oldest = today.year - 2 if profile.months_of_oldest else today.year - 1
    opened = date(oldest, 13 - profile.months_of_oldest if profile.months_of_oldest else 1, 1)
    return Organisation(
        id=new_id(rng),
        about=profile.about,
        company=company,
        tax_type="gross" if profile.gross_prices else "net",
        small_business=False,
        user_id=new_id(rng),
        user_name=profile.user,
        created=local(date(today.year - 1, *profile.since), 10, 12),
        cash_box=True,
        listed=profile is not SIDE,
        terms=tuple(dict.fromkeys(profile.terms)),
        accounts=[
            BankAccount(
                make_iban(item.code, number), item.bic, item.bank, item.version, item.dialect, opened, item.opening
            )
            for item, number in zip(profile.banks, numbers, strict=True)
        ],
    )


def _days(profile: Profile, seed: int, year: int, kind: str, count: int) -> list[date]:
    """Spread the deals of one kind over a year, at least so far from its end that they fit into it."""
    rng = Random(f"{seed}:{profile.slug}:{year}:{kind}:days")
    span = 350 - LENGTHS.get(kind, 0)
    first = date(year, 1, 3)
    return [banking_day(first + timedelta(days=int((at + rng.random()) * span / count))) for at in range(count)]


def _fill(desk: Desk, since: date, before: Sequence[Voucher]) -> None:
    """Write a year: deals in order of kind, then numbers and payments, then everything without a voucher."""
    profile, seed, year = desk.profile, desk.seed, desk.year
    for kind, count in profile.deals.items():
        for at, day in enumerate(_days(profile, seed, year, kind, count)):
            if day >= since:
                DEALS[kind](desk, Random(f"{seed}:{profile.slug}:{year}:{kind}:{at}"), day)
    for at, (day, kind) in enumerate(hard_deals(profile, seed, year)):
        if day >= since:
            HARD_DEALS[kind](desk, Random(f"{seed}:{profile.slug}:{year}:{kind}:hard:{at}"), day)
    for position, supplier in enumerate(desk.book.suppliers):
        count = supplier.supply.per_year
        for at in range(count):
            day = banking_day(date(year, 1 + at * 12 // count, 4 + position % 5))
            if day >= since:
                rng = Random(f"{seed}:{profile.slug}:{year}:{supplier.supply.name}:{at}")
                REGULAR[supplier.supply.role](desk, rng, day, supplier)
    desk.finish()
    add_background(desk, since, before)


def _as_of(desk: Desk, cutoff: datetime) -> list[Voucher]:
    """Return the vouchers that existed at a moment, in the state they then had."""
    kept = []
    for voucher in desk.vouchers:
        if voucher.created >= cutoff:
            continue
        voucher.payments = [item for item in voucher.payments if item.at < cutoff]
        moments = [voucher.updated, *(item.at for item in voucher.payments)]
        change = desk.state_from.get(voucher.id)
        if change and change[0] < cutoff:
            voucher.state = change[1]
            moments.append(change[0])
        # Several items of one payment are one change of the voucher.
        voucher.version += len(set(moments)) - 1
        voucher.updated = max(moment for moment in moments if moment < cutoff or moment == voucher.created)
        kept.append(voucher)
    return kept


def _keep_solvent(account: BankAccount) -> None:
    """Raise the opening balance so that the account stays above water all the time."""
    account.entries.sort(key=lambda entry: (entry.booked, entry.ref))
    balance = lowest = account.opening
    for entry in account.entries:
        balance += entry.amount
        lowest = min(lowest, balance)
    account.opening += max(FLOOR - lowest, Decimal(0))


def _populate(organisation: Organisation, profile: Profile, book: AddressBook, seed: int, today: date) -> None:
    ledger = Ledger(organisation.accounts)
    since = organisation.accounts[0].opened
    vouchers: list[Voucher] = []
    before: list[Voucher] = []
    for year in range(since.year, today.year + 1):
        desk = Desk(organisation, profile, book, ledger, year, seed)
        _fill(desk, max(since, date(year, 1, 1)), before)
        before = desk.vouchers
        vouchers += _as_of(desk, local(today, MORNING))
    for account in organisation.accounts:
        _keep_solvent(account)
        account.entries = [entry for entry in account.entries if entry.booked < today]
    organisation.vouchers = {voucher.id: voucher for voucher in sorted(vouchers, key=lambda item: item.created)}
    organisation.files = {
        key: file for key, file in organisation.files.items() if file.voucher_id in organisation.vouchers
    }
    used = {voucher.contact.id for voucher in vouchers if voucher.contact}
    organisation.contacts = {contact.id: contact for contact in book.all() if contact.id in used}


def build_world(*, seed: int, today: date, kind: str) -> World:
    """Build the world ``kind`` (``demo`` or ``empty``) as it is on the morning of ``today``.

    The same seed and day give the same world. An empty world has the same companies without anything in them.
    """
    world = World(seed, today, kind)
    for profile in (*LISTED, SIDE):
        organisation = _organisation(seed, today, profile)
        if kind == "demo" and profile.deals:
            _populate(organisation, profile, make_address_book(seed, profile), seed, today)
            add_stock(organisation, profile, seed, today)
        elif kind == "empty":
            organisation.accounts = []
        world.organisations[organisation.id] = organisation
    return world
