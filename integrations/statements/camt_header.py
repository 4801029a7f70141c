"""The head of a statement: account, number, period, balances."""

from datetime import date
from typing import Final

from integrations.statements.problems import Code
from integrations.statements.shapes import Balance, Direction, Place, ReadError, StatementHeader
from integrations.statements.values import currency_or_empty, date_or_none, meaningful, read_amount
from integrations.statements.xmltree import Node

HEAD_ELEMENTS: Final = frozenset(
    {"Id", "StmtPgntn", "RptPgntn", "NtfctnPgntn", "ElctrncSeqNb", "CreDtTm", "FrToDt", "Acct"}
)
# Booked balances only: the available and interim ones (CLAV, ITBD, …) say nothing for the books.
BALANCE_CODES: Final = frozenset({"OPBD", "PRCD", "CLBD"})

# ISO 20022: IBAN2007Identifier and Max34Text.
LONGEST_IDENTIFIER: Final = 34


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
        )


def _identifier(text: str) -> str:
    """An account's id; nothing longer is one."""
    return text if len(text.upper()) <= LONGEST_IDENTIFIER else ""


def _first(*nodes: Node | None) -> Node:
    return next((node for node in nodes if node is not None), Node("", "", None))


def _period(head: Node, moment: str, day: str) -> date | None:
    return date_or_none(head.get("FrToDt", moment) or head.get("FrToDt", day))
