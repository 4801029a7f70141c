"""What the lines of a file add up to, by the simplest reading there is; None where the damage leaves that open."""

import csv
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

_ENTRY: Final = re.compile(r":61:[0-9]{6}(?:[0-9]{4})?(R?[CD])[A-Z]?([0-9]{1,15}),([0-9]{0,2})N[A-Z0-9]{3}(?![0-9,]).*")
_LIKE_ENTRY: Final = re.compile(r"[0-9]{4}R?[CD][A-Z]?[0-9]+,")
_NTRY: Final = re.compile(r"<Ntry>(.*?)</Ntry>", re.DOTALL)
_AMOUNT: Final = re.compile(r'<Amt Ccy="[A-Z]{3}">([0-9]{1,15}\.[0-9]{2})</Amt>')
_DIRECTION: Final = re.compile(r"<CdtDbtInd>(CRDT|DBIT)</CdtDbtInd>")

_GERMAN: Final = re.compile(r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,9}),[0-9]{1,2}")
_ENGLISH: Final = re.compile(r"-?[0-9]{1,9}\.[0-9]{2}")
_COLUMNS: Final = ("Betrag", "Betrag (€)", "Betrag (EUR)", "Betrag (Euro)", "Amount", "Amount (EUR)", "Umsatz in EUR")

CONTRADICTION: Final = Decimal("NaN")
"""What a file says whose columns contradict each other: no sum equals it, so the reader has to say something."""

Oracle = Callable[[bytes], Decimal | None]


def mt940_sum(data: bytes) -> Decimal | None:
    """Every line that is a plain :61:, provided that nothing else looks like one."""
    text = data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f]|@@", text):
        return None
    found = [match for line in text.split("\n") if (match := _ENTRY.fullmatch(line))]
    if not (len(found) == text.count(":61:") == len(_LIKE_ENTRY.findall(text))):
        return None
    return sum((_signed(*match.groups()) for match in found), Decimal(0))


def _signed(mark: str, whole: str, cents: str) -> Decimal:
    amount = Decimal(f"{whole}.{cents:0<2}")
    return amount if mark in ("C", "RD") else -amount


def camt_sum(data: bytes) -> Decimal | None:
    """Amount and direction of every ``Ntry``, provided that each has exactly one of both before its details."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if (
        "<!" in text
        or text.count("<?") > 1
        or not text.count("<Ntry>") == text.count("</Ntry>") == text.count("Ntry>") / 2
    ):
        return None
    total = Decimal(0)
    for block in _NTRY.findall(text):
        own = block.partition("<NtryDtls>")[0]
        amounts, directions = _AMOUNT.findall(own), _DIRECTION.findall(own)
        if (
            not (len(amounts) == len(directions) == own.count("<Amt") == own.count("<CdtDbtInd") == 1)
            or "<Ntry>" in block
        ):
            return None
        total += Decimal(amounts[0]) * (1 if directions[0] == "CRDT" else -1)
    return total


def table_sum(data: bytes) -> Decimal | None:
    """The one column of amounts, provided that every row below the header is whole and holds a plain amount."""
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffd]", text):
        return None
    mark = max(";,\t", key=text.count)
    try:
        rows = [row for row in csv.reader(text.splitlines(), delimiter=mark, strict=True) if any(row)]
    except csv.Error:
        return None
    heads = [at for at, row in enumerate(rows) if sum(cell in _COLUMNS for cell in row) == 1]
    if len(heads) != 1:
        return None
    head = rows[heads[0]]
    if {"Soll", "Haben"} <= set(head):
        return _three_columns(head, rows[heads[0] + 1 :])
    column = next(at for at, cell in enumerate(head) if cell in _COLUMNS)
    cells = [row[column] if len(row) == len(head) and all(row[:1]) else "" for row in rows[heads[0] + 1 :]]
    pattern = _ENGLISH if mark == "," else _GERMAN
    if not all(pattern.fullmatch(cell) for cell in cells):
        return None
    plain = cells if mark == "," else [cell.replace(".", "").replace(",", ".") for cell in cells]
    return sum(map(Decimal, plain), Decimal(0))


def _three_columns(head: list[str], rows: list[list[str]]) -> Decimal | None:
    """Debit, credit and amount: where a row has both, they say the same (but for a fee, which is another matter)."""
    amount, debit, credit = (head.index(name) for name in ("Betrag", "Soll", "Haben"))
    fee = next((at for at, name in enumerate(head) if name.startswith("Fremde")), None)
    rows = [row for row in rows if not (row[0] == "Kontostand" and sum(map(bool, row)) <= 4)]
    total, contradiction = Decimal(0), False
    for row in rows:
        if len(row) != len(head) or not row[0] or (fee is None or row[fee]):
            return None
        cells = [row[at] for at in (debit, credit, amount)]
        if not any(cells) or not all(_GERMAN.fullmatch(cell) for cell in cells if cell):
            return None
        out, into, said = (Decimal(cell.replace(".", "").replace(",", ".") or "0") for cell in cells)
        if out > 0 or into < 0:  # how debit is signed is for the whole column to say
            return None
        money = out + into if any(cells[:2]) else said
        contradiction |= bool(out and into)
        contradiction |= bool(cells[2]) and (abs(money) != abs(said) or said < 0 < money)
        total += money
    return CONTRADICTION if contradiction else total
