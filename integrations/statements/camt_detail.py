"""One payment within an entry (``TxDtls``), in every version from .02 on."""

from decimal import Decimal
from typing import Final

from integrations.statements.shapes import BankCode, Direction, EntryDetail
from integrations.statements.values import currency_or_empty, gvc_of, meaningful, read_amount
from integrations.statements.xmltree import Node

NOTHING: Final = Node("", "", None)
# Sparkassen write their unique id of a turnover under these names.
_TURNOVER_ID: Final = frozenset({"FI-UMSATZ-ID", "FIUMSATZ-ID"})


def read_code(node: Node) -> BankCode:
    """Read the ``BkTxCd`` of an entry or a payment."""
    code = node.find("BkTxCd")
    if code is None or code.kids is None:
        return BankCode()
    family = code.find("Domn", "Fmly") or NOTHING
    iso = "-".join(filter(None, (code.get("Domn", "Cd"), family.get("Cd"), family.get("SubFmlyCd"))))
    proprietary = code.get("Prtry", "Cd")
    return BankCode(iso, gvc_of(proprietary), proprietary)


def read_money(node: Node | None) -> tuple[Decimal | None, str]:
    """Amount and currency of an ``Amt``; None if it is missing. Raises ValueError."""
    if node is None:
        return None, ""
    if node.currency and not currency_or_empty(node.currency):
        raise ValueError(node.currency)
    return read_amount(node.text.strip()), node.currency


def money_text(node: Node | None) -> str:
    """An ``Amt`` as written, for a message."""
    return f"{node.text.strip()} {node.currency}".strip() if node is not None else ""


def money_or_none(node: Node | None) -> tuple[Decimal | None, str]:
    """Like `read_money` for amounts that only inform: None if unreadable."""
    try:
        return read_money(node)
    except ValueError:
        return None, ""


def read_charges(node: Node) -> tuple[Decimal | None, str]:
    """What the bank kept according to ``Chrgs``: records (.08), repeated amounts (.02), or the total."""
    total: Decimal | None = None
    currency = ""
    for charges in node.all("Chrgs"):
        # .08 has records and sometimes their total; adding both would count twice
        records = charges.all("Rcrd") or ([charges] if charges.find("Amt") else [])
        amounts = [(record, record.find("Amt")) for record in records] or [(charges, charges.find("TtlChrgsAndTaxAmt"))]
        for record, amount_node in amounts:
            amount, its_currency = money_or_none(amount_node)
            if amount is None or (currency and its_currency != currency):
                continue
            currency = its_currency
            refunded = record.get("CdtDbtInd") == Direction.CREDIT.value
            total = (total or Decimal(0)) + (-amount if refunded else amount)
    return total, currency


def read_detail(
    node: Node,
    amount: Decimal | None,
    currency: str,
    direction: Direction,
    *,
    own: tuple[str, str],
    reversal: bool,
    raw: str,
) -> EntryDetail:
    """Read one ``TxDtls``.

    ``amount``, ``currency`` and ``direction`` have been read by the caller. ``own`` (the account's key and its
    owner's name) and ``reversal`` help to tell which party is the other one.
    """
    refs = node.find("Refs") or NOTHING
    parties = node.find("RltdPties") or NOTHING
    returned = reversal or node.find("RtrInf") is not None
    side = _other_side(parties, direction, own, returned=returned)
    instructed, instructed_currency = money_or_none(node.find("AmtDtls", "InstdAmt", "Amt"))
    charges, charges_currency = read_charges(node)
    creditor = _party(parties, "Cdtr")
    turnover_id = next((p.get("Ref") for p in refs.all("Prtry") if p.get("Tp").upper() in _TURNOVER_ID), "")
    return EntryDetail(
        direction=direction,
        amount=amount,
        currency=currency,
        counterparty=_name(parties, side),
        counterparty_iban=_account(parties, side),
        ultimate_party=_name(parties, f"Ultmt{side}"),
        purpose_lines=_purpose(node),
        end_to_end_id=meaningful(refs.get("EndToEndId")),
        mandate_id=meaningful(refs.get("MndtId")),
        creditor_id=meaningful(creditor.get("Id", "PrvtId", "Othr", "Id")),
        bank_reference=meaningful(refs.get("AcctSvcrRef")),
        turnover_id=meaningful(turnover_id),
        code=read_code(node),
        structured_reference=_structured(node),
        return_reason=node.get("RtrInf", "Rsn", "Cd") or node.get("RtrInf", "Rsn", "Prtry"),
        return_info=" ".join(info.text.strip() for info in (node.find("RtrInf") or NOTHING).all("AddtlInf")),
        charges=charges,
        charges_currency=charges_currency,
        instructed_amount=instructed,
        instructed_currency=instructed_currency,
        additional_info=node.get("AddtlTxInf"),
        raw=raw,
    )


def _party(parties: Node, side: str) -> Node:
    # .08 puts Pty or Agt between the side and its name, .02 has it right there
    party = parties.find(side) or NOTHING
    return party.find("Pty") or party.find("Agt", "FinInstnId") or party


def _name(parties: Node, side: str) -> str:
    return meaningful(" ".join(_party(parties, side).get("Nm").split()))


def _account(parties: Node, side: str) -> str:
    account = parties.find(f"{side}Acct", "Id") or NOTHING
    return "".join((account.get("IBAN") or meaningful(account.get("Othr", "Id"))).split()).upper()


def _other_side(parties: Node, direction: Direction, own: tuple[str, str], *, returned: bool) -> str:
    """Which party is not the account's owner: the debtor of money in, the creditor of money out.

    Returned payments keep the roles of the original, so the direction then points at the owner: his account, his
    name without an account, or an empty side of a returned payment give that away.
    """
    side, opposite = ("Dbtr", "Cdtr") if direction is Direction.CREDIT else ("Cdtr", "Dbtr")
    its_account, its_name = _account(parties, side), _name(parties, side)
    account, name = own
    if its_account:
        doubtful = its_account == account
    elif its_name:
        doubtful = _same_name(its_name, name)
    else:
        doubtful = returned
    if not doubtful:
        return side
    other_account, other_name = _account(parties, opposite), _name(parties, opposite)
    is_somebody_else = other_account != account if other_account else other_name and not _same_name(other_name, name)
    return opposite if is_somebody_else else side


def _same_name(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def _purpose(node: Node) -> tuple[str, ...]:
    remittance = node.find("RmtInf") or NOTHING
    lines = [line.text for line in remittance.all("Ustrd") if line.text.strip()]
    if not lines:
        lines = [info.text for strd in remittance.all("Strd") for info in strd.all("AddtlRmtInf") if info.text.strip()]
    return tuple(lines)


def _structured(node: Node) -> str:
    for strd in (node.find("RmtInf") or NOTHING).all("Strd"):
        reference = meaningful(strd.get("CdtrRefInf", "Ref")) or meaningful(strd.get("RfrdDocInf", "Nb"))
        if reference:
            return reference
    return ""
