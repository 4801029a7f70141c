"""Invented bank details with valid check digits."""

from __future__ import annotations

from random import Random


def make_iban(bank_code: str, account: str) -> str:
    """Build a German IBAN from an eight-digit bank code and an account number (ISO 13616, mod 97-10)."""
    bban = bank_code + account.rjust(10, "0")
    check = 98 - int(bban + "131400") % 97
    return f"DE{check:02d}{bban}"


def random_iban(rng: Random) -> str:
    """Return an IBAN at a bank code nobody has, with an account number of ten digits."""
    bank_code = f"{rng.randrange(1, 9)}{rng.randrange(100):02d}{rng.choice('0459')}99{rng.randrange(80, 100)}"
    return make_iban(bank_code, str(rng.randrange(10**8, 10**10)))


def creditor_id(rng: Random) -> str:
    """Return an invented SEPA creditor identifier; the check digits leave out the business code ``ZZZ``."""
    national = f"0{rng.randrange(10**9, 10**10)}"
    check = 98 - int(national + "131400") % 97
    return f"DE{check:02d}ZZZ{national}"


def spaced(iban: str) -> str:
    """Write an IBAN in groups of four, as on paper."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
