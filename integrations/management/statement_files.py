"""Bank files of any size for measuring: the same payments as CAMT.053, as MT940 and as a table."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

OWN_IBAN: Final = "DE12120399123062174284"
OPENING: Final = Decimal("100000.00")
A_DAY: Final = 400  # entries
_NAMES: Final = ("Schreinerei Nordlicht", "Gärtnerei Hügel & Söhne", "Stadtwerke Beispielstadt", "Kontor Müller GmbH")


class Payment(NamedTuple):
    """One entry of the generated account."""

    number: int
    day: date
    amount: Decimal
    incoming: bool
    name: str
    iban: str
    purpose: str

    @property
    def signed(self) -> Decimal:
        """The amount with its sign."""
        return self.amount if self.incoming else -self.amount


def payments(count: int) -> Iterator[Payment]:
    """``count`` payments, always the same ones, `A_DAY` of them each day from 2 January 2024 on."""
    first = date(2024, 1, 2)
    for number in range(count):
        yield Payment(
            number=number,
            day=first + timedelta(days=number // A_DAY),
            amount=Decimal(number * 7919 % 500_000 + 1).scaleb(-2),
            incoming=number % 3 == 0,
            name=_NAMES[number % len(_NAMES)],
            iban=f"DE{number % 97:02d}50010517{number % 10**10:010d}",
            purpose=f"Rechnung RE-{number:07d} vom {number % 28 + 1:02d}.01.2024 Kundennummer {number * 31 % 100_000}",
        )


def write_camt(path: Path, count: int) -> None:
    """A CAMT.053.001.08 file with one statement, as German banks write them; it adds up."""
    closing = OPENING + sum((payment.signed for payment in payments(count)), Decimal(0))
    last = date(2024, 1, 2) + timedelta(days=max(count - 1, 0) // A_DAY)
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>\n'
            "<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-01-02T05:00:00+01:00</CreDtTm></GrpHdr>\n"
            f"<Stmt><Id>S-1</Id><Acct><Id><IBAN>{OWN_IBAN}</IBAN></Id><Ccy>EUR</Ccy>"
            "<Ownr><Nm>Heidekrug Werbeagentur GmbH</Nm></Ownr></Acct>\n"
            f"{_balance('OPBD', OPENING, date(2024, 1, 2))}{_balance('CLBD', closing, last)}"
        )
        file.writelines(_camt_entry(payment) for payment in payments(count))
        file.write("</Stmt></BkToCstmrStmt></Document>\n")


def write_mt940(path: Path, count: int) -> None:
    """An MT940 file with a statement for each day and the German ``:86:`` fields; it adds up."""
    balance = OPENING
    number = 0
    rows: list[Payment] = []
    with path.open("w", encoding="iso-8859-1", newline="") as file:

        def flush() -> None:
            nonlocal balance, number
            if not rows:
                return
            number += 1
            day = f"{rows[0].day:%y%m%d}"
            file.write(f":20:STARTUMS\r\n:25:50010517/0123456789\r\n:28C:{number:05d}/001\r\n")
            file.write(f":60F:{_mark(balance)}{day}EUR{_comma(abs(balance))}\r\n")
            file.writelines(_mt940_entry(payment) for payment in rows)
            balance += sum((payment.signed for payment in rows), Decimal(0))
            file.write(f":62F:{_mark(balance)}{day}EUR{_comma(abs(balance))}\r\n-\r\n")
            rows.clear()

        for payment in payments(count):
            if rows and rows[0].day != payment.day:
                flush()
            rows.append(payment)
        flush()


def write_table(path: Path, count: int) -> None:
    """A CSV-CAMT export as Sparkassen write it."""
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(
            '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";'
            '"Mandatsreferenz";"Kundenreferenz (End-to-End)";"Sammlerreferenz";"Lastschrift Ursprungsbetrag";'
            '"Auslagenersatz Ruecklastschrift";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";'
            '"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"\r\n'
        )
        for row in payments(count):
            day = f"{row.day:%d.%m.%y}"
            text = "GUTSCHR. UEBERWEISUNG" if row.incoming else "ONLINE-UEBERWEISUNG"
            file.write(
                f'"{OWN_IBAN}";"{day}";"{day}";"{text}";"{row.purpose}";"";"";"E2E-{row.number:09d}";"";"";"";'
                f'"{row.name}";"{row.iban}";"INGDDEFFXXX";"{_comma(row.signed)}";"EUR";"Umsatz gebucht"\r\n'
            )


def _balance(code: str, amount: Decimal, day: date) -> str:
    direction = "DBIT" if amount < 0 else "CRDT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{abs(amount)}</Amt>'
        f"<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def _camt_entry(row: Payment) -> str:
    direction, family, gvc = ("CRDT", "RCDT", "166") if row.incoming else ("DBIT", "ICDT", "116")
    side = "Dbtr" if row.incoming else "Cdtr"
    name = row.name.replace("&", "&amp;")
    code = (
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
        f"<Prtry><Cd>NTRF+{gvc}+9249+888</Cd><Issr>DK</Issr></Prtry></BkTxCd>"
    )
    return f"""<Ntry>
  <Amt Ccy="EUR">{row.amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
  <BookgDt><Dt>{row.day}</Dt></BookgDt>
  <ValDt><Dt>{row.day}</Dt></ValDt>
  <AcctSvcrRef>2024{row.number:012d}</AcctSvcrRef>
  {code}
  <NtryDtls>
    <TxDtls>
      <Refs><EndToEndId>E2E-{row.number:09d}</EndToEndId></Refs>
      <Amt Ccy="EUR">{row.amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>
      {code}
      <RltdPties>
        <{side}><Pty><Nm>{name}</Nm></Pty></{side}>
        <{side}Acct><Id><IBAN>{row.iban}</IBAN></Id></{side}Acct>
      </RltdPties>
      <RltdAgts><{side}Agt><FinInstnId><BICFI>INGDDEFFXXX</BICFI></FinInstnId></{side}Agt></RltdAgts>
      <RmtInf><Ustrd>{row.purpose}</Ustrd></RmtInf>
    </TxDtls>
  </NtryDtls>
  <AddtlNtryInf>{"Gutschrift" if row.incoming else "Überweisung"}</AddtlNtryInf>
</Ntry>
"""


def _mt940_entry(row: Payment) -> str:
    gvc, text = ("166", "GUTSCHRIFT") if row.incoming else ("116", "UEBERWEISUNG")
    fields = [f"EREF+E2E-{row.number:09d}"]
    fields += [f"SVWZ+{row.purpose}"[start : start + 27] for start in range(0, len(row.purpose) + 5, 27)]
    details = f"{gvc}?00{text}?109249" + "".join(f"?{20 + index}{field}" for index, field in enumerate(fields))
    details += f"?30INGDDEFFXXX?31{row.iban}?32{row.name}?34888"
    lines = "\r\n".join(details[start : start + 65] for start in range(0, len(details), 65))
    mark = "C" if row.incoming else "D"
    return f":61:{row.day:%y%m%d%m%d}{mark}R{_comma(row.amount)}N{gvc}NONREF//{row.number:016d}\r\n:86:{lines}\r\n"


def _mark(balance: Decimal) -> str:
    return "D" if balance < 0 else "C"


def _comma(amount: Decimal) -> str:
    return str(amount).replace(".", ",")
