"""One entry of a statement (``Ntry``), in every version from .02 on."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from lxml import etree

from integrations.statements.camt_detail import (
    money_or_none,
    money_text,
    read_charges,
    read_code,
    read_detail,
    read_money,
)
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
from integrations.statements.xmltree import Node, copy_element, local_name


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
    node = copy_element(element)
    problems = _Problems(place)
    amount_node = node.find("Amt")
    reading = EntryReading(status=node.get("Sts", "Cd") or node.get("Sts", "Prtry") or node.get("Sts"))
    with suppress(ValueError):
        reading.amount, reading.currency = read_money(amount_node)
    if reading.amount is None:
        problems.error(Code.AMOUNT, money_text(amount_node))
    reading.currency = reading.currency or header.currency
    reading.direction = _direction(node)
    if reading.direction is None:
        problems.error(Code.DIRECTION, node.get("CdtDbtInd"))
    booked_on = _booking_date(node, problems)
    valued_on = _value_date(node, problems)
    payments = [payment for details in node.all("NtryDtls") for payment in details.all("TxDtls")]
    reading.transactions = len(payments) or 1
    if not problems.fatal and reading.amount is not None and reading.direction is not None:
        raw, raw_payments = _raw(element, several=len(payments) > 1)
        details = tuple(
            _read_payment(payment, piece, node, reading, header, problems, alone=len(payments) == 1)
            for payment, piece in zip(payments, raw_payments, strict=True)
        )
        reading.entry = Entry(
            place=place,
            amount=reading.amount,
            currency=reading.currency,
            direction=reading.direction,
            booking_date=booked_on,
            value_date=valued_on,
            status=reading.status,
            reversal=_is_reversal(node),
            bank_reference=meaningful(node.get("AcctSvcrRef")),
            notification_id=node.get("AddtlInfInd", "MsgId"),
            additional_info=node.get("AddtlNtryInf"),
            batch=_batch(node),
            code=read_code(node),
            details=details,
            raw=raw,
        )
    reading.problems = tuple(problems.found)
    return reading


def _direction(node: Node) -> Direction | None:
    try:
        return Direction(node.get("CdtDbtInd"))
    except ValueError:
        return None


def _is_reversal(node: Node) -> bool:
    return node.get("RvslInd") in ("true", "1")


def _booking_date(node: Node, problems: _Problems) -> date | None:
    text = node.get("BookgDt", "Dt") or node.get("BookgDt", "DtTm")
    try:
        return read_date(text) if text else None
    except ValueError:
        problems.error(Code.DATE, text)
        return None


def _value_date(node: Node, problems: _Problems) -> date | None:
    text = node.get("ValDt", "Dt") or node.get("ValDt", "DtTm")
    try:
        return read_date(text) if text else None
    except ValueError:
        problems.warn(Code.VALUE_DATE, value=text)
        return None


def _batch(node: Node) -> Batch | None:
    batch = node.find("NtryDtls", "Btch")
    return Batch(batch.get("MsgId"), batch.get("PmtInfId"), batch.get("NbOfTxs")) if batch else None


def _read_payment(
    payment: Node,
    raw: str,
    entry: Node,
    reading: EntryReading,
    header: StatementHeader,
    problems: _Problems,
    *,
    alone: bool,
) -> EntryDetail:
    # .02 has no TxDtls/Amt
    amount_node = payment.find("Amt") or payment.find("AmtDtls", "TxAmt", "Amt")
    try:
        amount, currency = read_money(amount_node)
    except ValueError:
        problems.warn(Code.DETAIL_AMOUNT, value=money_text(amount_node))
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


def _with_entry_amounts(detail: EntryDetail, entry: Node) -> EntryDetail:
    """Fill charges and instructed amount of a sole payment from its entry, where some banks put them."""
    if detail.charges is None and entry.find("Chrgs"):
        charges, currency = read_charges(entry)
        detail = replace(detail, charges=charges, charges_currency=currency)
    if detail.instructed_amount is None and entry.find("AmtDtls"):
        amount, currency = money_or_none(entry.find("AmtDtls", "InstdAmt", "Amt"))
        detail = replace(detail, instructed_amount=amount, instructed_currency=currency)
    return detail


def _raw(element: etree._Element, *, several: bool) -> tuple[str, list[str]]:
    """The XML of an entry, and of each of its payments if it has several (then the first is without them)."""
    payments = [
        payment
        for details in element
        if local_name(details) == "NtryDtls"
        for payment in details
        if local_name(payment) == "TxDtls"
    ]
    pieces = ["" for _ in payments]
    if several:
        pieces = [_xml(payment) for payment in payments]
        for payment in payments:
            parent = payment.getparent()
            if parent is not None:
                parent.remove(payment)
    return _xml(element), pieces


def _xml(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)
