"""The exports that are recognised by themselves, one family in each module."""

from typing import Final

from integrations.statements.tables.banks import (
    atruvia,
    comdirect,
    commerzbank,
    deutsche_bank,
    dkb,
    ing,
    n26,
    paypal,
    qonto,
    sparkasse,
    targobank,
    wise,
)
from integrations.statements.tables.profile import Profile

PROFILES: Final[tuple[Profile, ...]] = (
    sparkasse.CAMT,
    sparkasse.MT940,
    atruvia.VR,
    atruvia.VR_BEFORE,
    atruvia.GLS_BEFORE,
    atruvia.SPARDA_BEFORE,
    dkb.NEW,
    dkb.OLD,
    dkb.CARD,
    dkb.CARD_OLD,
    ing.ING,
    commerzbank.COMMERZBANK,
    deutsche_bank.POSTBANK,
    deutsche_bank.DEUTSCHE_BANK,
    deutsche_bank.ENGLISH,
    deutsche_bank.POSTBANK_BEFORE,
    comdirect.COMDIRECT,
    comdirect.CARD,
    targobank.TARGOBANK,
    n26.NEW,
    n26.OLD,
    qonto.QONTO,
    wise.WISE,
    paypal.PAYPAL,
)
