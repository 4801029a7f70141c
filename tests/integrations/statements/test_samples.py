"""Every sample of other projects, against figures that independent parsers agree on."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from integrations.statements.inspect import inspect_statement

from .reading import advices, codes, entries, lines, pending

pytestmark = pytest.mark.samples

FOLDER = Path(os.environ.get("KONTOR_SAMPLES", "")) / "bank"
HAVE_SAMPLES = bool(os.environ.get("KONTOR_SAMPLES"))
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text()) if HAVE_SAMPLES else {}
# Answers of providers' interfaces are no files of a bank.
FOREIGN = sorted(name for name, facts in EXPECTED.items() if name.endswith(".json"))
STATEMENTS = sorted(set(EXPECTED) - set(FOREIGN))
CAMT = sorted(name for name in STATEMENTS if EXPECTED[name]["format"].startswith("camt"))

# What is wrong with a file beyond its figures; each is named as an error, everything else is read.
BROKEN = {
    # these three do not say in the file which account they are of: a person says it at the upload
    "b2y__n26-20171001-20171106.csv": {"no_account"},
    "rfee__targobank-duesseldorf-variation.csv": {"no_account"},
    "rfee__targobank-duesseldorf.csv": {"no_account"},
    "hbci4j__test-camt-parse-invalid.xml": {"no_statement"},
    # the totals of the statement agree with its entries, so the closing balance is what is wrong
    "newinno__error-camt053.xml": {"balance_wrong"},
    # a minus beside DBIT may mean money out or money in: the schema knows no sign, so nobody guesses
    "psynetic__example.camt053.xml": {"amount", "no_account"},
    "srcamt__statement_ac04.xml": {"no_date"},
    "wolph__betterplace_sepa_snippet_broken.sta": {"misplaced"},
    "wolph__self-provided_invalid_statement.sta": {"unknown"},
}
# Figures that are not taken over: the account of the one stands in its first :25:, the other is no MT940 at all.
NOT_COMPARED = {
    "wolph__betterplace_sepa_snippet_broken.sta": {"account"},
    "wolph__self-provided_invalid_statement.sta": {"format"},
}


def _each(names: Iterable[str]) -> pytest.MarkDecorator:
    missing = pytest.param("", marks=pytest.mark.skip("KONTOR_SAMPLES is not set: the sample files are not here"))
    return pytest.mark.parametrize("name", list(names) or [missing])


def test_the_samples_are_there(samples: Path) -> None:
    formats = [EXPECTED[name]["format"].partition(":")[0].partition(".0")[0] for name in STATEMENTS]
    assert {kind: formats.count(kind) for kind in formats} == {"camt": 38, "mt940": 33, "csv": 7, "zip": 1}
    assert samples / "bank" == FOLDER


@_each(STATEMENTS)
def test_figures(name: str) -> None:
    report = inspect_statement(FOLDER / name, name)
    facts, left_out = EXPECTED[name], NOT_COMPARED.get(name, set())
    assert report["format"] == facts["format"] or "format" in left_out
    assert len(report["accounts"]) == len(facts["accounts"])
    for found, wanted in zip(report["accounts"], facts["accounts"], strict=True):
        given = {**found, "other_id": found["account"]}
        known = {key: value for key, value in wanted.items() if value is not None and key not in left_out}
        assert {key: given[key] for key in known} == known
        for key in ("iban", "opening_balance", "closing_balance"):
            assert wanted[key] is not None or given[key] is None
    assert {error["code"] for error in report["errors"]} == BROKEN.get(name, set())
    assert all(error["message"] and error["place"] for error in report["errors"])


@_each(STATEMENTS)
def test_a_balance_that_does_not_add_up_is_reported(name: str) -> None:
    report = inspect_statement(FOLDER / name, name)
    wrong = sum(account.get("reconciles") is False for account in EXPECTED[name]["accounts"])
    found = [problem["code"] for problem in report["errors"] + report["warnings"]]
    assert found.count("balance_equation") + found.count("balance_wrong") == wrong


@_each(FOREIGN)
def test_other_formats_get_a_clear_error(name: str) -> None:
    report = inspect_statement(FOLDER / name, name)
    assert report["accounts"] == []
    assert [error["code"] for error in report["errors"]] == ["foreign"]
    assert report["format"] in report["errors"][0]["message"]


@_each(name for name in STATEMENTS if EXPECTED[name]["format"].startswith(("mt940", "csv", "zip", "camt.053")))
def test_every_booked_entry_becomes_lines_of_its_amount(name: str) -> None:
    source = FOLDER / name
    found = lines(source)
    if not BROKEN.get(name):
        wanted = sum(entry.signed for entry in entries(source) if entry.status in ("BOOK", ""))
        assert sum(line.amount for line in found) == wanted
    places = {(line.place.member, line.numbered_key) for line in found}
    assert len(places) == len(found)
    assert all(line.family and line.family in EXPECTED[name]["format"] for line in found)


@_each(name for name in CAMT if ".053" not in EXPECTED[name]["format"] and name not in BROKEN)
def test_reports_and_advices_lose_nothing_and_advices_are_no_money(name: str) -> None:
    source = FOLDER / name
    if ".054" in EXPECTED[name]["format"]:
        assert not lines(source)
        assert not pending(source)
        assert sum(advice.amount for advice in advices(source)) == sum(entry.signed for entry in entries(source))
    else:
        both = [*lines(source), *pending(source)]
        assert sum(line.amount for line in both) == sum(entry.signed for entry in entries(source))


def test_a_reversed_batch_is_split(samples: Path) -> None:
    found = lines(samples / "bank" / "oca__test-camt053.xml")
    assert [str(line.amount) for line in found] == ["-754.25", "-564.05", "-100.00", "1405.31"]
    assert [line.part for line in found] == [1, 1, 2, 1]
    assert [line.reversal for line in found] == [False, True, True, False]
    assert found[1].return_reason == "AC06"
    assert found[0].mandate_id == "1880000341866"
    assert found[0].code == "PMNT-RDDT-ESDD"


def test_old_german_details(samples: Path) -> None:
    found = lines(samples / "bank" / "viafintech__camt053_valid_example.xml")
    first, second, third, *batch = found
    assert (first.counterparty, first.creditor_id) == ("Testkonto Nummer 2", "CreditorIdentifier")
    assert (first.gvc, first.code) == ("020", "020")
    assert (second.end_to_end_id, second.ultimate_party) == ("", "")
    assert (third.counterparty_iban, third.purpose) == ("740618130100033626", "R CKBUCHUNG")
    assert [str(line.amount) for line in batch] == ["-3.50", "-2.50"]
    # the owner is the creditor of a debit here: his own account gives that away
    assert batch[0].counterparty == "Testkonto Nummer 2"


def test_the_entry_amount_wins_over_a_wrong_detail(samples: Path) -> None:
    source = next((samples / "bank").glob("phpff__11_*"))
    assert "detail_differs" in codes(source)
    assert str(lines(source)[2].amount) == "-20000.00"
    assert lines(source)[2].purpose_lines == ("Bestätigter Scheck vom 13.03.2024", "Scheck Nr. 135469")


def test_structured_reference(samples: Path) -> None:
    found = lines(samples / "bank" / "viafintech__camt053_valid_example_v8.xml")
    assert found[1].structured_reference == "RF38000000000000000000552"
    assert (found[0].counterparty, found[0].ultimate_party) == ("Jon Doe", "John Doe")
