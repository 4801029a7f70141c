"""The words for people."""

import re

import pytest
from django.utils import translation

from integrations.statements.inspect import inspect_statement
from integrations.statements.messages import LAZY_TEXTS, describe, describe_place
from integrations.statements.problems import TEXTS, Code
from integrations.statements.shapes import Place, ReadError


@pytest.mark.parametrize("code", list(Code))
def test_every_problem_has_words(code: Code) -> None:
    names = re.findall(r"%\((\w+)\)s", TEXTS[code])
    problem = ReadError(Place(1, 2, 3), code, {name: f"<{name}>" for name in names})
    with translation.override("en"):
        assert describe(problem) == problem.message
    assert all(f"<{name}>" in problem.message for name in names)
    assert set(LAZY_TEXTS) == set(Code)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(), "file"),
        (Place(2), "statement 2"),
        (Place(1, 17, 240), "statement 1, entry 17, line 240"),
        (Place(line=3), "line 3"),
    ],
)
def test_places_in_words(place: Place, words: str) -> None:
    assert str(place) == words
    with translation.override("en"):
        assert describe_place(place) == words


def test_the_report_takes_other_words() -> None:
    report = inspect_statement(b"", "x", message=lambda problem: f"!{problem.code}", place=lambda place: "hier")
    assert report["errors"] == [{"place": "hier", "message": "!empty", "code": "empty"}]
