"""The head of a statement: account, number, period, balances."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from integrations.statements.problems import Code
from integrations.statements.shapes import Balance, Direction, Place, ReadError, StatementHeader
from integrations.statements.values import currency_or_empty, date_or_none, meaningful, read_amount
from integrations.statements.xmltree import Node

HEAD_ELEMENTS: Final = frozenset(
    {"Id", "StmtPgntn", "RptPgntn", "NtfctnPgntn", "ElctrncSeqNb", "LglSeqNb", "CreDtTm", "FrToDt", "Acct"}
    | {"TxsSummry", "AddtlStmtInf", "AddtlRptInf", "AddtlNtfctnInf"}
)
# Booked balances only: the available and interim ones (CLAV, ITBD, …) say nothing for the books.
BALANCE_CODES: Final = frozenset({"OPBD", "PRCD", "CLBD"})

_REMARKS: Final = ("AddtlStmtInf", "AddtlRptInf", "AddtlNtfctnInf")
# As the elements of ``TxsSummry`` are called.
_TOTALS: Final = ("NbOfNtries", "Sum", "TtlCdtNtries", "TtlDbtNtries")
MAX_MORE: Final = 20

# ISO 20022: IBAN2007Identifier and Max34Text.
LONGEST_IDENTIFIER: Final = 34


@dataclass(frozen=True, slots=True)
class Announced:
    """Totals of all entries as a statement announces them (``TxsSummry``); None where it does not."""

    entries: int | None
    total: Decimal | None
    credits: Decimal | None
    debits: Decimal | None

    def differs(self, entries: int, incoming: Decimal, outgoing: Decimal) -> tuple[str, str] | None:
        """What is announced and what was found instead, for a message; None where all of it agrees."""
        found = (entries, incoming + outgoing, incoming, outgoing)
        announced = (self.entries, self.total, self.credits, self.debits)
        pairs = zip(_TOTALS, announced, found, strict=True)
        wrong = [(name, said, is_) for name, said, is_ in pairs if said is not None and said != is_]
        if not wrong:
            return None
        return ", ".join(f"{n} {said}" for n, said, _ in wrong), ", ".join(f"{n} {is_}" for n, _, is_ in wrong)


class HeaderDraft:
    """Collects the head of one statement while its elements pass by."""

    def __init__(self, number: int, message: str, format_name: str, group_header: Node | None) -> None:
        self._number = number
        self._message = message
        self._format = format_name if format_name.startswith(message) else message
        self._group_header = group_header or Node("", "", None)
        self._kids: dict[str, list[Node]] = {}
        self._balances: dict[str, Balance] = {}
        self._balance_currency = ""
        self._first_currency = ""
        self._more: dict[str, str] = {}

    def absorb(self, name: str, node: Node) -> ReadError | None:
        """Take an element of the statement that is not an entry; unknown ones are ignored."""
        if name in HEAD_ELEMENTS:
            self._kids.setdefault(name, [node])
        elif name == "Bal":
            code = node.get("Tp", "CdOrPrtry", "Cd")
            amount = node.find("Amt")
            self._balance_currency = self._balance_currency or currency_or_empty(amount.currency if amount else "")
            if code in BALANCE_CODES and code not in self._balances:
                return self._take_balance(code, node)
            if code and amount and len(self._more) < MAX_MORE:
                day = node.get("Dt", "Dt") or node.get("Dt", "DtTm")
                written = (amount.text.strip(), amount.currency, node.get("CdtDbtInd"), day)
                self._more.setdefault(code, " ".join(filter(None, written)))
        return None

    def _take_balance(self, code: str, node: Node) -> ReadError | None:
        amount_node = node.find("Amt")
        text = amount_node.text.strip() if amount_node else ""
        # mandatory, yet missing in some foreign files, where it means a credit balance
        indicator = node.get("CdtDbtInd") or Direction.CREDIT.value
        try:
            amount = Direction(indicator).sign(read_amount(text))
        except ValueError:
            params = {"code": code, "value": text or indicator}
            return ReadError(Place(statement=self._number), Code.BALANCE, params)
        currency = amount_node.currency if amount_node else ""
        on = date_or_none(node.get("Dt", "Dt") or node.get("Dt", "DtTm"))
        self._balances[code] = Balance(code, amount, currency, on)
        return None

    def announced(self) -> Announced | None:
        """The totals that the statement says it has; None if it says none, or one that cannot be read."""
        if "TxsSummry" not in self._kids:
            return None
        summary = self._kids["TxsSummry"][0]
        try:
            return Announced(
                entries=_count(summary.get("TtlNtries", "NbOfNtries")),
                total=_sum(summary.get("TtlNtries", "Sum")),
                credits=_sum(summary.get("TtlCdtNtries", "Sum")),
                debits=_sum(summary.get("TtlDbtNtries", "Sum")),
            )
        except ValueError:
            return None

    def see_currency(self, currency: str) -> None:
        """Remember the currency of the first entry, the last resort."""
        self._first_currency = self._first_currency or currency_or_empty(currency)

    def finish(self) -> StatementHeader:
        """The header by what has been seen so far."""
        head, group = Node("", "", dict(self._kids)), self._group_header
        account = head.find("Acct") or Node("", "", None)
        bank = account.find("Svcr", "FinInstnId") or Node("", "", None)
        page = _first(head.find("StmtPgntn"), head.find("RptPgntn"), head.find("NtfctnPgntn"), group.find("MsgPgntn"))
        opening = self._balances.get("OPBD") or self._balances.get("PRCD")
        closing = self._balances.get("CLBD")
        return StatementHeader(
            number=self._number,
            message=self._message,
            format=self._format,
            message_id=group.get("MsgId"),
            statement_id=head.get("Id"),
            sequence_number=head.get("ElctrncSeqNb"),
            page=page.get("PgNb"),
            last_page={"true": True, "1": True, "false": False, "0": False}.get(page.get("LastPgInd")),
            created=head.get("CreDtTm") or group.get("CreDtTm"),
            period_from=_period(head, "FrDtTm", "FrDt"),
            period_to=_period(head, "ToDtTm", "ToDt"),
            iban=_identifier("".join(account.get("Id", "IBAN").split())),
            other_id=_identifier(account.get("Id", "Othr", "Id")),
            currency=currency_or_empty(account.get("Ccy")) or self._balance_currency or self._first_currency,
            owner=meaningful(account.get("Ownr", "Nm")),
            bank_bic=bank.get("BICFI") or bank.get("BIC"),
            bank_name=bank.get("Nm"),
            opening=opening,
            closing=closing,
            legal_number=head.get("LglSeqNb"),
            more={**self._more, **{name: text for name in _REMARKS if (text := head.get(name))}},
        )


def _identifier(text: str) -> str:
    """An account's id; nothing longer is one."""
    return text if len(text.upper()) <= LONGEST_IDENTIFIER else ""


def _count(text: str) -> int | None:
    return int(text[:15]) if text else None


def _sum(text: str) -> Decimal | None:
    return read_amount(text) if text else None


def _first(*nodes: Node | None) -> Node:
    return next((node for node in nodes if node is not None), Node("", "", None))


def _period(head: Node, moment: str, day: str) -> date | None:
    return date_or_none(head.get("FrToDt", moment) or head.get("FrToDt", day))
