"""The bank accounts of a company while its bookings are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Required, TypedDict, Unpack

from sandbox.world.bank_texts import as_the_bank_writes
from sandbox.world.calendar import banking_day
from sandbox.world.model import BankAccount, Contact, Entry, Transaction

Code = tuple[str, str, str, str]
TRANSFER_IN: Code = ("PMNT", "RCDT", "ESCT", "NTRF+166")
TRANSFER_OUT: Code = ("PMNT", "ICDT", "ESCT", "NTRF+116")
BATCH_OUT: Code = ("PMNT", "ICDT", "ESCT", "NTRF+191")
STANDING_ORDER: Code = ("PMNT", "ICDT", "STDO", "NSTO+117")
DIRECT_DEBIT: Code = ("PMNT", "RDDT", "ESDD", "NDDT+105")
DEBIT_RETURNED: Code = ("PMNT", "RDDT", "UPDD", "NRTI+181")
CARD: Code = ("PMNT", "CCRD", "POSD", "NDDT+106")
FEES: Code = ("ACMT", "MDOP", "CHRG", "NCHG+808")
INTEREST: Code = ("ACMT", "MDOP", "INTR", "NINT+814")
LOAN: Code = ("LDAS", "CSLN", "PPAY", "NMSC+602")
SALARY: Code = ("PMNT", "ICDT", "SALA", "NTRF+116")
CASH: Code = ("PMNT", "CNTR", "CWDL", "NMSC+083")
CASH_IN: Code = ("PMNT", "CNTR", "CDPT", "NMSC+082")
TEXTS = {
    "NTRF+166": "Überweisungsgutschr.",
    "NTRF+116": "Überweisungsauftrag",
    "NTRF+191": "Sammelüberweisung",
    "NSTO+117": "Dauerauftragsbelast.",
    "NDDT+105": "Basislastschrift",
    "NRTI+181": "Retoure SEPA-Lastschrift",
    "NDDT+106": "Kartenzahlung",
    "NCHG+808": "Entgeltabschluss",
    "NINT+814": "Zinsen",
    "NMSC+602": "Darlehensrate",
    "NMSC+083": "Bargeldauszahlung",
    "NMSC+082": "Bareinzahlung",
}


class Details(TypedDict, total=False):
    """What is said about a transaction besides day and amount."""

    name: Required[str]
    purpose: Required[str]
    code: Required[Code]
    iban: str
    bic: str
    end_to_end: str
    mandate: str
    creditor_id: str
    reason: str


@dataclass(slots=True)
class Ledger:
    """Writes bookings into the accounts; every reference is given once."""

    accounts: Sequence[BankAccount]
    used: set[str] = field(default_factory=set)

    def _reference(self, rng: Random, account: BankAccount, booked: date) -> str:
        while True:
            second = f"{rng.randrange(6, 20):02d}{rng.randrange(60):02d}{rng.randrange(60):02d}"
            micro = f"{rng.randrange(10**6):06d}"
            if account.dialect == "sparkasse":
                reference = f"{booked}-{second[:2]}.{second[2:4]}.{second[4:]}.{micro}"
            elif account.dialect == "volksbank":
                reference = f"{booked:%Y%m%d}{second}{micro}"
            else:
                reference = f"{booked:%y%j}{rng.getrandbits(44):011X}"
            if reference not in self.used:
                self.used.add(reference)
                return reference

    def transaction(
        self, rng: Random, booked: date, amount: Decimal, account: int = 0, **details: Unpack[Details]
    ) -> Transaction:
        """Make a transaction that is not booked yet, with the text its bank makes of it."""
        target = self.accounts[account]
        code, iban, bic = details["code"], details.get("iban", ""), details.get("bic", "")
        shown, lines = as_the_bank_writes(
            rng,
            target.dialect,
            name=details["name"],
            purpose=details["purpose"],
            iban=iban,
            bic=bic,
            outgoing=code[1] == "ICDT",
        )
        return Transaction(
            ref=self._reference(rng, target, booked),
            amount=amount,
            name=shown,
            iban=iban,
            purpose=lines,
            code=code,
            bic=bic,
            end_to_end=details.get("end_to_end", ""),
            mandate=details.get("mandate", ""),
            creditor_id=details.get("creditor_id", ""),
            reason=details.get("reason", ""),
        )

    def book(self, rng: Random, booked: date, transactions: Sequence[Transaction], account: int = 0) -> None:
        """Book one transaction, or several of a batch, as one entry."""
        first = transactions[0]
        target = self.accounts[account]
        if len(transactions) > 1:
            reference, text = self._reference(rng, target, booked), TEXTS["NTRF+191"]
        else:
            reference, text = first.ref, TEXTS[first.code[3]]
        later = first.code in (TRANSFER_IN, DIRECT_DEBIT) and rng.random() < 0.2
        value = banking_day(booked, 1) if later else booked
        target.entries.append(Entry(reference, booked, value, text, tuple(transactions)))

    def post(
        self, rng: Random, booked: date, amount: Decimal, account: int = 0, **details: Unpack[Details]
    ) -> Transaction:
        """Make and book a single transaction."""
        transaction = self.transaction(rng, booked, amount, account, **details)
        self.book(rng, booked, [transaction], account)
        return transaction

    def from_contact(
        self,
        rng: Random,
        booked: date,
        amount: Decimal,
        contact: Contact,
        purpose: str,
        *,
        code: Code | None = None,
        account: int = 0,
        end_to_end: str = "",
        mandate: bool = False,
        reason: str = "",
    ) -> Transaction:
        """Book a transaction with a contact under one of its spellings; ``mandate`` names its direct debit."""
        return self.post(
            rng,
            booked,
            amount,
            account,
            name=rng.choice(contact.bank_names),
            purpose=purpose,
            code=code or (TRANSFER_IN if amount > 0 else TRANSFER_OUT),
            iban=contact.party.iban,
            bic=contact.party.bic,
            end_to_end=end_to_end,
            mandate=contact.mandate if mandate else "",
            creditor_id=contact.creditor_id if mandate else "",
            reason=reason,
        )
