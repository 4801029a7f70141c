"""Every reason of the engine has its words, in the reader's form."""

import re

import pytest
from django.utils import translation

from matching.engine.types import EVIDENCE_CODES
from matching.evidence_text import SENTENCES, reasons, sentence
from matching.models import Proposal

SAMPLES = {
    "number": "RE-2041",
    "found": "RE 2041",
    "expected": "1190.00",
    "booked": "-1154.30",
    "difference": "35.70",
    "percent": "3.00",
    "currency": "USD",
    "rate": "1.0834",
    "count": "4",
    "position": "2",
    "days": "3",
    "contact": "Druckhaus Seeblick",
    "similarity": "0.91",
    "iban": "DE02120300000000202051",
    "other": "Papier Nord",
    "creditor": "DE98ZZZ09999999999",
    "date": "2025-03-17",
    "voucher": "11",
    "transaction": "12",
    "probability": "0.4104",
    "threshold": "0.9950",
    "limit": "5000.00",
    "kind": "discount",
    "fixed": "0.35",
    "first": "2025-03-10",
    "last": "2025-03-16",
}


def named_params(description: str) -> set[str]:
    _, _, names = description.partition("params:")
    return set(re.findall(r"[a-z]+", names))


@pytest.mark.parametrize("code", sorted(EVIDENCE_CODES))
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_code_has_a_sentence(code: str, language: str) -> None:
    assert code in SENTENCES
    params = {name: SAMPLES[name] for name in named_params(EVIDENCE_CODES[code])}
    with translation.override(language):
        text = sentence({"code": code, "supports": True, "weight": 1.0, "params": params})
        bare = sentence({"code": code, "supports": True, "weight": 1.0, "params": {}})
    assert text.endswith(".")
    assert "%(" not in text
    assert "Note of the engine" not in text
    assert bare


def test_the_fullest_sentence_needs_only_what_the_engine_promises() -> None:
    for code, description in EVIDENCE_CODES.items():
        needed = set(re.findall(r"%\((\w+)\)", str(SENTENCES[code][0])))
        assert needed <= named_params(description), code


@pytest.mark.parametrize(
    ("language", "amount", "day"), [("de", "1.154,30", "17.03.2025"), ("en", "1,154.30", "17 Mar 2025")]
)
def test_amounts_and_dates_take_the_readers_form(language: str, amount: str, day: str) -> None:
    with translation.override(language):
        assert amount in sentence({"code": "amount_equal", "params": {"booked": "-1154.30"}})
        assert day in sentence({"code": "returned", "params": {"date": "2025-03-17"}})


def test_numbers_of_vouchers_are_left_as_they_are() -> None:
    with translation.override("de"):
        assert "2025.10" in sentence({"code": "number_in_text", "params": {"number": "2025.10"}})


def test_an_unknown_code_is_readable() -> None:
    with translation.override("en"):
        assert sentence({"code": "moon_phase", "params": {}}) == "Note of the engine: moon phase."
        assert "found full" in sentence({"code": "moon_phase", "params": {"found": "full"}})


def test_reasons_speak_for_then_against_and_once() -> None:
    evidence = [
        {"code": "payment_date_far", "supports": False, "weight": -1.0, "params": {}},
        {"code": "name_differs", "supports": False, "weight": -4.0, "params": {}},
        {"code": "amount_equal", "supports": True, "weight": 2.0, "params": {}},
        {"code": "number_in_text", "supports": True, "weight": 6.0, "params": {"number": "R1"}},
        {"code": "amount_equal", "supports": True, "weight": 2.0, "params": {}},
    ]
    found = reasons(Proposal(evidence=evidence))
    assert [item["code"] for item in found] == ["number_in_text", "amount_equal", "name_differs", "payment_date_far"]
    assert [item["supports"] for item in found] == [True, True, False, False]
