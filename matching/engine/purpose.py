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


_CARD = re.compile(r"CCRD|POSD|CARD|KARTE|^106$|GIROCARD|MAESTRO|VISA", re.I)


def is_card(t: Transaction) -> bool:
    """Whether the booking is a card payment."""
    return bool(
        _CARD.search(t.code) or re.search(r"\b(KARTENZAHLUNG|VISA|MASTERCARD|GIROCARD|DEBITK)", fold(t.purpose))
    )


_RETURN = re.compile(
    r"R(UE|U)CKLASTSCHR|RETOURE|R(UE|U)CKGABE|R(UE|U)CKBUCHUNG|RETURN|WIDERSPRUCH|STORNO|MANGELS DECKUNG"
)
_RETURN_CODES = re.compile(r"UPDD|PRDD|RRTN|RPCR|ARET|REVERSAL|^(108|109|159|181)$", re.I)


def is_return(t: Transaction) -> bool:
    """Whether the booking gives an earlier one back (returned debit, returned transfer)."""
    return bool(_RETURN_CODES.search(t.code) or _RETURN.search(fold(t.purpose)))
