"""Document numbers in bank texts."""

import pytest

from matching.engine.numbers import Number, NumberText, wording
from matching.engine.slips import another_of_the_kind, cut, typo
from matching.engine.text import dates_in, figures_of_another_kind, fold


def read(text: str, amount: int = 0) -> NumberText:
    folded = fold(text)
    return NumberText("purpose", folded, figures_of_another_kind(folded, dates_in(folded), amount))


def found(number: str, text: str) -> str:
    """How the number stands in the text, or an empty string."""
    n, windows = Number(number), read(text)
    hits = [
        (n.forms[w.value].weight, len(w.value), wording(n, windows.folded[w.start : w.end]))
        for w in windows.windows
        if w.value in n.forms and not windows.says_no_document(w)
    ]
    return max(hits)[2] if hits else ""


@pytest.mark.parametrize(
    ("number", "text", "code"),
    [
        ("RE-2025-0186", "Rechnung RE-2025-0186 vom 03.03.", "number_in_text"),
        ("RE-2025-0186", "re 2025/0186", "number_rewritten"),
        ("RE-2025-0186", "RE-2025-01 86", "number_torn"),
        ("RE-2025-0186", "RG 20250186", "number_rewritten"),
        ("RE-2025-0186", "Rg. RE186", "number_rewritten"),
        ("RE-2025-0186", "Nr. 0186/2025", "number_rewritten"),
        ("A-007575", "77 / A7575", "number_rewritten"),
        ("02278", "Beleg 2278", "number_rewritten"),
        ("R0006034", "Zahlung R00 06034", "number_torn"),
    ],
)
def test_forms_that_count(number: str, text: str, code: str) -> None:
    assert found(number, text) == code


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("14", "Rechnung 1814"),
        ("02278", "Konto 10227845"),
        ("83965", "KD-Nr. 83965"),
        ("310125", "Ihr Schreiben vom 31.01.2025"),
        ("RE-2025-0186", "RE-2025-01861"),
        ("Rechnung", "Rechnung"),
    ],
)
def test_forms_that_do_not(number: str, text: str) -> None:
    assert found(number, text) == ""


def test_longer_numbers_say_more() -> None:
    weights = [max(f.weight for f in Number(n).forms.values()) for n in ("186", "20186", "2520186")]
    assert weights == sorted(weights)
    assert weights[0] < weights[1]


@pytest.mark.parametrize("text", ["RE-2025-01O9", "RE-2025-0190", "RE-2025-019", "RE-2025-01009"])
def test_one_slip_is_a_typo(text: str) -> None:
    hit = typo(Number("RE-2025-0109"), read(text), known=())
    assert hit is not None
    assert hit.code == "number_typo"


def test_another_vouchers_number_is_no_typo() -> None:
    assert typo(Number("RE-2025-0109"), read("RE-2025-0108"), known={"RE20250108", "20250108"}) is None
    assert typo(Number("1234"), read("1235"), known=()) is None


def test_cut_at_the_end_only() -> None:
    assert cut(Number("RE-2025-0109"), read("Zahlung zu Rechnung RE-2025-01")) is not None
    assert cut(Number("RE-2025-0109"), read("RE-2025-01 danke")) is None


def test_another_number_of_the_same_build() -> None:
    assert another_of_the_kind(Number("RE-2025-0109"), read("RE-2025-0237")) is not None
    assert another_of_the_kind(Number("RE-2025-0109"), read("RE-2025-0109")) is None
    assert another_of_the_kind(Number("RE-2025-0109"), read("RE-2025-01")) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("02042", "SIXT 8709//Hamburg/DE 2025-06-26T20:42:06 KFN 6"),
        ("001436", "Kartenzahlung 16.06.2025 14:36 Uhr"),
        ("02410", "Rg. 24.10."),
        ("06220", "KAUFUMSATZ 26.06 220.61 073536"),
        ("119000", "Betrag 1.190,00 EUR"),
        ("119000", "EUR 1190,00 Miete"),
    ],
)
def test_dates_times_and_amounts_are_no_numbers(number: str, text: str) -> None:
    n = Number(number)
    assert not [w for w in read(text, 22061).windows if w.value in n.values]
    assert another_of_the_kind(n, read(text, 22061)) is None


@pytest.mark.parametrize(("number", "text"), [("2041", "RE 2040,41 2041,42"), ("RE-2025-0186", "RE-2025-0186 12:30")])
def test_numbers_beside_other_figures_count(number: str, text: str) -> None:
    assert found(number, text)
