"""Whatever people do in whatever order: nothing is used twice, and the log tells the whole story."""

from collections import defaultdict
from contextlib import suppress
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Client, User
from matching.models import Allocation, Decision, Proposal
from matching.services import UnableToDecide, confirm, reject, reopen_for_voucher, undo
from matching.services.loading import shares_of, usage_of
from tests.matching.conftest import MakeBooking, MakeProposal, MakeVoucher

pytestmark = pytest.mark.django_db(transaction=False)


def check(client: Client) -> None:
    replayed = dict.fromkeys(Proposal.objects.values_list("pk", flat=True), "suggested")
    for decision in Decision.objects.order_by("pk"):
        assert decision.from_state == replayed[decision.proposal_id]
        replayed[decision.proposal_id] = decision.to_state
    assert replayed == dict(Proposal.objects.values_list("pk", "state"))
    used: dict[int, Decimal] = defaultdict(Decimal)
    settled: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    parts = list(Allocation.objects.select_related("voucher", "transaction"))
    for part in parts:
        assert part.standing == (replayed[part.proposal_id] in Proposal.STANDING)
        if part.standing:
            sign = 1 if part.transaction.amount > 0 else -1
            used[part.transaction_id] += sign * part.voucher.direction * part.amount
            settled[part.voucher_id][part.proposal_id] += part.amount
    for part in parts:
        assert used[part.transaction_id] <= abs(part.transaction.amount)
        matches = settled[part.voucher_id].values()
        assert len(matches) < 2 or sum(matches) <= max(part.voucher.total, *matches)
    # what is open could be confirmed
    usage = usage_of(client)
    waiting = shares_of(list(Proposal.objects.filter(state="suggested").values_list("pk", flat=True)))
    assert not any(usage.conflict(shares) for shares in waiting.values())


gestures = st.lists(
    st.tuples(st.sampled_from(["confirm", "reject", "undo", "undo decision", "reopen"]), st.integers(0, 11)),
    min_size=3,
    max_size=14,
)


@pytest.fixture
def world(voucher: MakeVoucher, booking: MakeBooking, proposal: MakeProposal) -> list[Proposal]:
    """Four vouchers and three bookings, every plausible pair proposed, and two combinations."""
    bills = [
        voucher("R1", "100"),
        voucher("R2", "60"),
        voucher("R3", "40"),
        voucher("G1", "20", type="purchasecreditnote"),
    ]
    paid = [booking("-100"), booking("-60"), booking("-80")]
    rows = [
        proposal((bill, payment, str(min(bill.total, -payment.amount)))) for bill, payment in product(bills[:3], paid)
    ]
    rows.append(proposal((bills[1], paid[0], "60.00"), (bills[2], paid[0], "39.99")))
    rows.append(proposal((bills[0], paid[2], "100"), (bills[3], paid[2], "20")))
    rows.append(proposal((bills[0], paid[1], "59.99"), (bills[0], paid[2], "40.01")))
    return rows


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=gestures)
def test_any_order_of_decisions(
    world: list[Proposal], kontor_client: Client, accountant: User, steps: list[tuple[str, int]]
) -> None:
    Decision.objects.update(undoes=None, cause=None)
    Decision.objects.all().delete()
    Proposal.objects.update(state="suggested")
    Allocation.objects.update(standing=False)
    for gesture, number in steps:
        row = world[number]
        with suppress(UnableToDecide):
            if gesture == "confirm":
                confirm(row, accountant)
            elif gesture == "reject":
                reject(row, accountant)
            elif gesture == "undo":
                undo(row, accountant)
            elif gesture == "reopen":
                part = row.allocations.first()
                assert part is not None
                reopen_for_voucher(part.voucher, "changed")
            else:
                decision = Decision.objects.order_by("-pk").first()
                if decision is not None:
                    undo(decision, accountant)
        check(kontor_client)
