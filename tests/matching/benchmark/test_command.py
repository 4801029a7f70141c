"""The benchmark's command: a table, one line for machines, and goals only for the engine."""

import io
import json
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from matching.benchmark.goals import Goal, judged


@pytest.fixture(autouse=True)
def without_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the small set: cross-validation over the large ones takes a minute."""
    monkeypatch.delenv("KONTOR_SAMPLES", raising=False)


def run(*arguments: str) -> list[str]:
    """What the command writes; it leaves with 1 where a goal is missed."""
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("bench_matching", "--set", "dev-small", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()


def test_one_baseline_has_a_line_and_no_goals() -> None:
    lines = run("--only", "datev", "--brief")
    assert any("in-sample" in row for row in lines)
    (line,) = (row for row in lines if row.startswith("datev"))
    assert line.split()[1:3] == ["124", "1"]
    answer = json.loads(lines[-1])
    assert set(answer["sets"]["dev-small"]) == {"datev"}
    assert (answer["goals"], answer["goal_met"]) == ({}, None)


def test_the_engine_beside_a_baseline_by_scenario(tmp_path: Path) -> None:
    lines = run("--only", "kontor", "--only", "amount-date", "--plot", str(tmp_path / "plot.svg"))
    answer = json.loads(lines[-1])
    ours, theirs = answer["sets"]["dev-small"]["kontor"], answer["sets"]["dev-small"]["amount-date"]
    assert ours["wrong"] < theirs["wrong"]
    assert ours["recall"] > theirs["recall"]
    assert answer["goal_met"] is answer["goals"]["dev-small"]["precision"]["met"]
    (heading,) = (row for row in lines if row.startswith("scenario"))
    assert heading.split() == ["scenario", "n", "kontor", "amount-date"]
    assert sum(row.startswith("sale_transfer_exact") for row in lines) == 1
    assert (tmp_path / "plot.svg").read_text().startswith("<svg")


def test_large_sets_are_wanted_and_not_there() -> None:
    with pytest.raises(CommandError, match="KONTOR_SAMPLES"):
        call_command("bench_matching", "--set", "dev-large", stdout=io.StringIO(), stderr=io.StringIO())


def test_goals() -> None:
    assert Goal("recall", 0.97).met({"recall": 0.97})
    assert not Goal("recall", 0.97).met({"recall": None})
    assert not Goal("calibration_error", 0.01, below=True).met({"calibration_error": 0.01})
    assert judged("any", {"precision": 1.0}) == {"precision": {"at_least": 0.999, "value": 1.0, "met": True}}
    assert "recall" in judged("dev-payouts", {})
