"""Writes tables as the banks do: the same lines in the columns, forms and encoding of each profile."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from integrations.statements.tables.columns import normal_name
from integrations.statements.tables.profile import Profile

OWN = "DE89370400440532013000"


@dataclass(frozen=True)
class Line:
    """A line of an account."""

    day: date
    amount: Decimal
    name: str = ""
    iban: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Style:
    """How a file is written."""

    separator: str = ";"
    encoding: str = "utf-8-sig"
    quoted: bool = True
    newline: str = "\r\n"
    decimal: str = ""  # of the profile
    grouping: bool = False
    cut_zeros: bool = False
    above: tuple[str, ...] = ()


def header_of(profile: Profile) -> list[str]:
    """The columns of a profile, each once, the first of its alternatives."""
    names: list[str] = []
    marks = {normal_name(name): normal_name(mark[0]) for mark in profile.marks for name in mark}
    for _, alternatives in profile.columns.roles():
        wanted = next((name for name in alternatives if marks.get(normal_name(name)) == normal_name(name)), "")
        chosen = wanted or alternatives[0]
        if chosen not in names and not any(other in names for other in alternatives):
            names.append(chosen)
    for mark in profile.marks:
        if not any(name in names for name in mark):
            names.append(mark[0])
    # what tells Deutsche Bank from Postbank
    return ["IBAN" if "deutsche" in profile.name and name == "IBAN / Kontonummer" else name for name in names]


def number(amount: Decimal, decimal: str, *, grouping: bool = False, cut_zeros: bool = False) -> str:
    """``-1.234,50``, ``-1234,5``, ``-1,234.50`` and the like."""
    text = f"{amount:,.2f}" if grouping else f"{amount:.2f}"
    if cut_zeros and not grouping:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if decimal == "," else text


def day_text(day: date, form: str) -> str:
    """A day in a form such as ``D.M.y``."""
    parts = {"D": f"{day:%d}", "M": f"{day:%m}", "Y": f"{day:%Y}", "y": f"{day:%y}"}
    return "".join(parts.get(letter, letter) for letter in form)


def write(
    profile: Profile,
    lines: Sequence[Line],
    style: Style,
    header: Sequence[str] | None = None,
    form: str = "",
    balance: Decimal = Decimal(1000),
) -> bytes:
    """The file of ``lines``, oldest first, behind a ``balance``; ``header`` puts the columns into another order."""
    columns = list(profile.header) or list(header or header_of(profile))
    rows = []
    for place, line in enumerate(lines, start=1):
        balance += line.amount
        cells = _cells(profile, line, balance, f"T-{place}", style, form or (*profile.dates, "Y-M-D")[0])
        by_name = {normal_name(name): text for name, text in cells.items()}
        rows.append([by_name.get(normal_name(name), "") for name in columns])
    written = io.StringIO()
    written.write("".join(f"{text}{style.newline}" for text in style.above))
    writer = csv.writer(
        written,
        delimiter=style.separator,
        quoting=csv.QUOTE_ALL if style.quoted else csv.QUOTE_MINIMAL,
        lineterminator=style.newline,
    )
    if not profile.header:
        writer.writerow(columns)
    writer.writerows(rows)
    return written.getvalue().encode(style.encoding)


def _cells(profile: Profile, line: Line, balance: Decimal, reference: str, style: Style, form: str) -> dict[str, str]:
    sign = style.decimal or profile.decimal
    texts: dict[str, str] = {}

    def put(role: str, text: str) -> None:
        for name in getattr(profile.columns, role):
            texts.setdefault(name, text)

    def money(amount: Decimal) -> str:
        return number(amount, sign, grouping=style.grouping, cut_zeros=style.cut_zeros)

    day = day_text(line.day, form)
    put("booking_date", day)
    put("value_date", day)
    put("amount", money(line.amount))
    if line.amount < 0:
        put("debit", money(line.amount))
    else:
        put("credit", money(line.amount))
    put("direction", "S" if line.amount < 0 else "H")
    put("currency", "EUR")
    put("counterparty", line.name)
    put("payer", line.name if line.amount > 0 else "Ich")
    put("payee", line.name if line.amount < 0 else "Ich")
    put("iban", line.iban)
    put("balance", money(balance))
    put("account", f"'{OWN}'" if profile.header else OWN)
    put("reference", reference)
    for name in profile.columns.purpose[:1]:
        texts[name] = line.purpose
    texts["Status"] = "Abgeschlossen"
    return texts
