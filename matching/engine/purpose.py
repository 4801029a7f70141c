"""Bookings that need no voucher: wages, taxes, loans, cash, fees, transfers between own accounts."""

from __future__ import annotations

import re

from .text import fold
from .types import Transaction

_WORDS = re.compile(
    r"\b(LOHN|GEHALT|LOHNGEHALT|FINANZAMT|BUNDESKASSE|HAUPTZOLLAMT|LOHNST|UMSATZSTEUER|GEWERBESTEUER|KRANKENKASSE"
    r"|BETR\.?NR|BETRIEBSNR|DARLEHEN|DARL\.|TILGUNG|GESELLSCHAFTERDARLEHEN|PRIVATENTNAHME|PRIVATEINLAGE|ENTNAHME"
    r"|EINLAGE|UMBUCHUNG|UEBERTRAG|LIQUIDITAETSAUSGLEICH|GELDAUTOMAT|BARGELDAUSZAHLUNG|BARGELD|GF-GEHALT"
    r"|KONTOABSCHLUSS|ZINSABSCHLUSS|ABSCHLUSSPOSTEN|SOLLZINSEN|HABENZINSEN|KREDITKARTENABRECHNUNG"
    r"|AUSLANDSEINSATZENTGELT|KONTOFUEHRUNG)\b"
)
_CODES = re.compile(r"CWDL|LDAS|MDOP|-INTR|-CHRG|-SALA|(?<![A-Z])SALA|^08[03]$|^80[58]$|^153$|^81[48]$")


def no_voucher_word(t: Transaction) -> str:
    """What says that no voucher belongs to the booking, or an empty string."""
    found = _WORDS.search(fold(f"{t.counterparty} {t.purpose}"))
    if found:
        return found.group()
    return t.code if _CODES.search(t.code.upper()) else ""


_OTHERWISE = re.compile(
    r"\bPRIVAT|\bBARZAHL|\bBAR\b|\bKASSE\b|KASSENBELEG|\bAUSLAGE|VORGESTRECKT|EINLAGE\b|KREDITKARTE|\bAMEX\b"
    r"|ZWEITKONTO|ANDERES KONTO|GUTHABEN\b|GUTSCHEIN|VERRECHNET|\bCASH\b"
)


def paid_otherwise(remark: str) -> str:
    """What in a voucher's remark says that it was not paid by the bank account, or an empty string."""
    found = _OTHERWISE.search(fold(remark))
    return found.group() if found else ""


_PART = re.compile(
    r"ANZAHLUNG|ABSCHLAG|TEILZAHLUNG|TEILBETRAG|\bRATE\b|\bRATEN|\bTZ\b|\bAZ\b|SCHLUSSZAHLUNG|RESTZAHLUNG|RESTBETRAG"
    r"|RESTSUMME|VORAUSZAHLUNG|TEILRECHNUNG|INSTAL?LMENT|DOWN ?PAYMENT|DEPOSIT|PART(IAL)? PAYMENT|ACOMPTE|ACCONTO"
)


def names_a_part(t: Transaction) -> bool:
    """Whether the text calls the booking a part payment."""
    return bool(_PART.search(fold(t.purpose)))


_SEVERAL = re.compile(
    r"\bDIV\b|DIVERSE|RECHNUNGEN|RECHNGN|SAMMEL|AUFSTELLUNG|\bAVIS|OFFENE POSTEN|\bOP\b|MEHRERE|ABZGL|GUTSCHRIFT"
    r"|\bLISTE|INVOICES|STATEMENT|REMITTANCE|FACTURES|FATTURE|FACTURAS|RELEVE"
)


def names_several(t: Transaction) -> bool:
    """Whether the text says, without naming them, that the booking pays several documents."""
    return bool(_SEVERAL.search(fold(t.purpose)))


_PREPAYMENT = re.compile(
    r"ANZAHLUNG|VORAUSZAHLUNG|VORKASSE|\bAZ\b|DEPOSIT|PREPAY|ADVANCE|ACOMPTE|ACCONTO|AANBETALING|AUFTRAG|ANGEBOT"
)


def names_a_prepayment(t: Transaction) -> bool:
    """Whether the text says that the booking came before an invoice: a deposit, or for an order or an offer."""
    return bool(_PREPAYMENT.search(fold(t.purpose)))


_BATCH = re.compile(
    r"SAMMEL(?!ZAHL|RECHN|KUND|LIEF)|\bBATCH|\bBULK|LASTSCHRIFTDATEI|ZAHLUNGSDATEI|AUFTRAGSDATEI|\bDATEI VOM"
    r"|ZAHLLAUF|ZAHLUNGSLAUF|PAYMENT (FILE|RUN)"
)
_COUNT = re.compile(
    r"(?:ANZAHL|ANZ|STUECK|MIT|SAMMELUEBERWEISUNG|SAMMELLASTSCHRIFT)\W{0,3}0*(\d{1,3})\b"
    r"|\b0*(\d{1,3}) (?:LASTSCHRIFT|UEBERWEISUNG|ZAHLUNG|POSTEN)"
)


def batch_size(t: Transaction) -> int | None:
    """None: no batch booking. Otherwise the number of payments the text declares, 0 where it declares none."""
    folded = fold(t.purpose)
    if not _BATCH.search(folded):
        return None
    found = _COUNT.search(folded)
    return int(found.group(1) or found.group(2)) if found else 0


_ELSEWHERE = re.compile(r"\b(BAR|BARZAHLUNG|KASSE|CASH|PRIVAT\w*|AUSLAGE\w*|KREDITKARTE|AMEX|ZWEITKONTO|VERRECHN\w*)\b")


def paid_elsewhere(remark: str) -> bool:
    """Whether a voucher's remark says that it was paid in cash, privately, by a card or from another account."""
    return bool(_ELSEWHERE.search(fold(remark)))


_CARD = re.compile(r"CCRD|POSD|CARD|KARTE|^106$|GIROCARD|MAESTRO|VISA", re.I)


def is_card(t: Transaction) -> bool:
    """Whether the booking is a card payment."""
    return bool(
        _CARD.search(t.code) or re.search(r"\b(KARTENZAHLUNG|VISA|MASTERCARD|GIROCARD|DEBITK)", fold(t.purpose))
    )


_RETURN = re.compile(
    r"RUECKLASTSCHR|RUCKLASTSCHR|LASTSCHRIFTRUECK|RETOURE SEPA|RETOURE.{0,12}LASTSCHR|RUECKUEBERWEISUNG|MANGELS DECKUNG"
    r"|LASTSCHRIFTWIDERSPRUCH|RETURNED DIRECT DEBIT|DIRECT DEBIT RETURN"
)
_RETURN_CODES = re.compile(r"UPDD|PRDD|RRTN|RPCR|ARET|REVERSAL|^(108|109|159|181)$", re.I)


def is_return(t: Transaction) -> bool:
    """Whether the booking gives an earlier one back (returned debit, returned transfer)."""
    return t.is_reversal or bool(_RETURN_CODES.search(t.code) or _RETURN.search(fold(t.purpose)))
