"""A policy only holds back, says why, and is judged by what the engine needed to explain."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from matching.client_policy import Difference, MatchKind, Policy, apply_policy, differences_of
from matching.engine.types import EVIDENCE_CODES, Allocation, Evidence, Permission, Proposal

policies = some.builds(
    Policy,
    threshold=some.decimals("0", "0.9999", places=4),
    highest=some.none() | some.decimals("0", "5000", places=2),
    kinds=some.frozensets(some.sampled_from(MatchKind)),
    differences=some.frozensets(some.sampled_from(Difference)),
)
evidence = some.builds(
    Evidence,
    code=some.sampled_from(sorted(EVIDENCE_CODES)),
    supports=some.booleans(),
    weight=some.floats(-5, 5),
    params=some.just({"expected": "100.00", "booked": "97.00"}),
)
proposals = some.builds(
    Proposal,
    allocations=some.just((Allocation("1", "2", Decimal("97.00")),)),
    probability=some.floats(0, 1),
    permission=some.sampled_from(Permission),
    evidence=some.lists(evidence, max_size=4).map(tuple),
    runner_up=some.none(),
    kind=some.sampled_from(["single", "partial", "collective", "netted", "payout", "something_new"]),
)


def proposal(kind: str = "single", code: str = "amount_equal", probability: float = 0.999, **params: str) -> Proposal:
    shown = {"expected": "100.00", "booked": "97.00", **params}
    return Proposal(
        (Allocation("1", "2", Decimal("97.00")),),
        probability,
        Permission.AUTOMATIC,
        (Evidence(code, True, 2.0, shown),),
        None,
        kind,
    )


def codes(held: Proposal) -> list[str]:
    return [item.code for item in held.evidence if item.code.startswith("policy_client_")]


@given(proposals, policies, some.none() | some.decimals("0", "10000", places=2))
def test_a_policy_only_holds_back_and_says_why(found: Proposal, policy: Policy, euros: Decimal | None) -> None:
    held = apply_policy(found, policy, euros)
    assert held.allocations == found.allocations
    assert held.evidence[: len(found.evidence)] == found.evidence
    if held.permission == found.permission:
        assert held == found
    else:
        assert (found.permission, held.permission) == (Permission.AUTOMATIC, Permission.SUGGEST)
        assert codes(held)
    assert apply_policy(held, policy, euros) == held


@given(proposals, some.none() | some.decimals("0", "10000", places=2))
def test_without_a_policy_the_engine_decides(found: Proposal, euros: Decimal | None) -> None:
    assert apply_policy(found, Policy(), euros) == found


@given(proposals, policies, some.none() | some.decimals("0", "10000", places=2))
def test_what_a_stricter_policy_lets_stand_a_laxer_one_does_too(
    found: Proposal, policy: Policy, euros: Decimal | None
) -> None:
    laxer = Policy(policy.threshold / 2, None, policy.kinds | {MatchKind.SINGLE}, policy.differences)
    if apply_policy(found, policy, euros).permission == Permission.AUTOMATIC:
        assert apply_policy(found, laxer, euros).permission == Permission.AUTOMATIC


@pytest.mark.parametrize(
    ("found", "policy", "euros", "expected"),
    [
        (proposal(probability=0.9949), Policy(threshold=Decimal("0.995")), "1", ["policy_client_threshold"]),
        (proposal(probability=0.995), Policy(threshold=Decimal("0.995")), "1", []),
        (proposal(), Policy(highest=Decimal(500)), "500.00", []),
        (proposal(), Policy(highest=Decimal(500)), "500.01", ["policy_client_amount"]),
        (proposal(), Policy(highest=Decimal(500)), None, ["policy_client_amount"]),
        (proposal(), Policy(), None, []),
        (proposal("partial"), Policy(kinds=frozenset({MatchKind.SINGLE})), "1", ["policy_client_kind"]),
        (proposal("brand_new"), Policy(kinds=frozenset({MatchKind.SINGLE})), "1", ["policy_client_kind"]),
        (proposal("brand_new"), Policy(), "1", []),
        (
            proposal(code="amount_less_discount"),
            Policy(differences=frozenset({Difference.FEE})),
            "1",
            ["policy_client_difference"],
        ),
        (proposal(code="amount_less_fee"), Policy(differences=frozenset({Difference.FEE})), "1", []),
        (proposal(code="amount_equal"), Policy(differences=frozenset()), "1", []),
        (proposal(code="amount_of_the_future"), Policy(), "1", []),
        (
            proposal(code="amount_of_the_future"),
            Policy(differences=frozenset({Difference.FEE})),
            "1",
            ["policy_client_difference"],
        ),
    ],
)
def test_each_limit(found: Proposal, policy: Policy, euros: str | None, expected: list[str]) -> None:
    assert codes(apply_policy(found, policy, None if euros is None else Decimal(euros))) == expected


@pytest.mark.parametrize(
    ("booked", "expected"),
    [("101.00", Difference.OVERPAYMENT), ("-101.00", Difference.OVERPAYMENT), ("99.00", Difference.UNDERPAYMENT)],
)
def test_more_and_less_are_told_apart(booked: str, expected: Difference) -> None:
    assert differences_of([Evidence("amount_differs", False, -1.0, {"expected": "100.00", "booked": booked})]) == {
        expected
    }


def test_the_same_contents_have_the_same_key() -> None:
    assert Policy(threshold=Decimal("0.5")).key == Policy(threshold=Decimal("0.5000")).key
    assert Policy().key != Policy(highest=Decimal(0)).key
