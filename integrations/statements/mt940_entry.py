"""An entry: ``:61:`` and its ``:86:`` (reference: bank feeds 3.2)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from integrations.statements.mt940_details import Details, read_details
from integrations.statements.mt940_fields import decode
from integrations.statements.mt940_values import AMOUNT, booking_day, read_amount, read_day
from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import BankCode, Direction, Entry, EntryDetail, Place, ReadError
from integrations.statements.values import meaningful

# Value date, booking date, mark, funds letter, amount, type. R: cancelled, E: expected (MT942).
# Blanks between them, and small letters, come from programs that write the format by hand.
_LINE: Final = re.compile(
    rf" *([0-9]{{6}})([0-9]{{4}}| {{4}})? ?([RE]?[CD])([A-Z])? ?({AMOUNT}) ?(?:([A-Z])([A-Z0-9 ]{{3}})(.*))?",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(r"/(OCMT|CHGS)/([A-Z]{3})([0-9]{1,18}(?:,[0-9]{0,5})?)(?![0-9,.])")
_SEPA_MONEY: Final = re.compile(r"(?:([A-Z]{3}) ?)?([0-9]{1,15}(?:,[0-9]{0,5})?)(?: ?([A-Z]{3}))?")
# A cancelled credit is money out, a cancelled debit money in.
_DIRECTIONS: Final = {
    "C": Direction.CREDIT,
    "D": Direction.DEBIT,
    "RC": Direction.DEBIT,
    "RD": Direction.CREDIT,
    "EC": Direction.CREDIT,
    "ED": Direction.DEBIT,
}
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


@dataclass(frozen=True, slots=True)
class EntryReading:
    """What became of a ``:61:``: amount and direction where they could be read, the entry unless it was left out."""

    entry: Entry | None
    amount: Decimal | None
    direction: Direction | None
    problems: tuple[ReadError, ...]


def read_entry(
    lines: Sequence[bytes], details: Sequence[bytes], currency: str, place: Place, *, german: bool, booked: bool
) -> EntryReading:
    """Read an entry. ``german``: the account is, so a type such as N051 is a German transaction code. ``booked`` is
    False for a provisional delivery."""
    first = decode(lines[0]).rstrip()
    found = _LINE.fullmatch(first)
    if not found and len(lines) > 1 and (found := _LINE.fullmatch(first + decode(lines[1]).rstrip())):
        lines = [lines[0] + lines[1], *lines[2:]]  # broken within, before its amount
    if not found:
        return EntryReading(None, None, None, (ReadError(place, Code.ENTRY_LINE, {"value": first[:80]}),))
    value_text, booking_text, mark, _, amount_text, kind, kind_code, references = found.groups()
    mark, kind, kind_code = mark.upper(), (kind or "").upper(), (kind_code or "").upper()
    amount, direction = read_amount(amount_text), _DIRECTIONS[mark]
    try:
        value, exists = read_day(value_text)
        booking, booking_exists = (value, True)
        if booking_text and booking_text.strip():
            booking, booking_exists = booking_day(booking_text, value)
    except ValueError:
        problem = ReadError(place, Code.DATE, {"value": f"{value_text}{booking_text or ''}"})
        return EntryReading(None, amount, direction, (problem,))
    problems = []
    if not exists:
        problems.append(_clamped(place, value_text, value))
    if not booking_exists:
        problems.append(_clamped(place, booking_text or "", booking))
    said = read_details(details)
    own, _, banks = (references or "").partition("//")
    supplement = "\n".join(filter(None, (decode(line).strip() for line in lines[1:])))
    more = {
        "type": f"{kind}{kind_code}" if kind else "",
        "customer_reference": meaningful(own.strip().removesuffix("KREF+")),
    }
    more["supplement"] = supplement
    bank_reference = meaningful(banks.strip())
    code = _code(said, kind, kind_code, german=german)
    detail = _detail(said, direction, amount, currency, code, bank_reference, supplement, more["type"])
    entry = Entry(
        place=place,
        amount=amount,
        currency=currency,
        direction=direction,
        booking_date=booking,
        value_date=value,
        status="BOOK" if booked and mark[0] != "E" else "PDNG",
        reversal=mark[0] == "R",
        bank_reference=bank_reference,
        notification_id="",
        additional_info=said.booking_text,
        batch=None,
        code=code,
        details=(detail,),
        raw=_raw(lines, details),
        more={key: text for key, text in more.items() if text},
    )
    return EntryReading(entry, amount, direction, tuple(problems))


def _detail(
    said: Details,
    direction: Direction,
    amount: Decimal,
    currency: str,
    code: BankCode,
    bank_reference: str,
    supplement: str,
    type_code: str,
) -> EntryDetail:
    sepa = said.sepa or {}
    original, charges = _money(said, supplement, sepa)
    more = dict(said.other or {})
    if said.primanota:
        more["primanota"] = said.primanota
    if said.key_extension:
        more["key_extension"] = said.key_extension
    account = said.account
    if not _IBAN.fullmatch(account) and _IBAN.fullmatch(sepa.get("IBAN", "").replace(" ", "")):
        if account:
            more["?31"] = account
        account = sepa["IBAN"].replace(" ", "")
    debtor, creditor = sepa.get("ABWA", ""), sepa.get("ABWE", "")
    return EntryDetail(
        direction=direction,
        amount=amount,
        currency=currency,
        counterparty=said.name,
        counterparty_iban=account,
        ultimate_party=(debtor or creditor) if direction is Direction.CREDIT else (creditor or debtor),
        purpose_lines=said.purpose_lines,
        end_to_end_id=sepa.get("EREF", ""),
        mandate_id=sepa.get("MREF", ""),
        creditor_id=sepa.get("CRED", ""),
        bank_reference=bank_reference,
        turnover_id="",
        code=code,
        structured_reference="",
        return_reason=said.return_reason(type_code),
        return_info="",
        charges=charges[0],
        charges_currency=charges[1],
        instructed_amount=original[0],
        instructed_currency=original[1],
        additional_info=said.booking_text,
        raw="",
        counterparty_bic=said.bank or sepa.get("BIC", ""),
        ultimate_debtor=debtor,
        ultimate_creditor=creditor,
        purpose_code=sepa.get("PURP", "")[:4],
        sepa=sepa,
        more=more,
    )


def _money(
    said: Details, supplement: str, sepa: Mapping[str, str]
) -> tuple[tuple[Decimal | None, str], tuple[Decimal | None, str]]:
    """Original amount and charges: /OCMT/ and /CHGS/, else OAMT and COAM of the purpose (on returns)."""
    found: dict[str, tuple[Decimal | None, str]] = {}
    for text in (supplement, "".join(said.purpose_lines)):
        if "/OCMT/" in text or "/CHGS/" in text:
            for match in _MONEY.finditer(text):
                found.setdefault(match[1], (read_amount(match[3]), match[2]))
    for field, keyword in (("OCMT", "OAMT"), ("CHGS", "COAM")):
        if field not in found and (said_money := _SEPA_MONEY.fullmatch(sepa.get(keyword, ""))):
            found[field] = (read_amount(said_money[2]), said_money[1] or said_money[3] or "EUR")
    return found.get("OCMT", (None, "")), found.get("CHGS", (None, ""))


def _code(said: Details, kind: str, kind_code: str, *, german: bool) -> BankCode:
    gvc = said.gvc
    if not gvc and german and kind_code.isdigit():
        gvc = kind_code
    parts = (f"{kind}{kind_code}".strip(), gvc, said.primanota, said.key_extension)
    return BankCode("", gvc, "+".join(parts).rstrip("+"))


def _clamped(place: Place, text: str, day: date) -> ReadError:
    return ReadError(place, Code.NO_SUCH_DAY, {"value": text, "date": day.isoformat()}, Severity.WARNING)


def _raw(lines: Sequence[bytes], details: Sequence[bytes]) -> str:
    return decode(b"\n".join([b":61:" + lines[0], *lines[1:], *details_lines(details)]))


def details_lines(details: Sequence[bytes]) -> list[bytes]:
    """The lines of ``:86:`` with its tag, none without."""
    return [b":86:" + details[0], *details[1:]] if details else []
