"""Texts: folding and back, words of names, dates and amounts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.text import amounts_in, dates_in, fold, is_collective_contact, locate, name_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Müller & Söhne", "MUELLER & SOEHNE"), ("Groß", "GROSS"), ("Café Ayşe", "CAFE AYSE"), ("Yıldız", "YILDIZ")],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(alphabet="aäöüßÄéşłøœ RE-20", max_size=40), st.data())
def test_locate_leads_back_to_the_text(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded)))
    end = data.draw(st.integers(start, len(folded)))
    first, last = locate(text, start, end)
    assert folded[start:end] in fold(text[first:last])
    assert len(fold(text[first:last])) <= end - start + 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kühn & Partner GmbH & Co. KG", ("KUEHN",)),
        ("Sommer S.à r.l.", ("SOMMER",)),
        ("Berg, Dr. Anna", ("BERG", "ANNA")),
        ("Fa. Lenz Ges. mit beschränkter Haftung", ("LENZ",)),
    ],
)
def test_names_lose_their_legal_form(name: str, expected: tuple[str, ...]) -> None:
    assert name_words(name) == expected


@pytest.mark.parametrize("name", ["Sammelkunde", "Sammellieferant Etsy", "Diverse"])
def test_collective_contacts(name: str) -> None:
    assert is_collective_contact(name)
    assert not is_collective_contact("Sander Sammlungen")


@pytest.mark.parametrize("text", ["VOM 05.03.2025", "2025-03-05T10:11:12", "05-03-2025", "V. 05.03.", "5.3.25"])
def test_dates_in_texts(text: str) -> None:
    assert [d.means(date(2025, 3, 5)) for d in dates_in(text)] == [True]


def test_no_dates_where_there_are_none() -> None:
    assert dates_in("RE 2025-0186 99.99.2025 KTO 1234567890") == []


def test_amounts_in_texts() -> None:
    assert [cents for cents, _, _ in amounts_in("RE 12 1.190,00 EUR 45.50 USD 1'000,10")] == [119000, 4550, 100010]


def test_a_flood_of_digits_is_no_amount() -> None:
    assert amounts_in("9" * 5000 + ",00 12,50") == [(1250, 5004, 5009)]
