"""Our own German: the words that are agreed, one form of address, quotation marks, dashes and spaces as they belong."""

import re

import polib
import pytest

from config.translations import BASE_DIR, OWN_CATALOGUE

AGREED = {
    "No Connection": "Keine Verbindung",
    "Activate Connection": "Verbindung aktivieren",
    "Active": "Aktiv",
    "Connection Failed": "Verbindung fehlgeschlagen",
    "Accounting connections": "Buchhaltungsverbindungen",
    "Contact Support": "Support kontaktieren",
    "Enter API key here": "API-Schlüssel hier eingeben",
    "client": "Mandant",
    "voucher": "Beleg",
    "payment": "Zahlung",
    "bank transaction": "Banktransaktion",
    "External transaction": "Externe Transaktion",
    "proposal": "Vorschlag",
    "match": "Zuordnung",
}
MISTAKES = {
    "informal address": r"(?i)\b(?:du|dein(?:e[mnrs]?)?|dir|dich|musst|kannst|hast|bist)\b",
    "straight quotation mark": r'"',
    "English quotation mark": r"”|“(?=\w)",
    "three dots": r"\.\.\.",
    "hyphen as a dash": r"\s-\s",
    "breakable space before a unit": r"(?:\d|[sd]|%%) (?:%%|€|MB|Stunden\b|Zeichen\b|Monate\b)",
}


def german() -> dict[str, list[str]]:
    """Each source text with its German forms, without HTML tags."""
    forms = {
        entry.msgid: [entry.msgstr, *entry.msgstr_plural.values()]
        for entry in polib.pofile(str(BASE_DIR / OWN_CATALOGUE))
    }
    return {source: [re.sub(r"<[^>]*>", "", form) for form in found if form] for source, found in forms.items()}


def test_agreed_words() -> None:
    known = german()
    assert {source: known[source] for source in AGREED} == {source: [word] for source, word in AGREED.items()}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_text_has_this_mistake(mistake: str) -> None:
    wrong = re.compile(MISTAKES[mistake])
    assert [form for forms in german().values() for form in forms if wrong.search(form)] == []
