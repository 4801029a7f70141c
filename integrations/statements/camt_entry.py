"""One entry of a statement (``Ntry``), in every version from .02 on."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from lxml import etree

from integrations.statements.camt_detail import (
    money_or_none,
    money_text,
    read_charges,
    read_code,
    read_detail,
    read_exchange,
    read_money,
    read_more,
    read_original,
)
from integrations.statements.leaves import Leaves, read_leaves
from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import (
    Batch,
    Direction,
    Entry,
    EntryDetail,
    Place,
    ReadError,
    StatementHeader,
)
from integrations.statements.values import meaningful, read_date
from integrations.statements.xmltree import local_name

PAYMENT: Final = "NtryDtls/TxDtls"
_DIRECTIONS: Final = {direction.value: direction for direction in Direction}
_STATUS: Final = ("Sts/Cd", "Sts/Prtry", "Sts")
_STATES: Final = frozenset(("", "BOOK", "PDNG", "INFO", "FUTR"))
_BOOKED: Final = ("BookgDt/Dt", "BookgDt/DtTm", "BookgDt")
_VALUED: Final = ("ValDt/Dt", "ValDt/DtTm", "ValDt")
# What has a place of its own in an entry, is said by its payments, or says nothing alone.
_KNOWN: Final = frozenset(
    {
        *("Amt", "Amt@Ccy", "CdtDbtInd", "RvslInd", "AcctSvcrRef", "AddtlNtryInf", "AddtlInfInd/MsgId"),
        *_STATUS,
        *_BOOKED,
        *_VALUED,
        *(
            "BkTxCd/Domn/Cd",
            "BkTxCd/Domn/Fmly/Cd",
            "BkTxCd/Domn/Fmly/SubFmlyCd",
            "BkTxCd/Prtry/Cd",
            "BkTxCd/Prtry/Issr",
        ),
        *(f"NtryDtls/Btch/{field}" for field in ("MsgId", "PmtInfId", "NbOfTxs")),
    }
)


@dataclass(slots=True)
class EntryReading:
    """What became of one ``Ntry``: the entry, or None with the reasons; and what counts and sums need."""

    entry: Entry | None = None
    problems: tuple[ReadError, ...] = ()
    amount: Decimal | None = None
    currency: str = ""
    direction: Direction | None = None
    status: str = ""
    transactions: int = 1


class _Problems:
    """Collects the problems of one entry."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.found: list[ReadError] = []
        self.fatal = False

    def error(self, code: Code, value: str) -> None:
        self.found.append(ReadError(self.place, code, {"value": value}))
        self.fatal = True

    def warn(self, code: Code, **params: str) -> None:
        self.found.append(ReadError(self.place, code, params, Severity.WARNING))


def read_entry(element: etree._Element, header: StatementHeader, place: Place) -> EntryReading:
    """Read a finished ``Ntry``; the element is taken apart on the way. Raises TooDeepError."""
    raw = _xml(element)
    leaves, payments = read_leaves(raw, PAYMENT)
    problems = _Problems(place)
    reading = EntryReading(status=leaves.one_of(_STATUS).upper(), transactions=len(payments) or 1)
    if reading.status not in _STATES:
        problems.warn(Code.STATUS, value=reading.status[:40])
    reading.amount, reading.currency = money_or_none(leaves)
    if reading.amount is None:
        problems.error(Code.AMOUNT, money_text(leaves))
    reading.currency = reading.currency or header.currency
    reading.direction = _direction(leaves)
    if reading.direction is None:
        problems.error(Code.DIRECTION, leaves.get("CdtDbtInd"))
    booked_on = _booking_date(leaves, problems)
    valued_on = _value_date(leaves, problems)
    if not problems.fatal and reading.amount is not None and reading.direction is not None:
        raw_payments = [""]
        if len(payments) > 1:
            raw, raw_payments = _raw(element)
        details = tuple(
            _read_payment(payment, piece, leaves, reading, header, problems, alone=len(payments) == 1)
            for payment, piece in zip(payments, raw_payments, strict=False)
        )
        reading.entry = Entry(
            place=place,
            amount=reading.amount,
            currency=reading.currency,
            direction=reading.direction,
            booking_date=booked_on,
            value_date=valued_on,
            status=reading.status,
            reversal=_is_reversal(leaves),
            bank_reference=meaningful(leaves.get("AcctSvcrRef")),
            notification_id=leaves.get("AddtlInfInd/MsgId"),
            additional_info=leaves.get("AddtlNtryInf"),
            batch=_batch(leaves),
            code=read_code(leaves),
            details=details,
            raw=raw,
            more=read_more(leaves, _KNOWN),
        )
    reading.problems = tuple(problems.found)
    return reading


def _direction(leaves: Leaves) -> Direction | None:
    return _DIRECTIONS.get(leaves.get("CdtDbtInd"))


def _is_reversal(leaves: Leaves) -> bool:
    return leaves.get("RvslInd") in ("true", "1")


def _booking_date(leaves: Leaves, problems: _Problems) -> date | None:
    text = leaves.one_of(_BOOKED)
    try:
        return read_date(text) if text else None
    except ValueError:
        problems.error(Code.DATE, text)
        return None


def _value_date(leaves: Leaves, problems: _Problems) -> date | None:
    text = leaves.one_of(_VALUED)
    try:
        return read_date(text) if text else None
    except ValueError:
        problems.warn(Code.VALUE_DATE, value=text)
        return None


def _batch(leaves: Leaves) -> Batch | None:
    if "NtryDtls/Btch" not in leaves:
        return None
    return Batch(*(leaves.get(f"NtryDtls/Btch/{field}") for field in ("MsgId", "PmtInfId", "NbOfTxs")))


def _read_payment(
    payment: Leaves,
    raw: str,
    entry: Leaves,
    reading: EntryReading,
    header: StatementHeader,
    problems: _Problems,
    *,
    alone: bool,
) -> EntryDetail:
    # .02 has no TxDtls/Amt
    path = "Amt" if "Amt" in payment else "AmtDtls/TxAmt/Amt"
    try:
        amount, currency = read_money(payment, path)
    except ValueError:
        problems.warn(Code.DETAIL_AMOUNT, value=money_text(payment, path))
        amount, currency = None, ""
    direction = _direction(payment) or reading.direction or Direction.CREDIT
    detail = read_detail(
        payment,
        amount,
        currency or reading.currency,
        direction,
        own=(header.account, header.owner),
        reversal=_is_reversal(entry),
        raw=raw,
    )
    return _with_entry_amounts(detail, entry) if alone else detail


def _with_entry_amounts(detail: EntryDetail, entry: Leaves) -> EntryDetail:
    """Fill charges, instructed amount and rate of a sole payment from its entry, where some banks put them."""
    if detail.charges is None and "Chrgs" in entry:
        charges, currency = read_charges(entry)
        detail = replace(detail, charges=charges, charges_currency=currency)
    if detail.instructed_amount is None and "AmtDtls" in entry:
        amount, currency = read_original(entry, detail.currency)
        detail = replace(detail, instructed_amount=amount, instructed_currency=currency)
    if detail.exchange_rate is None and "AmtDtls" in entry:
        rate, currencies = read_exchange(entry)
        detail = replace(detail, exchange_rate=rate, exchange_currencies=currencies)
    return detail


def _raw(element: etree._Element) -> tuple[str, list[str]]:
    """The XML of an entry without its payments, and of each of them."""
    payments = [
        payment
        for details in element
        if local_name(details) == "NtryDtls"
        for payment in details
        if local_name(payment) == "TxDtls"
    ]
    pieces = [_xml(payment) for payment in payments]
    for payment in payments:
        parent = payment.getparent()
        if parent is not None:
            parent.remove(payment)
    return _xml(element), pieces


def _xml(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)
