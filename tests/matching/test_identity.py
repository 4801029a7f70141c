"""The same payment told by several sources is one, real twins stay two, whatever came first."""

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.services.identity import Seen, contradict, same_payments, settle

FAMILIES = (("camt.053.001.08", 1), ("mt940", 2), ("feed:qonto", 3), ("camt.052.001.08", 4), ("csv:dkb", 6))

payment = st.fixed_dictionaries(
    {
        "end_to_end": st.sampled_from(["", "", "E2E10001", "E2E10002", "E2E20003"]),
        "iban": st.sampled_from(["", "DE02120300000000202051", "DE75512108001245126199"]),
        "mandate": st.sampled_from(["", "", "M1X", "M2Y"]),
        "reference": st.sampled_from(["", "R1", "R2", "R3"]),
        "name": st.sampled_from(["DRUCKHAUSSEEBLICKGMBH", "KAFFEE", "KAFFEEROESTEREI"]),
        "text": st.sampled_from(["", "RECHNUNG8062", "RECHNUNG8063", "ABO"]),
    }
)


@st.composite
def tellings(draw: st.DrawFn) -> tuple[int, list[Seen]]:
    """A number of payments of one bucket, and what several families say about all of them, with their losses."""
    payments = draw(st.lists(payment, min_size=1, max_size=6))
    told = []
    for family, rank in draw(st.lists(st.sampled_from(FAMILIES), min_size=1, max_size=5, unique=True)):
        losing = draw(st.sets(st.sampled_from(["end_to_end", "iban", "mandate", "reference", "text"])))
        cut = draw(st.sampled_from([3, 8, 100]))
        for number, facts in enumerate(payments):
            kept = {name: "" if name in losing else value for name, value in facts.items()}
            kept["name"] = kept["name"][:cut]
            if "reference" in kept and draw(st.booleans()):
                kept["reference"] = f"{family}{number}" if kept["reference"] else ""
            told.append(Seen(family, rank, f"{family}-{number}", **kept))
    return len(payments), told


@given(tellings(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_every_order_gives_every_payment_once(what: tuple[int, list[Seen]], chance: random.Random) -> None:
    count, told = what
    expected = _as_sets([[told[position] for position in group] for group in same_payments(told)])
    assert len(expected) == count
    shuffled = chance.sample(told, len(told))
    rows: dict[int, list[Seen]] = {}
    numbers = itertools.count(1)
    while shuffled:
        size = chance.randint(1, len(shuffled))
        delivered, shuffled = shuffled[:size], shuffled[size:]
        before = {row: {(one.family, one.key) for one in said} for row, said in rows.items()}
        settled = settle(rows, delivered)
        rows = {next(numbers) if one.row is None else one.row: list(one.said) for one in settled}
        assert before.keys() <= rows.keys()
        for said in rows.values():
            assert len({one.family for one in said}) == len(said)
            assert not any(contradict(one, other) for one in said for other in said)
    assert _as_sets(list(rows.values())) == expected


def _as_sets(groups: list[list[Seen]]) -> set[frozenset[tuple[str, str]]]:
    return {frozenset((one.family, one.key) for one in group) for group in groups}


def test_thousands_of_equal_amounts_are_told_apart_in_reasonable_time() -> None:
    lines = [
        Seen(family, rank, f"{family}{n}", end_to_end=f"ABO{n:05}", iban=f"DE02{n:018}")
        for n in range(3000)
        for family, rank in FAMILIES[:2]
    ]
    lines += [Seen("csv:dkb", 6, f"c{n}") for n in range(3000)]
    groups = same_payments(lines)
    assert len(groups) == 3000
    assert all(len(group) == 3 for group in groups)


def test_a_line_makes_room_for_one_that_fits_nowhere_else() -> None:
    """The bare line came first and took the place that only the other one can have."""
    one = Seen("camt.053.001.08", 1, "a1", iban="DE02120300000000202051")
    two = Seen("camt.053.001.08", 1, "a2", iban="DE75512108001245126199")
    bare = Seen("csv:dkb", 6, "c1")
    told = Seen("csv:dkb", 6, "c2", iban="DE02120300000000202051")
    first = settle({1: [one], 2: [two]}, [bare])
    rows = {payment.row: list(payment.said) for payment in first if payment.row}
    settled = settle(rows, [told])
    assert {payment.row: set(payment.said) for payment in settled} == {1: {one, told}, 2: {two, bare}}
