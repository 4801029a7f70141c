"""Marks in a bank's text."""

from hypothesis import given
from hypothesis import strategies as st

from matching.review.marks import pieces, ranges

RANGES = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40), st.sampled_from(["for", "against"])), max_size=6)


@given(st.text(max_size=30), RANGES)
def test_no_letter_is_lost_doubled_or_moved(text: str, marks: list[tuple[int, int, str]]) -> None:
    marks = [(max(start, 0), end, tone) for start, end, tone in marks]
    found = pieces(text, marks)
    assert "".join(piece.text for piece in found) == text
    assert all(piece.text for piece in found)


def test_only_what_was_found_is_marked() -> None:
    evidence = [
        {"supports": True, "params": {"field": "purpose", "start": "3", "end": "10", "found": "re 2041"}},
        {"supports": False, "params": {"field": "purpose", "start": "0", "end": "2", "found": "XY"}},
        {"supports": True, "params": {"field": "purpose", "start": "x", "end": "2"}},
        {"supports": True, "params": {"field": "counterparty", "start": "0", "end": "2"}},
        {"supports": True, "params": {"number": "RE-2041"}},
        "nothing of ours",
    ]
    assert ranges(evidence, "purpose", "RG RE 2041") == [(3, 10, "for")]
