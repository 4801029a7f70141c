"""One payment within an entry (``TxDtls``), in every version from .02 on."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from integrations.statements.leaves import Leaves
from integrations.statements.shapes import BankCode, Direction, EntryDetail
from integrations.statements.values import currency_or_empty, gvc_of, meaningful, read_amount, read_rate

# Sparkassen write their unique id of a turnover under these names.
_TURNOVER_ID: Final = frozenset({"FI-UMSATZ-ID", "FIUMSATZ-ID"})
_AMOUNTS: Final = ("InstdAmt", "TxAmt", "CntrValAmt")
MAX_MORE: Final = 60  # fields that have no place of their own; German banks write about five


class _Side(NamedTuple):
    """Where a party stands: .08 puts ``Pty`` or ``Agt`` between the side and its name, .02 has it right there."""

    names: tuple[str, ...]
    ultimate: tuple[str, ...]
    iban: str
    other_account: str
    bics: tuple[str, ...]
    bank: str


def _side(side: str) -> _Side:
    party, agent = f"RltdPties/{side}", f"RltdAgts/{side}Agt/FinInstnId"
    return _Side(
        names=(f"{party}/Pty/Nm", f"{party}/Agt/FinInstnId/Nm", f"{party}/Nm"),
        ultimate=(f"RltdPties/Ultmt{side}/Pty/Nm", f"RltdPties/Ultmt{side}/Nm"),
        iban=f"{party}Acct/Id/IBAN",
        other_account=f"{party}Acct/Id/Othr/Id",
        bics=(f"{agent}/BICFI", f"{agent}/BIC"),
        bank=f"{agent}/Nm",
    )


_SIDES: Final = {side: _side(side) for side in ("Dbtr", "Cdtr")}
_CREDITOR_ID: Final = ("RltdPties/Cdtr/Pty/Id/PrvtId/Othr/Id", "RltdPties/Cdtr/Id/PrvtId/Othr/Id")
_RETURN_REASON: Final = ("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
_CODE: Final = ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd", "BkTxCd/Prtry/Cd")
LONGEST_CODE: Final = 100
_PURPOSE_CODE: Final = ("Purp/Cd", "Purp/Prtry")
# What has a place of its own, or says nothing alone; everything else goes into ``EntryDetail.more``.
_KNOWN: Final = frozenset(
    {
        *("Amt", "Amt@Ccy", "CdtDbtInd", "AmtDtls/TxAmt/Amt", "AmtDtls/TxAmt/Amt@Ccy", "AddtlTxInf"),
        *("AmtDtls/InstdAmt/Amt", "AmtDtls/InstdAmt/Amt@Ccy", "Chrgs/Amt", "Chrgs/Amt@Ccy"),
        *(f"AmtDtls/{kind}/CcyXchg/{field}" for kind in _AMOUNTS for field in ("SrcCcy", "TrgtCcy", "XchgRate")),
        *("Refs/EndToEndId", "Refs/MndtId", "Refs/AcctSvcrRef", "RmtInf/Ustrd", *_PURPOSE_CODE),
        *(
            "BkTxCd/Domn/Cd",
            "BkTxCd/Domn/Fmly/Cd",
            "BkTxCd/Domn/Fmly/SubFmlyCd",
            "BkTxCd/Prtry/Cd",
            "BkTxCd/Prtry/Issr",
        ),
        *_CREDITOR_ID,
        *_RETURN_REASON,
        "RtrInf/AddtlInf",
        *(path for side in _SIDES.values() for path in (*side.names, *side.ultimate, side.iban, side.other_account)),
        *(path for side in _SIDES.values() for path in (*side.bics, side.bank)),
    }
)


def read_code(leaves: Leaves) -> BankCode:
    """Read the ``BkTxCd`` of an entry or a payment."""
    if "BkTxCd" not in leaves:
        return BankCode()
    parts = tuple(map(leaves.get, _CODE))
    return _code(*parts) if sum(map(len, parts)) <= LONGEST_CODE else _code.__wrapped__(*parts)


@lru_cache(maxsize=512)  # a file repeats its codes
def _code(domain: str, family: str, sub_family: str, proprietary: str) -> BankCode:
    iso = "-".join(filter(None, (domain, family, sub_family)))
    return BankCode(iso, gvc_of(proprietary), proprietary)


def read_money(leaves: Leaves, path: str = "Amt") -> tuple[Decimal | None, str]:
    """Amount and currency at ``path``; None if it is missing. Raises ValueError."""
    if path not in leaves:
        return None, ""
    currency = leaves.first.get(f"{path}@Ccy", "")
    if currency and not currency_or_empty(currency):
        raise ValueError(currency)
    return read_amount(leaves.get(path)), currency


def money_text(leaves: Leaves, path: str = "Amt") -> str:
    """An amount as written, for a message."""
    return f"{leaves.get(path)} {leaves.first.get(f'{path}@Ccy', '')}".strip()


def money_or_none(leaves: Leaves, path: str = "Amt") -> tuple[Decimal | None, str]:
    """Like `read_money` for amounts that only inform: None if unreadable."""
    try:
        return read_money(leaves, path)
    except ValueError:
        return None, ""


def read_charges(leaves: Leaves) -> tuple[Decimal | None, str]:
    """What the bank kept according to ``Chrgs``: records (.08), repeated amounts (.02), or the total."""
    total: Decimal | None = None
    currency = ""
    for charges in leaves.groups("Chrgs"):
        # .08 has records and sometimes their total; adding both would count twice
        records = charges.groups("Rcrd") or ([charges] if "Amt" in charges else [])
        amounts = [(record, "Amt") for record in records] or [(charges, "TtlChrgsAndTaxAmt")]
        for record, path in amounts:
            amount, its_currency = money_or_none(record, path)
            if amount is None or (currency and its_currency != currency):
                continue
            currency = its_currency
            refunded = record.get("CdtDbtInd") == Direction.CREDIT.value
            total = (total or Decimal(0)) + (-amount if refunded else amount)
    return total, currency


def read_original(leaves: Leaves, currency: str) -> tuple[Decimal | None, str]:
    """The amount as it was ordered; where that is not said, another one that is in a foreign currency."""
    amount, its_currency = money_or_none(leaves, "AmtDtls/InstdAmt/Amt")
    if amount is not None or "AmtDtls" not in leaves:
        return amount, its_currency
    for kind in ("CntrValAmt", "TxAmt"):
        amount, its_currency = money_or_none(leaves, f"AmtDtls/{kind}/Amt")
        if amount is not None and its_currency not in ("", currency):
            return amount, its_currency
    return None, ""


def read_exchange(leaves: Leaves) -> tuple[Decimal | None, tuple[str, str]]:
    """The exchange rate as written, and source and target currency; None where none is said or it is no number."""
    for kind in _AMOUNTS if "AmtDtls" in leaves else ():
        path = f"AmtDtls/{kind}/CcyXchg"
        if path in leaves:
            currencies = leaves.get(f"{path}/SrcCcy"), leaves.get(f"{path}/TrgtCcy")
            return read_rate(leaves.get(f"{path}/XchgRate")), currencies
    return None, ("", "")


def read_detail(
    leaves: Leaves,
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
    get, one_of = leaves.get, leaves.one_of
    side = _SIDES[_other_side(leaves, direction, own, returned=reversal or "RtrInf" in leaves)]
    instructed, instructed_currency = read_original(leaves, currency)
    charges, charges_currency = read_charges(leaves)
    rate, rate_currencies = read_exchange(leaves)
    return EntryDetail(
        direction=direction,
        amount=amount,
        currency=currency,
        counterparty=_text(one_of(side.names)),
        counterparty_iban=_account(leaves, side),
        ultimate_party=_text(one_of(side.ultimate)),
        purpose_lines=_purpose(leaves),
        end_to_end_id=meaningful(get("Refs/EndToEndId")),
        mandate_id=meaningful(get("Refs/MndtId")),
        creditor_id=meaningful(one_of(_CREDITOR_ID)),
        bank_reference=meaningful(get("Refs/AcctSvcrRef")),
        turnover_id=_turnover_id(leaves),
        code=read_code(leaves),
        structured_reference=_structured(leaves),
        return_reason=one_of(_RETURN_REASON),
        return_info=" ".join(leaves.all("RtrInf/AddtlInf")),
        charges=charges,
        charges_currency=charges_currency,
        instructed_amount=instructed,
        instructed_currency=instructed_currency,
        additional_info=get("AddtlTxInf"),
        raw=raw,
        counterparty_bic=one_of(side.bics),
        counterparty_bank=get(side.bank),
        ultimate_debtor=_text(one_of(_SIDES["Dbtr"].ultimate)),
        ultimate_creditor=_text(one_of(_SIDES["Cdtr"].ultimate)),
        exchange_rate=rate,
        exchange_currencies=rate_currencies,
        purpose_code=one_of(_PURPOSE_CODE),
        more=read_more(leaves, _KNOWN),
    )


def read_more(leaves: Leaves, known: frozenset[str]) -> Mapping[str, str]:
    """Everything that is not ``known``, by its path; what is there several times stands on lines of its own."""
    more = {path: text for path, text in leaves.first.items() if text and path not in known}
    if more and len(leaves.first) < len(leaves.paths):
        more = {path: "\n".join(leaves.all(path)) for path in more}
    return dict(list(more.items())[:MAX_MORE]) if len(more) > MAX_MORE else more


def _text(name: str) -> str:
    return meaningful(" ".join(name.split())) if name else ""


def _account(leaves: Leaves, side: _Side) -> str:
    text = leaves.get(side.iban) or meaningful(leaves.get(side.other_account))
    return "".join(text.split()).upper() if text else ""


def _other_side(leaves: Leaves, direction: Direction, own: tuple[str, str], *, returned: bool) -> str:
    """Which party is not the account's owner: the debtor of money in, the creditor of money out.

    Returned payments keep the roles of the original, so the direction then points at the owner: his account, his
    name without an account, or an empty side of a returned payment give that away.
    """
    side, opposite = ("Dbtr", "Cdtr") if direction is Direction.CREDIT else ("Cdtr", "Dbtr")
    its_account, its_name = _account(leaves, _SIDES[side]), _text(leaves.one_of(_SIDES[side].names))
    account, name = own
    if its_account:
        doubtful = its_account == account
    elif its_name:
        doubtful = _same_name(its_name, name)
    else:
        doubtful = returned
    if not doubtful:
        return side
    other_account = _account(leaves, _SIDES[opposite])
    other_name = _text(leaves.one_of(_SIDES[opposite].names))
    is_somebody_else = other_account != account if other_account else other_name and not _same_name(other_name, name)
    return opposite if is_somebody_else else side


def _same_name(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def _turnover_id(leaves: Leaves) -> str:
    for reference in leaves.groups("Refs/Prtry"):
        if reference.get("Tp").upper() in _TURNOVER_ID:
            return meaningful(reference.get("Ref"))
    return ""


def _purpose(leaves: Leaves) -> tuple[str, ...]:
    lines = [line for line in leaves.all("RmtInf/Ustrd") if line.strip()]
    if not lines:
        lines = [line for line in leaves.all("RmtInf/Strd/AddtlRmtInf") if line.strip()]
    return tuple(lines)


def _structured(leaves: Leaves) -> str:
    for strd in leaves.groups("RmtInf/Strd"):
        reference = meaningful(strd.get("CdtrRefInf/Ref")) or meaningful(strd.get("RfrdDocInf/Nb"))
        if reference:
            return reference
    return ""
