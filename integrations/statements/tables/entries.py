"""A row of a table as an entry of a statement."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring as json_text
from typing import Final

from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import BankCode, Direction, Entry, EntryDetail, Place, ReadError
from integrations.statements.tables.columns import Found, normal_name
from integrations.statements.tables.dates import BERLIN, is_day_number, read_day
from integrations.statements.tables.evidence import Forms
from integrations.statements.tables.numbers import read_number
from integrations.statements.tables.profile import Cells, Kind, Profile, Sign
from integrations.statements.values import currency_or_empty, meaningful

_OUT: Final = frozenset(
    {"s", "soll", "d", "dbit", "debit", "belastung", "ausgang", "lastschrift", "out", "outgoing", "af"}
)
_IN: Final = frozenset({"h", "haben", "c", "crdt", "credit", "gutschrift", "eingang", "in", "incoming", "bij"})
# a long number that a spreadsheet shortened: it is not that of the bank any more, and would contradict it
_RUINED: Final = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+")
_UNBOOKED_DAYS: Final = frozenset({"", "--", "-", "offen"})


def is_direction(word: str) -> bool:
    """Whether a text says which way money went."""
    return normal_name(word) in _OUT | _IN


def date_problem(written: str) -> Code:
    """What is wrong with a booking date that cannot be read."""
    if not written:
        return Code.NO_DATE
    return Code.DATE_NUMBER if is_day_number(written) else Code.DATE


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a row: an entry, or none; ``moved`` is what it did to the balance, ``balance`` what it says."""

    kind: Kind
    entry: Entry | None
    moved: Decimal
    balance: Decimal | None


class UnreadableRow(Exception):
    """A row that was not read; carries the problem."""

    def __init__(self, problem: ReadError) -> None:
        super().__init__(str(problem))
        self.problem = problem


class RowReader:
    """Turns fitted cells into entries."""

    def __init__(self, profile: Profile, found: Found, forms: Forms) -> None:
        self._profile = profile
        self._forms = forms
        self._at = found.at
        self._roles = [(role, place) for role, place in found.at.items()]
        self._normal = tuple(map(normal_name, found.names))
        self._keys = tuple(f"{json_text(name)}: " for name in found.names)
        self._purpose = found.purpose
        self._names = found.names

    def take(self, cells: tuple[str, ...], place: Place, currency: str) -> tuple[Taken, list[ReadError]]:
        """Read a row; the list holds warnings. Raises UnreadableRow."""
        text = {role: cells[at] for role, at in self._roles}
        row = Cells(
            text=text,
            names=self._normal,
            cells=cells,
            purpose=[cells[at] for at in self._purpose if cells[at]],
            amount=self._money(text, place),
        )
        if text.get("fee"):
            row.charges = self._optional("fee", text) or None
        if text.get("original_amount"):
            row.gross = self._optional("original_amount", text)
        self._judge(row)
        self._profile.finish(row)
        warnings: list[ReadError] = []
        balance = self._optional("balance", text)
        if row.kind in (Kind.NOTHING, Kind.REFUSED):
            return Taken(row.kind, None, Decimal(0), None), warnings
        if row.kind in (Kind.OPENING, Kind.CLOSING):
            return Taken(row.kind, None, Decimal(0), row.amount), warnings
        if row.kind is Kind.HOLD:
            return Taken(row.kind, None, row.amount, balance), warnings
        if row.amount == 0 and self._profile.zero_is_message and not row.gross:
            return Taken(Kind.NOTHING, None, Decimal(0), balance), warnings
        booked, valued = self._days(row, place, warnings)
        entry = self._entry(row, cells, place, currency, booked, valued)
        return Taken(row.kind, entry, row.amount, balance if row.kind is Kind.BOOKED else None), warnings

    def _money(self, text: dict[str, str], place: Place) -> Decimal:
        debit, credit, amount = text.get("debit", ""), text.get("credit", ""), text.get("amount", "")
        try:
            if debit or credit:
                value = self._of_two_columns(debit, credit, place)
                if amount:
                    self._compare(value, text, place)
                return value
            value = read_number(amount, self._forms.decimals.get("amount", ","))
        except ValueError:
            shown = debit or credit or amount
            raise UnreadableRow(ReadError(place, Code.AMOUNT, {"value": shown[:80]})) from None
        if "direction" in self._at:
            return self._directed(value, text["direction"], place)
        return -value if self._forms.sign is Sign.REVERSED else value

    def _of_two_columns(self, debit: str, credit: str, place: Place) -> Decimal:
        out = read_number(debit, self._forms.decimals["debit"]) if debit else Decimal(0)
        into = read_number(credit, self._forms.decimals["credit"]) if credit else Decimal(0)
        if out and into:
            raise self._contradiction("debit", debit, "credit", credit, place)
        return (out if self._forms.debit_signed else -out) + into

    def _compare(self, value: Decimal, text: dict[str, str], place: Place) -> None:
        """Refuse a row whose amount says something else than debit and credit do.

        The amount of a returned payment may be that of the order, to which the fee of the other bank was added.
        """
        amount = read_number(text["amount"], self._forms.decimals["amount"])
        fee = self._optional("fee", text) or Decimal(0)
        sizes = abs(value), abs(value) - abs(fee)
        turned = (amount < 0 < value) or (self._forms.amount_signed and value < 0 < amount)
        if abs(amount) not in sizes or turned:
            role = "debit" if text.get("debit") else "credit"
            raise self._contradiction("amount", text["amount"], role, text[role], place)

    def _contradiction(self, role: str, first: str, other: str, second: str, place: Place) -> UnreadableRow:
        params = {"column": self._names[self._at[role]], "other": self._names[self._at[other]]}
        params |= {"first": first[:40], "second": second[:40]}
        return UnreadableRow(ReadError(place, Code.CONTRADICTION, params))

    def _directed(self, value: Decimal, word: str, place: Place) -> Decimal:
        name = normal_name(word)
        if name in _OUT:
            return -abs(value)
        if name in _IN:
            return abs(value)
        raise UnreadableRow(ReadError(place, Code.DIRECTION, {"value": word[:80]}))

    def _optional(self, role: str, text: dict[str, str]) -> Decimal | None:
        try:
            return read_number(text[role], self._forms.decimals[role]) if text.get(role) else None
        except ValueError:
            return None

    def _judge(self, row: Cells) -> None:
        status = normal_name(row.text.get("status", ""))
        if not status:
            return
        if status.startswith(self._profile.pending or ("\0",)):
            row.kind = Kind.PENDING
        elif status.startswith(self._profile.void or ("\0",)):
            row.kind, row.reason = Kind.REFUSED, row.text["status"]

    def _days(self, row: Cells, place: Place, warnings: list[ReadError]) -> tuple[date | None, date | None]:
        booked = self._day("booking_date", row)
        valued: date | None = None
        written = row.text.get("value_date", "")
        if written and normal_name(written) not in _UNBOOKED_DAYS and written not in _UNBOOKED_DAYS:
            try:
                valued = read_day(written, self._forms.dates["value_date"])
            except ValueError:
                warnings.append(ReadError(place, Code.VALUE_DATE, {"value": written[:40]}, Severity.WARNING))
        if booked is None:
            booked = self._instant(row)
        if booked is None and row.kind is Kind.PENDING:
            booked = self._day("announced", row)
        if booked is None:
            written = row.text.get("booking_date", "")
            if row.kind is not Kind.PENDING or normal_name(written) not in _UNBOOKED_DAYS:
                code = date_problem(written)
                raise UnreadableRow(ReadError(place, code, {"value": written[:40]}))
            if valued is None:
                raise UnreadableRow(ReadError(place, Code.NO_DATE, {}, Severity.WARNING))
        return booked, valued

    def _day(self, role: str, row: Cells) -> date | None:
        try:
            return read_day(row.text.get(role, ""), self._forms.dates.get(role, ""))
        except ValueError:
            return None

    def _instant(self, row: Cells) -> date | None:
        """The day in Germany of a moment in UTC: half past eleven at night there is the next day here."""
        day = self._day("instant", row)
        if day is None:
            return None
        clock = row.text["instant"].replace("T", " ").partition(" ")[2][:8]
        try:
            time = datetime.strptime(clock, "%H:%M:%S" if len(clock) > 5 else "%H:%M").time()  # noqa: DTZ007
        except ValueError:
            return day
        return datetime.combine(day, time, UTC).astimezone(BERLIN).date()

    def _entry(
        self, row: Cells, cells: tuple[str, ...], place: Place, currency: str, booked: date | None, valued: date | None
    ) -> Entry:
        _text, get = row.text, row.text.get
        direction = Direction.CREDIT if row.amount >= 0 else Direction.DEBIT
        other = "payer" if direction is Direction.CREDIT else "payee"
        original, foreign = self._original(row, currency)
        rate = get("exchange_rate", "")
        detail = EntryDetail(
            direction=direction,
            amount=abs(row.amount),
            currency=currency,
            counterparty=meaningful(get("counterparty") or get(other, "")),
            counterparty_iban="".join(get("iban", "").split()).upper(),
            ultimate_party=meaningful(get("ultimate_party", "")),
            purpose_lines=tuple(_spaced(row.purpose)),
            end_to_end_id=_id(get("end_to_end_id") or row.sepa.get("EREF", "")),
            mandate_id=_id(get("mandate_id") or row.sepa.get("MREF", "")),
            creditor_id=_id(get("creditor_id") or row.sepa.get("CRED", "")),
            bank_reference=_id(get("reference", "")),
            turnover_id="",
            code=BankCode(),
            structured_reference="",
            return_reason="",
            return_info="",
            charges=row.charges,
            charges_currency=currency if row.charges is not None else "",
            instructed_amount=original,
            instructed_currency=foreign,
            additional_info="",
            raw="",
            counterparty_bic=get("bic", ""),
            exchange_rate=_rate(rate),
            exchange_currencies=(foreign, currency) if rate and foreign else ("", ""),
            sepa=row.sepa,
            more=row.more,
        )
        return Entry(
            place=place,
            amount=abs(row.amount),
            currency=currency,
            direction=direction,
            booking_date=booked,
            value_date=valued,
            status=row.kind.value,
            reversal=False,
            bank_reference=_id(get("reference", "")),
            notification_id="",
            additional_info=get("booking_text", ""),
            batch=None,
            code=BankCode(),
            details=(detail,),
            raw=self._raw(cells),
        )

    def _raw(self, cells: tuple[str, ...]) -> str:
        """The cells that hold anything, as a JSON object by the names of their columns."""
        return (
            "{" + ", ".join([key + json_text(cell) for key, cell in zip(self._keys, cells, strict=True) if cell]) + "}"
        )

    def _original(self, row: Cells, currency: str) -> tuple[Decimal | None, str]:
        if not row.gross:
            return None, ""
        foreign = currency_or_empty(row.text.get("original_currency", "").upper()) or currency
        amount = abs(row.gross)
        return (None, "") if foreign == currency and amount == abs(row.amount) else (amount, foreign)


def _id(text: str) -> str:
    return "" if _RUINED.fullmatch(text) else meaningful(text)


def _spaced(lines: list[str]) -> Iterator[str]:
    """Several columns are several texts, and never one that was cut."""
    for number, line in enumerate(lines, start=1):
        yield line if number == len(lines) else f"{line} "


def _rate(text: str) -> Decimal | None:
    try:
        return read_number(text, "," if "," in text else ".") if text else None
    except ValueError:
        return None
