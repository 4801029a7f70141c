"""The invented companies: repeatable, growing day by day, and right to the cent."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban as iban_check

from sandbox.world import build_world
from sandbox.world.calendar import banking_day, easter, german_day, is_banking_day, local, stamp
from sandbox.world.iban import make_iban
from sandbox.world.model import CREDIT_NOTES, MONEY_IN, TYPES_WITH_PAYMENTS, Organisation, World
from sandbox.world.money import Line, german, tax_shares
from tests.sandbox.api import TODAY

SEEDS = st.integers(0, 10_000)
DAYS = st.dates(date(2024, 1, 2), date(2030, 12, 30))


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(seed=1, today=TODAY, kind="demo")


def listed(world: World) -> list[Organisation]:
    return [item for item in world.organisations.values() if item.listed]


@settings(max_examples=8, deadline=None)
@given(SEEDS, DAYS)
def test_the_same_seed_and_day_give_the_same_world(seed: int, today: date) -> None:
    assert build_world(seed=seed, today=today, kind="demo") == build_world(seed=seed, today=today, kind="demo")


@settings(max_examples=8, deadline=None)
@given(SEEDS, DAYS, st.integers(1, 40))
def test_a_later_day_of_the_year_only_adds(seed: int, today: date, days: int) -> None:
    later_day = min(today + timedelta(days=days), date(today.year, 12, 31))
    now = build_world(seed=seed, today=today, kind="demo")
    later = build_world(seed=seed, today=later_day, kind="demo")
    for key, organisation in now.organisations.items():
        other = later.organisations[key]
        for voucher in organisation.vouchers.values():
            grown = other.vouchers[voucher.id]
            assert (grown.number, grown.lines, grown.day, grown.files) == (
                voucher.number,
                voucher.lines,
                voucher.day,
                voucher.files,
            )
            assert grown.payments[: len(voucher.payments)] == voucher.payments
            assert grown.version >= voucher.version
            assert (grown.version == voucher.version) == (grown.updated == voucher.updated)
        assert organisation.files.items() <= other.files.items()
        for account, other_account in zip(organisation.accounts, other.accounts, strict=True):
            assert account.opening == other_account.opening
            assert other_account.entries[: len(account.entries)] == account.entries


@settings(max_examples=8, deadline=None)
@given(SEEDS, DAYS)
def test_amounts_payments_and_moments_fit_together(seed: int, today: date) -> None:
    world = build_world(seed=seed, today=today, kind="demo")
    for organisation in listed(world):
        bookings = {
            part.ref: (entry, part)
            for account in organisation.accounts
            for entry in account.entries
            for part in entry.transactions
        }
        used: Counter[str] = Counter()
        for voucher in organisation.vouchers.values():
            assert voucher.total > 0 or voucher.state == "unchecked"
            assert voucher.created <= voucher.updated < local(today, 5)
            assert voucher.day is None or voucher.day <= german_day(voucher.created)
            settled = sum(item.amount for item in voucher.payments if item.kind != "dunningCosts")
            assert 0 <= settled <= voucher.total
            if voucher.status in ("paid", "paidoff"):
                assert settled == voucher.total
            for item in voucher.payments:
                assert voucher.created <= item.at <= voucher.updated
                if item.transaction:
                    assert german_day(item.at) >= bookings[item.transaction][0].booked
                    sign = 1 if voucher.type in MONEY_IN else -1
                    used[item.transaction] += sign * int((item.allocated or Decimal(0)) * 100)
        for reference, amount in used.items():
            booked = int(bookings[reference][1].amount * 100)
            assert abs(amount) <= abs(booked)
            assert amount * booked > 0


def test_the_demo_has_what_it_promises(world: World) -> None:
    joinery, agency, bikes = listed(world)

    def paid(organisation: Organisation, *years: int) -> int:
        return sum(
            voucher.status in ("paid", "paidoff") and voucher.day is not None and voucher.day.year in years
            for voucher in organisation.vouchers.values()
        )

    assert 115 <= paid(joinery, 2025, 2026) <= 145
    assert 15 <= paid(joinery, 2024) <= 30
    assert 80 <= paid(agency, 2025, 2026) <= 105
    assert 35 <= paid(bikes, 2025, 2026) <= 50
    assert [len(item.accounts) for item in (joinery, agency, bikes)] == [2, 1, 1]
    assert {account.version for account in joinery.accounts} == {"02", "08"}
    assert {voucher.type for voucher in joinery.vouchers.values()} >= set(TYPES_WITH_PAYMENTS)
    assert {voucher.status for voucher in joinery.vouchers.values()} >= {
        "draft",
        "open",
        "paid",
        "paidoff",
        "voided",
        "unchecked",
    }


def test_an_unchanged_world_looks_unchanged(world: World) -> None:
    since = local(TODAY - timedelta(days=2))
    for organisation in listed(world):
        assert sum(voucher.updated >= since for voucher in organisation.vouchers.values()) <= 5


def test_own_documents_are_numbered_in_order_of_date(world: World) -> None:
    for organisation in listed(world):
        for prefix in ("RE", "K-", "R", "GS"):
            own = [
                voucher
                for voucher in organisation.vouchers.values()
                if voucher.type in ("invoice", "downpaymentinvoice", "creditnote")
                and (voucher.number or "").rstrip("0123456789") == prefix
            ]
            own.sort(key=lambda voucher: voucher.number or "")
            days = [voucher.day for voucher in own]
            assert days == sorted(days, key=str)
            assert len({voucher.number for voucher in own}) == len(own)


def test_credit_notes_have_no_due_date_and_invoices_do(world: World) -> None:
    for organisation in listed(world):
        for voucher in organisation.vouchers.values():
            if voucher.type == "creditnote":
                assert voucher.due is None
            if voucher.type == "invoice" and voucher.state != "draft":
                assert voucher.due is not None
                assert voucher.day is not None
                assert voucher.due == voucher.day + timedelta(days=voucher.terms.days)


def test_accounts_stay_above_water(world: World) -> None:
    for organisation in listed(world):
        for account in organisation.accounts:
            balance = account.opening
            for entry in account.entries:
                assert is_banking_day(entry.booked)
                balance += entry.amount
                assert balance > 0
            assert balance < 120_000


def test_every_iban_has_right_check_digits(world: World) -> None:
    for organisation in listed(world):
        ibans = {account.iban for account in organisation.accounts}
        ibans |= {contact.party.iban for contact in organisation.contacts.values() if contact.party.iban}
        ibans |= {
            part.iban
            for account in organisation.accounts
            for entry in account.entries
            for part in entry.transactions
            if part.iban
        }
        assert all(iban_check.is_valid(item) for item in ibans)


def test_an_empty_world_has_the_same_organizations_with_nothing_in_them(world: World) -> None:
    empty = build_world(seed=1, today=TODAY, kind="empty")
    assert list(empty.organisations) == list(world.organisations)
    assert not any(item.vouchers or item.accounts or item.files for item in empty.organisations.values())


def test_other_seeds_give_other_worlds(world: World) -> None:
    other = build_world(seed=2, today=TODAY, kind="demo")
    assert not set(other.organisations) & set(world.organisations)


@given(
    st.lists(
        st.tuples(
            st.decimals(Decimal("0.01"), Decimal(5000), places=2), st.sampled_from([0, 7, 19]), st.integers(1, 40)
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_tax_adds_up_to_the_cent(parts: list[tuple[Decimal, int, int]], gross: bool) -> None:
    lines = [Line("x", Decimal(quantity) / 2, "h", price, rate) for price, rate, quantity in parts]
    shares = tax_shares(lines, gross=gross)
    total = sum((line.amount for line in lines), Decimal(0))
    assert sum((share.gross if gross else share.net for share in shares), Decimal(0)) == total
    for share in shares:
        assert abs(share.net * share.rate / 100 - share.tax) <= Decimal("0.01")


def test_german_amounts() -> None:
    assert german(Decimal("1234567.5")) == "1.234.567,50"
    assert german(Decimal("-0.005")) == "-0,01"


@pytest.mark.parametrize(
    ("year", "day"), [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5))]
)
def test_easter(year: int, day: date) -> None:
    assert easter(year) == day
    assert not is_banking_day(day - timedelta(days=2))


def test_banking_days_skip_weekends_and_holidays() -> None:
    assert banking_day(date(2025, 12, 24)) == date(2025, 12, 29)
    assert banking_day(date(2026, 1, 1), 1) == date(2026, 1, 5)


def test_moments_are_written_in_german_time() -> None:
    assert stamp(local(date(2026, 3, 2), 9, 15)) == "2026-03-02T09:15:00.000+01:00"
    assert stamp(local(date(2026, 7, 2), 9, 15, 3, 120)) == "2026-07-02T09:15:03.120+02:00"


def test_an_iban_is_built_as_the_standard_says() -> None:
    assert make_iban("37040044", "532013000") == "DE89370400440532013000"


def test_credit_notes_carry_positive_totals(world: World) -> None:
    for organisation in listed(world):
        assert all(item.total > 0 for item in organisation.vouchers.values() if item.type in CREDIT_NOTES)
