"""Bank statements as camt.053 files, one per account and month (ISO 20022; versions .02 and .08)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from sandbox.world.calendar import day_stamp, month_end
from sandbox.world.model import BankAccount, Entry, Organisation, Transaction
from sandbox.world.money import ZERO

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001."


@dataclass(frozen=True, slots=True)
class Period:
    """The days of one statement, both included, with its number within the account."""

    number: int
    first: date
    last: date

    @property
    def name(self) -> str:
        """The month, as in ``2026-03``."""
        return f"{self.first:%Y-%m}"


def periods(account: BankAccount, today: date) -> Iterator[Period]:
    """Yield the months from the account's opening to yesterday; the current month is as far as it has come."""
    first, number = account.opened, 1
    while first < today:
        last = min(month_end(first), today - timedelta(days=1))
        yield Period(number, first, last)
        first, number = month_end(first) + timedelta(days=1), number + 1


def _tag(name: str, content: object, attributes: str = "") -> str:
    return f"<{name}{attributes}>{escape(str(content))}</{name}>"


def _amount(value: Decimal) -> str:
    return _tag("Amt", f"{abs(value):.2f}", ' Ccy="EUR"')


def _direction(value: Decimal) -> str:
    return _tag("CdtDbtInd", "DBIT" if value < 0 else "CRDT")


def _balance(code: str, value: Decimal, day: date) -> str:
    kind = f"<Tp><CdOrPrtry>{_tag('Cd', code)}</CdOrPrtry></Tp>"
    return f"<Bal>{kind}{_amount(value)}{_direction(value)}<Dt>{_tag('Dt', day)}</Dt></Bal>"


def _code(transaction: Transaction, *, modern: bool) -> str:
    domain, family, sub, german = transaction.code
    proprietary = f"<Prtry>{_tag('Cd', german + '+0000+000')}{_tag('Issr', 'DK')}</Prtry>"
    if not modern:
        return f"<BkTxCd>{proprietary}</BkTxCd>"
    family_part = f"<Fmly>{_tag('Cd', family)}{_tag('SubFmlyCd', sub)}</Fmly>"
    return f"<BkTxCd><Domn>{_tag('Cd', domain)}{family_part}</Domn>{proprietary}</BkTxCd>"


def _party(role: str, name: str, iban: str, creditor: str, *, modern: bool) -> str:
    inner = _tag("Nm", name[:70]) if name else ""
    if creditor:
        inner += f"<Id><PrvtId><Othr>{_tag('Id', creditor)}</Othr></PrvtId></Id>"
    if modern and inner:
        inner = f"<Pty>{inner}</Pty>"
    party = f"<{role}>{inner}</{role}>" if inner else ""
    return party + (f"<{role}Acct><Id>{_tag('IBAN', iban)}</Id></{role}Acct>" if iban else "")


def _parties(transaction: Transaction, owner: str, account: BankAccount, *, modern: bool) -> str:
    """Name both sides: the counterparty pays a credit and receives a debit; a returned debit has the creditor pay."""
    if not transaction.name and not transaction.iban:
        return ""
    incoming = transaction.amount > 0
    other = _party(
        "Dbtr" if incoming else "Cdtr", transaction.name, transaction.iban, transaction.creditor_id, modern=modern
    )
    own = _party("Cdtr" if incoming else "Dbtr", owner, account.iban, "", modern=modern)
    ordered = other + own if incoming else own + other
    agent = ""
    if transaction.bic:
        role, tag = ("DbtrAgt" if incoming else "CdtrAgt"), ("BICFI" if modern else "BIC")
        agent = f"<RltdAgts><{role}><FinInstnId>{_tag(tag, transaction.bic)}</FinInstnId></{role}></RltdAgts>"
    return f"<RltdPties>{ordered}</RltdPties>{agent}"


def _details(transaction: Transaction, owner: str, account: BankAccount, *, modern: bool) -> str:
    references = _tag("AcctSvcrRef", transaction.ref)
    references += _tag("EndToEndId", transaction.end_to_end or "NOTPROVIDED")
    if transaction.mandate:
        references += _tag("MndtId", transaction.mandate)
    if modern:
        money = _amount(transaction.amount) + _direction(transaction.amount)
    else:
        money = f"<AmtDtls><TxAmt>{_amount(transaction.amount)}</TxAmt></AmtDtls>"
    text = "".join(_tag("Ustrd", line) for line in transaction.purpose if line.strip())
    remittance = f"<RmtInf>{text}</RmtInf>" if text else ""
    returned = f"<RtrInf><Rsn>{_tag('Cd', transaction.reason)}</Rsn></RtrInf>" if transaction.reason else ""
    parties = _parties(transaction, owner, account, modern=modern)
    code = _code(transaction, modern=modern)
    return f"<TxDtls><Refs>{references}</Refs>{money}{code}{parties}{remittance}{returned}</TxDtls>"


def _entry(entry: Entry, owner: str, account: BankAccount, *, modern: bool) -> str:
    status = f"<Sts>{_tag('Cd', 'BOOK')}</Sts>" if modern else _tag("Sts", "BOOK")
    days = f"<BookgDt>{_tag('Dt', entry.booked)}</BookgDt><ValDt>{_tag('Dt', entry.value)}</ValDt>"
    code = _code(entry.transactions[0], modern=True) if modern else "<BkTxCd/>"
    batch = ""
    if len(entry.transactions) > 1:
        count, total = (
            _tag("NbOfTxs", len(entry.transactions)),
            _tag("TtlAmt", f"{abs(entry.amount):.2f}", ' Ccy="EUR"'),
        )
        batch = f"<Btch>{count}{total}{_direction(entry.amount)}</Btch>"
    details = "".join(_details(item, owner, account, modern=modern) for item in entry.transactions)
    return (
        f"<Ntry>{_amount(entry.amount)}{_direction(entry.amount)}{status}{days}{_tag('AcctSvcrRef', entry.ref)}{code}"
        f"<NtryDtls>{batch}{details}</NtryDtls>{_tag('AddtlNtryInf', entry.text)}</Ntry>\n"
    )


def balance_before(account: BankAccount, day: date) -> Decimal:
    """Return the booked balance at the start of a day."""
    return account.opening + sum((entry.amount for entry in account.entries if entry.booked < day), ZERO)


def write_statement(organisation: Organisation, account: BankAccount, period: Period) -> bytes:
    """Write the statement of one period; opening plus entries is the closing balance, and closings chain."""
    modern = account.version == "08"
    entries = [entry for entry in account.entries if period.first <= entry.booked <= period.last]
    opening = balance_before(account, period.first)
    closing = opening + sum((entry.amount for entry in entries), ZERO)
    # German files of the older version carry the previous closing balance instead of an opening one.
    if modern:
        first_balance = _balance("OPBD", opening, period.first)
    else:
        first_balance = _balance("PRCD", opening, period.first - timedelta(days=1))
    made = day_stamp(period.last + timedelta(days=1)).replace("T00:00:00.000", "T05:30:00")
    bank = f"{_tag('BICFI' if modern else 'BIC', account.bic)}{_tag('Nm', account.bank)}"
    owner = organisation.company.name
    span = f"<FrDtTm>{period.first}T00:00:00</FrDtTm><ToDtTm>{period.last}T23:59:59</ToDtTm>"
    head = (
        f"{_tag('Id', f'{account.iban[-10:]}-{period.name}')}{_tag('ElctrncSeqNb', period.number)}"
        f"{_tag('CreDtTm', made)}<FrToDt>{span}</FrToDt><Acct><Id>{_tag('IBAN', account.iban)}</Id>{_tag('Ccy', 'EUR')}"
        f"<Ownr>{_tag('Nm', owner)}</Ownr><Svcr><FinInstnId>{bank}</FinInstnId></Svcr></Acct>"
    )
    body = "".join(_entry(entry, owner, account, modern=modern) for entry in entries)
    group = f"<GrpHdr>{_tag('MsgId', f'C53{account.iban[-8:]}{period.first:%y%m}')}{_tag('CreDtTm', made)}</GrpHdr>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}{account.version}"><BkToCstmrStmt>{group}'
        f"<Stmt>{head}{first_balance}{_balance('CLBD', closing, period.last)}\n"
        f"{body}</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()
