"""A difference is shown without writing, and applied only as it was shown; people's decisions stay."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.models import Client, User
from matching.client_policy import Policy
from matching.models import Comparison, Decision, MatchingPolicy, PolicyChange, Proposal
from matching.services import confirm, run_matching
from matching.services.comparing import apply_difference, ask, ask_to_apply, compare, make
from matching.services.policies import save_policy, values_of
from matching.tasks import apply_comparison, compare_matching
from tests.factories import booking, voucher

pytestmark = pytest.mark.django_db
State = Proposal.State
STRICT = values_of(MatchingPolicy(highest=Decimal("150.00")))


@pytest.fixture
def three(kontor_client: Client) -> list[Proposal]:
    """Three automatic matches over 100.00, 200.00 and 300.00."""
    for index, total in enumerate(("100.00", "200.00", "300.00")):
        voucher(kontor_client, index, total, payments_read=True)
        booking(kontor_client, index, f"-{total}")
    run_matching(kontor_client)
    rows = list(Proposal.objects.filter(state=State.AUTOMATIC).order_by("allocations__amount"))
    assert len(rows) == 3
    return rows


def everything() -> tuple[list[Any], int, int]:
    rows = list(Proposal.objects.order_by("pk").values_list("pk", "state", "updated_at", "upheld_by"))
    return rows, Decision.objects.count(), PolicyChange.objects.count()


def test_comparing_writes_nothing_and_says_what_would_change(kontor_client: Client, three: list[Proposal]) -> None:
    before = everything()
    found, _thought = compare(kontor_client, Policy(highest=Decimal("150.00")))
    assert everything() == before
    assert {old.proposal for old in found.no_longer} == {three[1].pk, three[2].pk}
    assert all(old.held[0]["code"] == "policy_client_amount" for old in found.no_longer)
    assert (found.becomes, found.changed) == ((), ())
    same, _thought = compare(kontor_client, Policy())
    assert not same


def test_what_is_applied_is_what_was_shown(kontor_client: Client, three: list[Proposal], accountant: User) -> None:
    confirm(three[2], accountant)
    found, _thought = compare(kontor_client, Policy(highest=Decimal("150.00")))
    assert [old.proposal for old in found.no_longer] == [three[1].pk]
    assert apply_difference(kontor_client, STRICT, found.digest, accountant)
    states = [Proposal.objects.get(pk=row.pk).state for row in three]
    assert states == [State.AUTOMATIC, State.SUPERSEDED, State.CONFIRMED]
    assert Proposal.objects.get(state=State.SUGGESTED).fingerprint == three[1].fingerprint
    assert MatchingPolicy.objects.get().highest == Decimal(150)
    assert PolicyChange.objects.get().actor == accountant
    written = everything()
    run_matching(kontor_client)
    assert everything() == written
    back, _thought = compare(kontor_client, Policy())
    assert [new.fingerprint for new in back.becomes] == [three[1].fingerprint]
    assert apply_difference(kontor_client, values_of(MatchingPolicy()), back.digest, accountant)
    assert Proposal.objects.filter(state=State.AUTOMATIC).count() == 2


def test_nothing_is_applied_where_the_difference_is_another_by_now(
    kontor_client: Client, three: list[Proposal], accountant: User
) -> None:
    found, _thought = compare(kontor_client, Policy(highest=Decimal("150.00")))
    confirm(three[1], accountant)
    before = everything()
    assert not apply_difference(kontor_client, STRICT, found.digest, accountant)
    assert everything() == before
    assert not MatchingPolicy.objects.exists()


def test_a_changed_partner_is_shown_as_a_change(kontor_client: Client, three: list[Proposal]) -> None:
    wrong, right = three[0], three[1]
    part = right.allocations.get()
    other = booking(kontor_client, 40, "-200.00", "Danke", counterparty="Somebody Else")
    right.allocations.filter(pk=part.pk).update(transaction=other)
    Proposal.objects.filter(pk=right.pk).update(fingerprint="0" * 64, upheld_by="0.9 old")
    found, _thought = compare(kontor_client, Policy())
    ((old, new),) = found.changed
    assert old.proposal == right.pk
    assert [share.transaction for share in new.shares] == [part.transaction_id]
    assert wrong.pk not in {one.proposal for one in found.no_longer}
    assert apply_difference(kontor_client, None, found.digest, None)
    right.refresh_from_db()
    assert (right.state, right.decisions.latest("pk").reason) == (State.SUPERSEDED, "engine_changed")


def test_a_comparison_is_made_and_applied_by_tasks(
    kontor_client: Client, three: list[Proposal], accountant: User
) -> None:
    row = ask(kontor_client, STRICT, accountant)
    assert not ask_to_apply(row, accountant)
    compare_matching(row.pk)
    compare_matching(row.pk)
    row.refresh_from_db()
    assert (row.state, row.result["counts"]) == ("done", {"becomes": 0, "no_longer": 2, "changed": 0})
    apply_comparison(row.pk)  # nobody has asked for it
    assert Proposal.objects.filter(state=State.AUTOMATIC).count() == 3
    assert ask_to_apply(row, accountant)
    assert not ask_to_apply(row, accountant)
    apply_comparison(row.pk)
    apply_comparison(row.pk)
    row.refresh_from_db()
    assert (row.state, row.applied_by) == ("applied", accountant)
    assert Proposal.objects.filter(state=State.AUTOMATIC).count() == 1
    assert PolicyChange.objects.count() == 1


def test_an_outdated_comparison_says_so(kontor_client: Client, three: list[Proposal], accountant: User) -> None:
    row = ask(kontor_client, STRICT, accountant)
    make(row)
    confirm(three[1], accountant)
    ask_to_apply(row, accountant)
    apply_comparison(row.pk)
    row.refresh_from_db()
    assert row.state == "outdated"
    assert not MatchingPolicy.objects.exists()


def test_the_database_wants_a_digest_before_anything_is_applied(kontor_client: Client) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Comparison.objects.create(client=kontor_client, state="done")


def test_the_command_shows_and_applies(
    kontor_client: Client, three: list[Proposal], capsys: pytest.CaptureFixture[str]
) -> None:
    number = kontor_client.number
    call_command("compare_matching", number, "--highest", "150", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["counts"]["no_longer"], answer["applied"]) == (2, False)
    assert Proposal.objects.filter(state=State.AUTOMATIC).count() == 3
    call_command("compare_matching", number, "--json")
    assert json.loads(capsys.readouterr().out)["counts"] == {"becomes": 0, "no_longer": 0, "changed": 0}
    for wrong in (["--threshold", "100"], ["--highest", "much"], ["--threshold", "NaN"]):
        with pytest.raises(CommandError):
            call_command("compare_matching", number, *wrong)
    call_command("compare_matching", number, "--highest", "150", "--without", "discount", "--apply", "--json")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["applied"]
    assert Proposal.objects.filter(state=State.AUTOMATIC).count() == 1
    rule = MatchingPolicy.objects.get()
    assert (rule.highest, rule.discount, rule.fee) == (Decimal(150), False, True)


def test_a_rule_set_while_the_engine_works_counts(
    kontor_client: Client, three: list[Proposal], accountant: User
) -> None:
    voucher(kontor_client, 3, "400.00", payments_read=True)
    booking(kontor_client, 3, "-400.00")

    def meanwhile(done: int, of: int) -> None:
        save_policy(kontor_client, MatchingPolicy(highest=Decimal(150)), accountant)

    run_matching(kontor_client, progress=meanwhile)
    assert Proposal.objects.get(allocations__amount=Decimal(400)).state == State.SUGGESTED
