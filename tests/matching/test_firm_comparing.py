"""A rule of the firm is compared at all clients and applied in one step, and whatever is repeated changes nothing."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import Client, User
from accounts.services import add_client
from matching.models import (
    BankAccount,
    Comparison,
    Decision,
    FirmComparison,
    MatchingPolicy,
    PolicyChange,
    Proposal,
    Transaction,
)
from matching.services import confirm, run_matching
from matching.services.firm_comparing import ask_for_firm, ask_to_apply_firm, standing_of, work
from matching.services.policies import save_policy, values_of
from matching.tasks import compare_firm, compare_matching, send_lost_requests
from tests.conftest import TODAY
from tests.factories import voucher

pytestmark = pytest.mark.django_db
State = Proposal.State
STRICT = values_of(MatchingPolicy(highest=Decimal("150.00")))


def books(name: str, number: str, accountant: User, *totals: str) -> Client:
    """A client with an automatic match over each of these amounts."""
    made = add_client(name=name, email="", number=number, accountant=accountant, today=TODAY)
    account = BankAccount.objects.create(client=made, key=f"account-{number}")
    for index, total in enumerate(totals):
        pays = voucher(made, index, total, payments_read=True)
        Transaction.objects.create(
            client=made,
            account=account,
            key=f"line-{index}",
            booking_date=pays.paid_on or TODAY,
            amount=-pays.total,
            counterparty=pays.contact_name,
            purpose=f"Rechnung {pays.number}",
        )
    run_matching(made)
    assert made.proposals.filter(state=State.AUTOMATIC).count() == len(totals)
    return made


@pytest.fixture
def firm(kontor_client: Client, accountant: User) -> list[Client]:
    """Two clients that a limit of 150.00 touches, one that it does not, and one that has a rule of its own."""
    clients = [
        books("Ahrens", "30001", accountant, "100.00", "200.00", "300.00"),
        books("Behn", "30002", accountant, "400.00"),
        books("Clausen", "30003", accountant, "90.00"),
        books("Dose", "30004", accountant, "500.00"),
    ]
    save_policy(clients[3], MatchingPolicy(threshold=Decimal(50)), accountant)
    run_matching(clients[3])
    return clients


def everything() -> tuple[list[Any], int, int]:
    rows = list(Proposal.objects.order_by("pk").values_list("pk", "state", "updated_at", "upheld_by"))
    return rows, Decision.objects.count(), PolicyChange.objects.count()


def found(row: FirmComparison) -> dict[str, tuple[str, int]]:
    parts = row.parts.select_related("client")
    return {part.client.name: (part.state, part.result["counts"]["no_longer"]) for part in parts}


def automatic(client: Client) -> int:
    return client.proposals.filter(state=State.AUTOMATIC).count()


def test_every_client_is_compared_and_nothing_is_written(firm: list[Client], partner: User) -> None:
    before = everything()
    row = ask_for_firm(STRICT, partner)
    assert standing_of(row).state == "waiting"
    compare_firm(row.pk)
    compare_firm(row.pk)
    assert everything() == before
    row.refresh_from_db()
    assert row.left_out == 1
    assert found(row) == {"Ahrens": ("done", 2), "Behn": ("done", 1), "Clausen": ("done", 0)}
    assert (standing_of(row).state, standing_of(row).done) == ("done", 3)


def test_it_is_applied_to_all_in_one_step_and_once(firm: list[Client], partner: User, accountant: User) -> None:
    row = ask_for_firm(STRICT, partner)
    assert not ask_to_apply_firm(row, partner)
    compare_firm(row.pk)
    row.refresh_from_db()
    assert ask_to_apply_firm(row, partner)
    assert not ask_to_apply_firm(row, partner)
    rule = MatchingPolicy.objects.get(client=None)
    assert (rule.highest, rule.changes.get().actor) == (Decimal(150), partner)
    compare_firm(row.pk)
    assert {state for state, _count in found(row).values()} == {"applied"}
    assert standing_of(FirmComparison.objects.get(pk=row.pk)).state == "applied"
    assert [automatic(client) for client in firm] == [1, 0, 1, 1]
    assert set(row.parts.values_list("applied_by", flat=True)) == {partner.pk}
    assert MatchingPolicy.objects.filter(client__isnull=False).count() == 1
    written = everything()
    compare_firm(row.pk)
    for client in firm:
        run_matching(client)
    assert everything() == written


def test_a_worker_hands_over_and_another_goes_on(firm: list[Client], partner: User) -> None:
    row = ask_for_firm(STRICT, partner)
    for done in (1, 2, 3):
        work(FirmComparison.objects.get(pk=row.pk), seconds=0)
        assert standing_of(FirmComparison.objects.get(pk=row.pk)).done == done
    # one that a lost worker had begun is begun again
    row.parts.filter(client=firm[0]).update(state="running", digest="")
    compare_firm(row.pk)
    assert found(row)["Ahrens"] == ("done", 2)


def test_what_was_lost_is_sent_again(firm: list[Client], partner: User) -> None:
    row = ask_for_firm(None, partner)
    FirmComparison.objects.update(touched_at=timezone.now() - timedelta(hours=1))
    send_lost_requests()
    send_lost_requests()
    assert OrmQ.objects.count() == 1
    compare_firm(row.pk)
    OrmQ.objects.all().delete()
    FirmComparison.objects.update(touched_at=timezone.now() - timedelta(hours=1))
    send_lost_requests()
    assert not OrmQ.objects.exists()


def test_a_client_at_which_something_has_changed_stays_as_it_is(firm: list[Client], partner: User) -> None:
    row = ask_for_firm(STRICT, partner)
    compare_firm(row.pk)
    confirm(firm[0].proposals.get(allocations__amount=200), partner)
    row.refresh_from_db()
    ask_to_apply_firm(row, partner)
    compare_firm(row.pk)
    assert {name: state for name, (state, _count) in found(row).items()} == {
        "Ahrens": "outdated",
        "Behn": "applied",
        "Clausen": "applied",
    }
    assert [automatic(client) for client in firm[:2]] == [2, 0]
    assert standing_of(FirmComparison.objects.get(pk=row.pk)).state == "applied"


def test_where_a_run_did_it_already_it_counts_as_applied(firm: list[Client], partner: User) -> None:
    save_policy(None, MatchingPolicy(highest=Decimal(150)), partner)
    for client in firm[:3]:
        run_matching(client, renew=True)
    row = ask_for_firm(values_of(MatchingPolicy()), partner)
    compare_firm(row.pk)
    assert row.parts.get(client=firm[1]).result["counts"]["becomes"] == 1
    row.refresh_from_db()
    ask_to_apply_firm(row, partner)
    run_matching(firm[1])
    compare_firm(row.pk)
    assert {state for state, _count in found(row).values()} == {"applied"}
    assert [automatic(client) for client in firm[:2]] == [3, 1]


def test_a_client_that_fails_keeps_nobody_waiting(firm: list[Client], partner: User) -> None:
    row = ask_for_firm(STRICT, partner)
    work(row, seconds=0)
    broken = {**STRICT, "highest": "what nobody can read"}
    row.parts.filter(client=firm[1]).update(policy=broken)
    compare_firm(row.pk)
    assert row.parts.get(client=firm[1]).state == "failed"
    row.refresh_from_db()
    assert ask_to_apply_firm(row, partner)
    compare_firm(row.pk)
    assert [automatic(client) for client in firm[:3]] == [1, 1, 1]


def test_the_rules_in_force_are_compared_at_all_clients(firm: list[Client], partner: User) -> None:
    save_policy(firm[3], MatchingPolicy(highest=Decimal(10)), partner)
    row = ask_for_firm(None, partner)
    compare_firm(row.pk)
    assert {name for name, (_state, count) in found(row).items() if count} == {"Dose"}
    row.refresh_from_db()
    ask_to_apply_firm(row, partner)
    compare_firm(row.pk)
    assert automatic(firm[3]) == 0
    assert not MatchingPolicy.objects.filter(client=None).exists()


def test_the_database_keeps_a_client_once_and_wants_an_answer_first(firm: list[Client], partner: User) -> None:
    row = ask_for_firm(None, partner)
    compare_firm(row.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Comparison.objects.create(client=firm[0], firm=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        FirmComparison.objects.create(applied_at=timezone.now())


def test_a_comparison_of_one_client_is_none_of_the_firm(firm: list[Client], partner: User) -> None:
    alone = Comparison.objects.create(client=firm[0])
    compare_matching(alone.pk)
    row = ask_for_firm(None, partner)
    compare_firm(row.pk)
    row.refresh_from_db()
    ask_to_apply_firm(row, partner)
    alone.refresh_from_db()
    assert alone.state == "done"
