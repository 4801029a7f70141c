"""The deals whose payments a person must look at: how many there are, that they are hard, and that they are true."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.control.truth import allocations
from sandbox.world import build_world
from sandbox.world.build import LISTED
from sandbox.world.calendar import is_banking_day, local
from sandbox.world.contacts import make_address_book
from sandbox.world.desk import Desk
from sandbox.world.hard import CHANCES, HARD_DEALS, KINDS, hard_deals
from sandbox.world.joinery import JOINERY
from sandbox.world.ledger import Ledger
from sandbox.world.model import BankAccount, Payment, Transaction, Voucher
from sandbox.world.money import ZERO
from sandbox.world.profiles import Profile
from sandbox.world.small_companies import SIDE
from tests.sandbox.api import TODAY

DAY = date(2026, 3, 2)
Share = tuple[Voucher, Transaction, Decimal]


def deal(kind: str, seed: int) -> list[Share]:
    """One deal at an otherwise empty desk of the joinery: which voucher got how much of which booking."""
    organisation = next(iter(build_world(seed=seed, today=TODAY, kind="empty").organisations.values()))
    accounts = [
        BankAccount("DE89370400440532013000", bank.bic, bank.bank, bank.version, bank.dialect, DAY, bank.opening)
        for bank in JOINERY.banks
    ]
    desk = Desk(organisation, JOINERY, make_address_book(seed, JOINERY), Ledger(accounts), DAY.year, seed)
    for at in range(3):
        desk.own(Random(f"neighbour {at}"), date(2026, 2, 9 + at), desk.book.people[at])
    neighbours = {voucher.id for voucher in desk.vouchers}
    HARD_DEALS[kind](desk, Random(seed), DAY)
    desk.finish()
    bookings = {part.ref: part for account in accounts for entry in account.entries for part in entry.transactions}
    return [
        (voucher, bookings[reference], amount)
        for voucher in desk.vouchers
        if voucher.id not in neighbours
        for item in voucher.payments
        for reference, amount in item.bookings
    ]


@given(st.integers(0, 10_000), st.integers(2020, 2040), st.sampled_from(LISTED))
def test_every_company_has_its_share_every_year(seed: int, year: int, profile: Profile) -> None:
    planned = hard_deals(profile, seed, year)
    assert 0 < profile.hard <= len(planned) <= profile.hard + CHANCES
    kinds = [kind for _, kind in planned]
    assert len(set(kinds)) == len(kinds)
    assert not set(kinds) & set(profile.never)
    assert all(day.year == year and is_banking_day(day) for day, _ in planned)


@pytest.mark.parametrize("profile", LISTED[:2])
def test_no_kind_is_missing_for_long(profile: Profile) -> None:
    assert {kind for year in range(2024, 2028) for _, kind in hard_deals(profile, 1, year)} == set(KINDS)


def test_a_company_without_books_has_none() -> None:
    assert hard_deals(SIDE, 1, 2026) == []


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_everything_is_settled_and_no_booking_tells_its_voucher(kind: str, seed: int) -> None:
    shares = deal(kind, seed)
    assert shares
    for voucher, booking, amount in shares:
        assert voucher.open_amount == ZERO
        assert ZERO < amount <= voucher.total
        named = voucher.number and voucher.number in "".join(booking.purpose) + booking.end_to_end
        assert not named or (kind == "template" and voucher is shares[0][0])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_kinds_are_what_they_are_called(seed: int) -> None:
    (first, one, _), (second, two, _) = deal("twins", seed)
    assert (first.total, first.contact) == (second.total, second.contact) == (one.amount, first.contact)
    assert one.ref != two.ref

    together = deal("collective", seed)
    assert len({voucher.id for voucher, _, _ in together}) == len(together) >= 2
    assert len({booking.ref for _, booking, _ in together}) == 1
    assert sum(amount for *_, amount in together) == together[0][1].amount

    parts = deal("part_later", seed)
    assert len(parts) == 2
    assert len(parts[0][0].payments) == 1
    assert sum(amount for *_, amount in parts) == parts[0][0].total

    [(voucher, booking, amount)] = deal("payout", seed)
    assert amount == booking.amount < voucher.total

    [(voucher, booking, amount)] = deal("overpaid", seed)
    assert booking.amount > voucher.total == amount

    [(voucher, booking, amount)] = deal("wrong_skonto", seed)
    assert Decimal("0.965") < booking.amount / voucher.total < Decimal("0.985")
    assert [item.kind for item in voucher.payments] == ["manualPayment"]

    [(voucher, booking, amount)] = deal("wrong_amount", seed)
    assert amount == min(booking.amount, voucher.total)
    assert abs(booking.amount - voucher.total) <= max(voucher.total / 10, Decimal(5))

    (bill, debit, _), (credit, other, _) = deal("silent_credit", seed)
    assert debit is other
    assert debit.amount == credit.total - bill.total < 0
    assert bill.payments[-1].at == credit.payments[-1].at

    (bill, debit, _), (other_bill, other, _) = deal("same_amount", seed)
    assert bill.contact is not other_bill.contact
    assert debit.amount == other.amount == -bill.total == -other_bill.total
    for contact in (bill.contact_name, other_bill.contact_name):
        assert not set(contact.split()) & set(f"{debit.name} {other.name}".split())

    (first, one, _), (second, two, _) = deal("template", seed)
    assert one.purpose[0].split()[1] == two.purpose[0].split()[1] == first.number != second.number


def test_the_truth_names_every_booking_of_a_voucher() -> None:
    organisation = next(iter(build_world(seed=1, today=TODAY, kind="demo").organisations.values()))
    voucher = next(iter(organisation.vouchers.values()))
    part = Payment("manualPayment", DAY, Decimal(100), local(DAY, 9), "B2", Decimal(60), (("B1", Decimal(40)),))
    voucher.payments = [part]
    rows = [row for row in allocations(organisation) if row["voucher"] == voucher.id]
    assert [(row["transaction"], row["amount"]) for row in rows] == [("B1", "40.00"), ("B2", "60.00")]


def test_numbers_are_mistyped_into_others() -> None:
    texts = {"".join(booking.purpose).split()[1] for seed in range(40) for _, booking, _ in deal("mistyped", seed)}
    assert {"RE26001", "RE26003"} & texts
    assert all(text.startswith("RE26") for text in texts)


def test_slips_show_a_brand_and_another_amount() -> None:
    slips = [deal("brand_card", seed)[0] for seed in range(30)]
    for voucher, booking, amount in slips:
        assert not set(voucher.contact_name.upper().split()) & set(booking.name.split())
        assert amount == min(-booking.amount, voucher.total)
    assert {(-booking.amount > voucher.total) for voucher, booking, _ in slips} == {True, False}


def test_somebody_else_pays_from_another_account() -> None:
    for seed in range(30):
        [(voucher, booking, amount)] = deal("other_payer", seed)
        assert voucher.contact is not None
        assert booking.iban != voucher.contact.party.iban
        assert booking.name not in voucher.contact.bank_names
        assert amount == booking.amount == voucher.total
