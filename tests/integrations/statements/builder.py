"""Builds small CAMT files, in the shapes of the versions .02, .04 and .08, with or without a namespace."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from xml.sax.saxutils import escape

OWN_IBAN = "DE12120399123062174284"
OTHER_IBAN = "DE31270599137875661087"
OWNER = "Heidekrug Werbeagentur GmbH"


@dataclass(frozen=True)
class Payment:
    """A ``TxDtls``; debtor and creditor are (name, account), empty parts are left out."""

    amount: str | None = None
    currency: str = "EUR"
    direction: str = ""
    debtor: tuple[str, str] = ("", "")
    creditor: tuple[str, str] = ("", "")
    lines: tuple[str, ...] = ()
    end_to_end: str = ""
    mandate: str = ""
    creditor_id: str = ""
    reference: str = ""
    turnover_id: str = ""
    extra: str = ""


@dataclass(frozen=True)
class Booking:
    """An ``Ntry``; texts go into the file as they are, empty ones are left out."""

    amount: str = "10.00"
    currency: str = "EUR"
    direction: str = "DBIT"
    status: str = "BOOK"
    booked: str = "2026-03-02"
    valued: str = "2026-03-02"
    reference: str = ""
    reversal: str = ""
    payments: tuple[Payment, ...] = field(default=(Payment(),))
    extra: str = ""

    @property
    def signed(self) -> Decimal:
        return Decimal(self.amount) * (1 if self.direction == "CRDT" else -1)


def booking(amount: str = "10.00", text: str = "", **changes: object) -> Booking:
    """A booking with one payment that carries ``text``."""
    payment = Payment(lines=(text,) if text else ())
    return replace(Booking(amount=amount, payments=(payment,)), **changes)  # type: ignore[arg-type]


def tag(name: str, content: str, attributes: str = "") -> str:
    """An element, or nothing if it would be empty."""
    return f"<{name}{attributes}>{content}</{name}>" if content else ""


def statement(
    *bookings: Booking,
    version: str = "08",
    number: str = "S-1",
    iban: str = OWN_IBAN,
    owner: str = OWNER,
    opening: str = "",
    closing: str = "",
    opening_code: str = "OPBD",
    balance_date: str = "2026-03-02",
    opening_date: str = "",
    currency: str = "EUR",
    group: str = "Stmt",
) -> str:
    """A ``Stmt`` (or another group)."""
    balances = _balance(opening_code, opening, opening_date or balance_date) + _balance("CLBD", closing, balance_date)
    account = tag("Id", tag("IBAN", iban)) + tag("Ccy", currency) + tag("Ownr", tag("Nm", escape(owner)))
    entries = "\n".join(_entry(item, version) for item in bookings)
    return f"<{group}>{tag('Id', number)}{tag('Acct', account)}{balances}{entries}</{group}>"


def document(
    *groups: str, version: str = "08", namespace: bool = True, message: str = "053", prefix: str = ""
) -> bytes:
    """A whole file."""
    name = {"053": "BkToCstmrStmt", "052": "BkToCstmrAcctRpt", "054": "BkToCstmrDbtCdtNtfctn"}[message]
    declared = f' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.{version}"' if namespace else ""
    header = "<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-03-03T05:00:00+01:00</CreDtTm></GrpHdr>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{prefix}<Document{declared}><{name}>{header}'
        f"{''.join(groups)}</{name}></Document>"
    ).encode()


def one(*bookings: Booking, version: str = "08", namespace: bool = True, **head: str) -> bytes:
    """A file with one statement."""
    return document(statement(*bookings, version=version, **head), version=version, namespace=namespace)


def _balance(code: str, amount: str, day: str) -> str:
    if not amount:
        return ""
    direction = "DBIT" if amount.startswith("-") else "CRDT"
    kind = tag("Tp", tag("CdOrPrtry", tag("Cd", code)))
    money = f'<Amt Ccy="EUR">{amount.lstrip("-")}</Amt>'
    return tag("Bal", f"{kind}{money}{tag('CdtDbtInd', direction)}{tag('Dt', tag('Dt', day))}")


def _date(name: str, text: str) -> str:
    return tag(name, tag("DtTm" if "T" in text else "Dt", text))


def _entry(item: Booking, version: str) -> str:
    status = tag("Sts", tag("Cd", item.status) if version >= "08" else item.status)
    money = tag("Amt", item.amount, f' Ccy="{item.currency}"' if item.currency else "")
    details = "".join(_payment(payment, version) for payment in item.payments)
    return (
        f"<Ntry>{money}{tag('CdtDbtInd', item.direction)}{tag('RvslInd', item.reversal)}{status}"
        f"{_date('BookgDt', item.booked)}{_date('ValDt', item.valued)}{tag('AcctSvcrRef', item.reference)}"
        f"{item.extra}{tag('NtryDtls', details)}</Ntry>"
    )


def _payment(item: Payment, version: str) -> str:
    turnover = tag("Prtry", tag("Tp", "FI-UMSATZ-ID") + tag("Ref", item.turnover_id)) if item.turnover_id else ""
    refs = (
        tag("AcctSvcrRef", item.reference)
        + tag("EndToEndId", escape(item.end_to_end))
        + tag("MndtId", item.mandate)
        + turnover
    )
    money = ""
    if item.amount is not None:
        money = f'<Amt Ccy="{item.currency}">{item.amount}</Amt>'
        if version == "02":
            money = tag("AmtDtls", tag("TxAmt", money))
    parties = _party("Dbtr", item.debtor, "", version) + _party("Cdtr", item.creditor, item.creditor_id, version)
    text = tag("RmtInf", "".join(f"<Ustrd>{escape(line)}</Ustrd>" for line in item.lines))
    direction = tag("CdtDbtInd", item.direction)
    return f"<TxDtls>{tag('Refs', refs)}{money}{direction}{tag('RltdPties', parties)}{text}{item.extra}</TxDtls>"


def _party(side: str, who: tuple[str, str], identifier: str, version: str) -> str:
    name, account = who
    content = tag("Nm", escape(name)) + tag("Id", tag("PrvtId", tag("Othr", tag("Id", identifier))))
    party = tag(side, tag("Pty", content) if version >= "08" else content)
    return party + tag(f"{side}Acct", tag("Id", tag("IBAN", account)))
