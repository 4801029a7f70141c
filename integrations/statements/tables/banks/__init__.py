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
    dkb.NEW,
    dkb.OLD,
    ing.ING,
    commerzbank.COMMERZBANK,
    deutsche_bank.POSTBANK,
    deutsche_bank.DEUTSCHE_BANK,
    comdirect.COMDIRECT,
    targobank.TARGOBANK,
    n26.NEW,
    n26.OLD,
    qonto.QONTO,
    wise.WISE,
    paypal.PAYPAL,
)
