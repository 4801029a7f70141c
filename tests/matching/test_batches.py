"""A batch counts once, whether a source books its total or its payments, in every order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from accounts.models import Client, User
from matching.models import BankAccount, Proposal, Sighting, Transaction
from matching.services import UnableToDecide, confirm, run_matching
from matching.services.intake import TransactionData, account_for, import_transactions
from tests.matching.conftest import MakeProposal, MakeVoucher

pytestmark = pytest.mark.django_db
DAY = date(2025, 7, 10)
CAMT, MT940, ADVICE = "camt.053.001.08", "mt940", "camt.054.001.08"


def line(key: str, amount: str, **more: object) -> TransactionData:
    return TransactionData(key, DAY, DAY, Decimal(amount), "EUR", **more)  # type: ignore[arg-type]


def batch(name: str, *amounts: str, **more: object) -> list[TransactionData]:
    total = sum(map(Decimal, amounts), Decimal(0))
    whole = {"entry_key": name, "parts": len(amounts), "entry_total": total, **more}
    return [line(f"{name}p{n}-1", amount, part=n, **whole) for n, amount in enumerate(amounts, start=1)]


def counting() -> list[tuple[Decimal, str]]:
    live = Transaction.objects.filter(withdrawn_at=None)
    return sorted((row.amount, row.counterparty) for row in live)


@pytest.fixture
def account(kontor_client: Client) -> BankAccount:
    return account_for(kontor_client, iban="DE02120300000000202051")


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_total_and_payments_are_the_same_money(account: BankAccount, order: tuple[int, ...]) -> None:
    """Two payments of 100 happened: a batch, which one source knows as a total, and one by itself."""
    deliveries = [
        (CAMT, [*batch("e1", "-60", "-40"), line("u1-1", "-100", counterparty="Vermieter")]),
        (MT940, [line("m1-1", "-100", counterparty="Sammler"), line("m2-1", "-100", counterparty="Vermieter GmbH")]),
        ("csv:dkb", [line("c1-1", "-100"), line("c2-1", "-60"), line("c3-1", "-40")]),
        ("camt.052.001.08", [*batch("e9", "-60", "-40"), line("u9-1", "-100", counterparty="Vermieter")]),
    ]
    for number in order:
        family, lines = deliveries[number]
        import_transactions(account, lines, family=family)
    assert counting() == [(Decimal(-100), "Vermieter"), (Decimal(-60), ""), (Decimal(-40), "")]
    for family, lines in deliveries:
        assert import_transactions(account, lines, family=family).new == 0
    assert counting() == [(Decimal(-100), "Vermieter"), (Decimal(-60), ""), (Decimal(-40), "")]
    total = Transaction.objects.get(withdrawn_reason="itemised")
    assert (total.amount, total.part, total.parts, total.entry_key[0]) == (Decimal(-100), 0, 2, "e")


@pytest.mark.parametrize("details_first", [True, False])
def test_a_bank_that_begins_to_resolve_its_batches(account: BankAccount, details_first: bool) -> None:
    """The same family, the same entry: once as total, once in its payments."""
    deliveries = [[line("e1-1", "-100")], batch("e1", "-60", "-40")]
    for lines in reversed(deliveries) if details_first else deliveries:
        import_transactions(account, lines, family=CAMT)
    assert [amount for amount, _ in counting()] == [-60, -40]


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_an_advice_tells_of_a_batch_and_is_no_money(account: BankAccount, order: tuple[int, ...]) -> None:
    deliveries = [
        (CAMT, [line("t1-1", "-100", notification="ADV-1"), line("t2-1", "-100", notification="ADV-2")]),
        (ADVICE, batch("a1", "-60", "-40", notification="ADV-1")),
    ]
    family, lines = deliveries[1]
    import_transactions(account, lines, family=family)
    assert counting() == []
    Transaction.objects.all().delete()
    for number in order:
        family, lines = deliveries[number]
        import_transactions(account, lines, family=family)
    assert [amount for amount, _ in counting()] == [-100, -60, -40]


def test_an_advice_of_one_payment_adds_to_its_entry(account: BankAccount) -> None:
    import_transactions(account, [line("a1-1", "5", counterparty="Mieter", notification="ADV")], family=ADVICE)
    assert counting() == []
    import_transactions(account, [line("t1-1", "5", notification="ADV")], family=CAMT)
    assert counting() == [(Decimal(5), "Mieter")]
    assert Sighting.objects.count() == 2


def test_a_total_that_a_person_has_matched_stands(
    account: BankAccount, voucher: MakeVoucher, proposal: MakeProposal, accountant: User
) -> None:
    import_transactions(account, [line("m1-1", "-100")], family=MT940)
    total = Transaction.objects.get()
    confirm(proposal((voucher("R1", "100"), total, "100")), accountant)
    import_transactions(account, batch("e1", "-60", "-40"), family=CAMT)
    assert [amount for amount, _ in counting()] == [-100]
    kept = Transaction.objects.filter(withdrawn_reason="total_matched", entry_key="e1")
    assert kept.count() == 2
    total.refresh_from_db()
    assert (total.entry_key, total.part, total.withdrawn_at) == ("e1", 0, None)


def test_a_batch_and_a_payment_of_the_same_amount_in_one_source_are_two(account: BankAccount) -> None:
    import_transactions(account, [*batch("e1", "-60", "-40"), line("u1-1", "-100")], family=CAMT)
    assert [amount for amount, _ in counting()] == [-100, -60, -40]


def test_two_equal_batches_of_a_day(account: BankAccount) -> None:
    twice = [*batch("e1", "-60", "-40"), *(replace(one, key=f"{one.key[:-1]}2") for one in batch("e1", "-60", "-40"))]
    import_transactions(account, [line("m1-1", "-100"), line("m1-2", "-100")], family=MT940)
    import_transactions(account, twice, family=CAMT)
    assert [amount for amount, _ in counting()] == [-60, -60, -40, -40]


def test_a_match_of_a_total_goes_back_to_review_when_its_payments_come(
    account: BankAccount, voucher: MakeVoucher, accountant: User
) -> None:
    """Nobody has confirmed it, so the payments count, and the match says why it does not stand."""
    voucher("RE-2025-77", "100", contact="Sammler GmbH", paid=DAY)
    total = line("m1-1", "-100", counterparty="Sammler GmbH", purpose="RE-2025-77 RE-2025-77")
    import_transactions(account, [total], family=MT940)
    run_matching(account.client)
    match = Proposal.objects.get()
    assert match.is_standing
    import_transactions(account, batch("e1", "-60", "-40"), family=CAMT)
    run_matching(account.client)
    match.refresh_from_db()
    assert match.state == Proposal.State.SUGGESTED
    assert match.decisions.latest("pk").reason
    with pytest.raises(UnableToDecide, match="Sammler"):
        confirm(match, accountant)
