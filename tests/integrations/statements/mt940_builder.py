"""Builds small MT940 and MT942 files the way German banks write them: lines of 65 characters, CRLF, subfields."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from integrations.statements.values import decimal_text

BLZ_ACCOUNT = "12030000/1020304050"


@dataclass(frozen=True)
class Move:
    """A ``:61:`` with its ``:86:``; ``details`` is the whole text behind ``:86:``, cut into lines by the builder."""

    amount: str = "10,00"
    mark: str = "D"
    value: str = "260302"
    booked: str = "0302"
    funds: str = "R"
    tail: str = "NMSCNONREF"
    supplement: str = ""
    details: str = "177?00Ueberweisung?20SVWZ+Miete"

    @property
    def signed(self) -> Decimal:
        amount = Decimal(self.amount.replace(",", ".") + ("0" if self.amount.endswith(",") else ""))
        return amount if self.mark in ("C", "RD") else -amount


def money(amount: Decimal, day: str, currency: str = "EUR") -> str:
    """A balance: ``C260302EUR10,00``."""
    return f"{'D' if amount < 0 else 'C'}{day}{currency}{decimal_text(abs(amount)).replace('.', ',')}"


def german(gvc: str, *subfields: tuple[str, str], mark: str = "?") -> str:
    """A German ``:86:``."""
    return gvc + "".join(f"{mark}{number}{text}" for number, text in subfields)


def cut(text: str, width: int = 65) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)] or [""]


def move_lines(move: Move) -> list[str]:
    lines = [f":61:{move.value}{move.booked}{move.mark}{move.funds}{move.amount}{move.tail}"]
    if move.supplement:
        lines.append(move.supplement)
    if move.details:
        first, *rest = cut(move.details)
        lines += [f":86:{first}", *rest]
    return lines


def message(
    *moves: Move,
    account: str = BLZ_ACCOUNT,
    opening: str = "100.00",
    closing: str | None = None,
    number: str = "00001/001",
    days: tuple[str, str] = ("260301", "260302"),
    currency: str = "EUR",
    inner: tuple[bool, bool] = (False, False),
    reference: str = "STARTUMSE",
) -> list[str]:
    """One statement as lines. ``inner`` makes its opening, its closing balance that of an inner page."""
    first = Decimal(opening)
    last = first + sum(move.signed for move in moves) if closing is None else Decimal(closing)
    lines = [f":20:{reference}", f":25:{account}", f":28C:{number}"]
    lines.append(f":60{'M' if inner[0] else 'F'}:{money(first, days[0], currency)}")
    for move in moves:
        lines += move_lines(move)
    return [*lines, f":62{'M' if inner[1] else 'F'}:{money(last, days[1], currency)}", "-"]


def today(*moves: Move, account: str = BLZ_ACCOUNT, made: str = "2603021830+0100", floor: str = "0,") -> list[str]:
    """An MT942 as lines."""
    lines = [":20:STARTDISPE", f":25:{account}", ":28C:00001/001", f":34F:EURD{floor}", f":34F:EURC{floor}"]
    lines.append(f":13D:{made}")
    for move in moves:
        lines += move_lines(move)
    for mark, tag in (("D", "90D"), ("C", "90C")):
        amounts = [abs(move.signed) for move in moves if (move.signed < 0) == (mark == "D")]
        total = decimal_text(sum(amounts, Decimal(0))).replace(".", ",")
        lines.append(f":{tag}:{len(amounts)}EUR{total}")
    return [*lines, "-"]


def file(*messages: Iterable[str], end: str = "\r\n", encoding: str = "utf-8") -> bytes:
    """A file of messages."""
    return "".join(f"{line}{end}" for lines in messages for line in lines).encode(encoding)
