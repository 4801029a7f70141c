"""Two people, or a person and a run, decide in the same moment: one wins, the other gets words, nothing is double."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from accounts.models import Client, User
from accounts.services import add_client
from matching.models import Allocation, Decision, Proposal
from matching.services import UnableToDecide, confirm, run_matching
from matching.services.intake import account_for, import_transactions
from tests.matching.conftest import IBAN, MakeBooking, MakeProposal, MakeVoucher
from tests.matching.test_intake import LINE
from vouchers.locks import lock
from vouchers.models import Voucher
from vouchers.services import withdraw

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], object]) -> list[object]:
    """Run all calls at once, each with a connection of its own; answers or exceptions, in order."""
    start = Barrier(len(calls))
    answers: list[object] = [None] * len(calls)

    def work(number: int) -> None:
        try:
            start.wait(timeout=10)
            answers[number] = calls[number]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers[number] = error
        finally:
            connection.close()

    threads = [Thread(target=work, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def test_two_people_confirm_the_same(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User, colleague: User
) -> None:
    row = proposal((voucher("R1", "100"), booking("-100"), "100"))
    answers = together(lambda: confirm(row, accountant), lambda: confirm(row, colleague))
    assert {type(answer) for answer in answers} == {Decision, UnableToDecide}
    assert Decision.objects.count() == 1


def test_two_people_confirm_rivals(
    voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User, colleague: User
) -> None:
    payment = booking("-100")
    rows = [proposal((voucher(number, "100"), payment, "100")) for number in ("R1", "R2")]
    answers = together(lambda: confirm(rows[0], accountant), lambda: confirm(rows[1], colleague))
    assert {type(answer) for answer in answers} == {Decision, UnableToDecide}
    assert Allocation.objects.filter(standing=True).count() == 1


def test_two_runs_and_a_person(
    kontor_client: Client, voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal, accountant: User
) -> None:
    bills = [voucher(f"RE-2025-30{n}", f"{100 + n}.10", contact=f"Firma {n}") for n in range(8)]
    paid = [booking(f"-{100 + n}.10", f"RE-2025-30{n}", counterparty=f"Firma {n}") for n in range(8)]
    mine = proposal((bills[0], paid[0], "100.10"))
    answers = together(
        lambda: run_matching(kontor_client), lambda: run_matching(kontor_client), lambda: confirm(mine, accountant)
    )
    assert not [answer for answer in answers[:2] if isinstance(answer, Exception)]
    standing = Allocation.objects.filter(standing=True)
    assert standing.count() == len({part.voucher_id for part in standing}) == 8
    live = Proposal.objects.exclude(state="superseded").values_list("fingerprint", flat=True)
    assert len(live) == len(set(live))


def test_a_voucher_is_not_withdrawn_under_the_hands_of_whoever_decides(
    kontor_client: Client, voucher: MakeVoucher
) -> None:
    bill = voucher("R1", "100")

    def work() -> None:
        withdraw(bill, "voided")
        connection.close()

    withdrawing = Thread(target=work)
    with transaction.atomic():
        lock(kontor_client.pk)
        withdrawing.start()
        withdrawing.join(timeout=0.5)
        assert withdrawing.is_alive()
    withdrawing.join(timeout=30)
    assert Voucher.objects.get().withdrawn_at is not None


def test_the_same_lines_imported_twice_at_once(db: None) -> None:
    client = add_client(name="Tischlerei", email="", number="10001", today=date(2026, 3, 12))
    account = account_for(client, iban=IBAN)
    answers = together(*[lambda: import_transactions(account, [LINE])] * 3)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert account.transactions.count() == 1
