"""Whatever runs, rules, versions and late data do: what people have decided stays as they decided it."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from accounts.models import Client, User
from matching.models import Allocation, Decision, MatchingPolicy, Proposal
from matching.services import UnableToDecide, confirm, reject, run_matching, undo
from matching.services.comparing import apply_difference, compare
from matching.services.loading import pairs_of
from matching.services.policies import policy_of, save_policy
from tests.factories import booking, voucher

pytestmark = pytest.mark.django_db
State = Proposal.State
OPEN = (State.SUGGESTED, State.AUTOMATIC)
RULES = (MatchingPolicy(), MatchingPolicy(highest=Decimal(150)), MatchingPolicy(highest=Decimal(0)))


class Firm:
    """A small client, what people have decided of it, and everything that may happen to it."""

    def __init__(self, client: Client, person: User) -> None:
        self.client, self.person = client, person
        self.decided: dict[int, str] = {}
        self.taken_back: set[frozenset[tuple[str, str]]] = set()
        self.lines = 0
        for index, total in enumerate(("100.00", "200.00", "200.00", "119.00", "60.00")):
            voucher(client, index, total, payments_read=True)
        # by number, by name alone, one for two, less a discount, and for nothing that is there
        for amount, purpose in (("-100", ""), ("-200", "Danke"), ("-115.43", "RE-2044 abzgl. Skonto"), ("-59", "Rest")):
            self.line(amount, purpose)

    def line(self, amount: str, purpose: str = "") -> None:
        booking(self.client, self.lines, amount, purpose)
        self.lines += 1

    def run(self, _number: int) -> None:
        run_matching(self.client)

    def new_version(self, number: int) -> None:
        """What stands was made by an older version; today's is looked at and applied, or only runs."""
        Proposal.objects.filter(client=self.client).update(engine_version="0.9", upheld_by="0.9 abc")
        if number % 2:
            run_matching(self.client, renew=True)
        else:
            run_matching(self.client)

    def rule(self, number: int) -> None:
        save_policy(self.client, RULES[number % len(RULES)], self.person)
        run_matching(self.client)

    def compare(self, _number: int) -> None:
        found, _thought = compare(self.client, policy_of(self.client))
        assert apply_difference(self.client, None, found.digest, self.person)

    def late_line(self, number: int) -> None:
        self.line(
            ("-100", "-200", "-119", "100")[number % 4], ("", "Danke", "RE 2044", "Rueckgabe RE-2041")[number % 4]
        )
        run_matching(self.client)

    def late_voucher(self, number: int) -> None:
        there = self.client.vouchers.count()
        voucher(self.client, there, ("100.00", "200.00", "59.00")[number % 3], payments_read=True)
        run_matching(self.client)

    def confirm(self, number: int) -> None:
        row = self._one(number, OPEN)
        if row is not None:
            confirm(row, self.person)
            self.decided[row.pk] = State.CONFIRMED

    def reject(self, number: int) -> None:
        row = self._one(number, OPEN)
        if row is not None:
            reject(row, self.person)
            self.decided[row.pk] = State.REJECTED

    def undo(self, number: int) -> None:
        row = self._one(number, (State.CONFIRMED, State.REJECTED, State.AUTOMATIC))
        if row is not None:
            decision = undo(row, self.person)
            self.decided.pop(row.pk, None)
            if decision.to_state == State.SUGGESTED:
                self.taken_back |= set(pairs_of(self.client, _only(row)))

    def check(self) -> None:
        rows = Proposal.objects.filter(pk__in=self.decided)
        assert dict(rows.values_list("pk", "state")) == self.decided
        standing = Allocation.objects.filter(standing=True).values_list("proposal", flat=True)
        assert {pk for pk, state in self.decided.items() if state == State.CONFIRMED} <= set(standing)
        refused = {pk for pk, state in self.decided.items() if state == State.REJECTED}
        for pairs in pairs_of(self.client, _among(refused)):
            assert pairs not in pairs_of(self.client, _live())
        automatic = Proposal.objects.filter(state=State.AUTOMATIC)
        for row in automatic:
            # what a person has taken back is for a person alone, unless another person's undoing brought it back
            last = row.decisions.latest("pk")
            (pairs,) = pairs_of(self.client, _only(row))
            assert last.actor is not None or pairs not in self.taken_back

    def _one(self, number: int, states: tuple[State, ...]) -> Proposal | None:
        rows = list(Proposal.objects.filter(client=self.client, state__in=states).order_by("pk"))
        return rows[number % len(rows)] if rows else None


def _only(row: Proposal) -> Q:
    return _among({row.pk})


def _among(ids: set[int]) -> Q:
    return Q(pk__in=ids)


def _live() -> Q:
    return Q(state__in=[State.SUGGESTED, *Proposal.STANDING])


PEOPLE: tuple[Callable[[Firm, int], None], ...] = (Firm.confirm, Firm.reject, Firm.undo)
MACHINE: tuple[Callable[[Firm, int], None], ...] = (
    Firm.run,
    Firm.new_version,
    Firm.rule,
    Firm.compare,
    Firm.late_line,
    Firm.late_voucher,
)
STEPS = some.lists(
    some.tuples(some.sampled_from((*PEOPLE, *PEOPLE, *MACHINE)), some.integers(0, 7)), min_size=3, max_size=7
)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[(Firm.undo, 0), (Firm.late_line, 0), (Firm.new_version, 1), (Firm.compare, 0), (Firm.late_voucher, 0)])
@example(steps=[(Firm.confirm, 0), (Firm.reject, 1), (Firm.rule, 2), (Firm.compare, 0), (Firm.rule, 0), (Firm.undo, 1)])
@example(steps=[(Firm.reject, 0), (Firm.late_line, 0), (Firm.undo, 0), (Firm.new_version, 0), (Firm.new_version, 1)])
def test_nothing_touches_what_people_decided(
    kontor_client: Client, accountant: User, steps: list[tuple[Callable[[Firm, int], None], int]]
) -> None:
    with transaction.atomic():
        firm = Firm(kontor_client, accountant)
        run_matching(kontor_client)
        assert Proposal.objects.filter(state=State.AUTOMATIC).exists()
        for step, number in steps:
            said = list(Decision.objects.filter(actor=accountant).values_list("pk", flat=True))
            try:
                with transaction.atomic():
                    step(firm, number)
            except UnableToDecide:
                continue
            if step in MACHINE:
                assert list(Decision.objects.filter(actor=accountant).values_list("pk", flat=True)) == said
            firm.check()
        transaction.set_rollback(True)
