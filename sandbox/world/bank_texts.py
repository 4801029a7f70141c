"""What people and companies write into transfers, and what their banks make of it."""

from __future__ import annotations

from datetime import date
from random import Random

from sandbox.world.names import ascii_text

# The order is the order of use: two years of deals pass through all of them.
STYLES = (
    "exact",
    "rewritten",
    "exact",
    "missing",
    "torn",
    "exact",
    "customer",
    "rewritten",
    "exact",
    "reference",
    "cut",
)
# How far a year begins behind the one before: fewer than the texts any company's year takes from the list.
STYLES_A_YEAR = 6
MONTHS = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]


def digits(number: str) -> str:
    """Return the trailing digits of a document number."""
    tail = ""
    for letter in reversed(number):
        if not letter.isdigit():
            break
        tail = letter + tail
    return tail or number


def _rewritten(rng: Random, number: str) -> str:
    """Return a number as people retype it: spaced, with other prefixes, without its own."""
    tail = digits(number)
    stem = number[: len(number) - len(tail)].rstrip("-/ ")
    forms = [f"RG {tail}", f"Rechnung {tail}", f"RNR. {tail[:2]} {tail[2:]}".rstrip(), f"Re-Nr {tail}"]
    if stem:
        forms += [f"{stem} {tail}", f"{stem}-{tail}", f"{stem.lower()}{tail}"]
    return rng.choice(forms)


def _torn(number: str) -> str:
    """Return a number with the blank that a line seam leaves in it."""
    return f"Rechnung Nr. {number[:-2]} {number[-2:]}"


def remittance(rng: Random, style: str, number: str, day: date, customer: str) -> tuple[str, str]:
    """Return the text of a transfer for one document and its end-to-end reference.

    ``customer`` is the payer's number at the payee. Of the styles, ``missing`` names nothing, ``customer`` the customer
    number only, ``reference`` the document number only in the end-to-end reference, ``cut`` loses its last digits.
    """
    if style == "rewritten":
        return f"{_rewritten(rng, number)} vom {day:%d.%m.}", ""
    if style == "torn":
        return f"{_torn(number)} Kd {customer}", ""
    if style == "customer":
        return rng.choice((f"KD-NR {customer}", f"Kundennummer {customer} vielen Dank")), ""
    if style == "missing":
        return rng.choice(
            ("Vielen Dank", f"Rechnung vom {day:%d.%m.%y}", f"Rechnung {MONTHS[day.month - 1]}", "Ausgleich")
        ), ""
    if style == "reference":
        return rng.choice(("Rechnung", "Zahlung laut Avis", "")), number.replace("/", "-")
    if style == "cut":
        return f"Überweisung für Ihre Lieferung und Leistung, Rechnung Nr. {number[:-2]}", ""
    return rng.choice(
        (number, f"Rechnung {number}", f"{number} vom {day:%d.%m.%Y}", f"Rg. {number} / KdNr {customer}")
    ), ""


def several(numbers: list[str]) -> str:
    """Return the text of one transfer for several documents."""
    return "Rechnungen " + " + ".join(numbers)


def as_the_bank_writes(
    rng: Random, dialect: str, *, name: str, purpose: str, iban: str, bic: str, outgoing: bool
) -> tuple[str, tuple[str, ...]]:
    """Return counterparty and remittance lines with the habits of a bank.

    ``sparkasse`` cuts long texts into lines of 35 and often loses umlauts; ``volksbank`` appends account data and,
    when we paid, the TAN; ``hanse`` knows capitals only; ``direkt`` leaves everything as it is.
    """
    if dialect == "sparkasse":
        if rng.random() < 0.5:
            name, purpose = ascii_text(name), ascii_text(purpose)
        return name[:70], tuple(purpose[at : at + 35] for at in range(0, len(purpose), 35)) or ("",)
    if dialect == "volksbank":
        tail = f" IBAN: {iban} BIC: {bic}" if iban else ""
        tan = f" TAN: {rng.randrange(10**6):06d}" if outgoing and iban else ""
        return name[:54], (f"{purpose}{tan}{tail}".strip(),)
    if dialect == "hanse":
        return ascii_text(name).upper()[:35], (ascii_text(purpose).upper()[:140],)
    return name, (purpose[:140],)
