"""The files that are damaged, all of them ours: small, of every shape that the readers know."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.integrations.statements import builder as camt
from tests.integrations.statements import mt940_builder as mt

from .oracles import Oracle, camt_sum, mt940_sum, table_sum

SAMPLES: Final = Path(__file__).parents[1] / "samples" / "bank"


@dataclass(frozen=True)
class Target:
    """A format with its seeds, and how their lines are added up."""

    seeds: tuple[bytes, ...]
    oracle: Oracle


GERMAN: Final = mt.german(
    "166",
    *(("00", "GUTSCHRIFT"), ("10", "9310"), ("20", "EREF+R-2026-0815"), ("21", "SVWZ+Rechnung 0815 vom zweit")),
    *(
        ("22", "en März"),
        ("30", "GENODEF1ABC"),
        ("31", "DE02120300000000202051"),
        ("32", "Jürgen Müller"),
        ("34", "000"),
    ),
)
MOVES: Final = (
    mt.Move("1200,5", "C", details=GERMAN),
    mt.Move("19,99", "D", tail="NDDTKREF+//BANK-1", supplement="/OCMT/USD22,00//CHGS/EUR1,00/"),
    mt.Move("19,99", "D", tail="NDDTKREF+//BANK-1", details="Kartenzahlung 2026-03-02\r\n- ohne Beleg"),
    mt.Move("5,", "RC", details=mt.german("109", ("00", "RETOURE"), ("20", "EREF+1MREF+2SVWZ+3"), ("34", "914"))),
    mt.Move("7,50", "RD", booked="", funds=""),
)


def _mt940() -> tuple[bytes, ...]:
    pages = (
        mt.message(*MOVES[:2], number="7/1", inner=(False, True)),
        mt.message(*MOVES[2:], number="7/2", inner=(True, False), opening="1280.51"),
    )
    bare = [line for line in mt.message(*MOVES) if line[:3] not in (":60", ":62")]
    enveloped = ["{1:F01BANKDEFFAXXX0000000000}{2:I940BANKDEFFXXXXN}{4:", *mt.message(*MOVES[:3])[:-1], "-}{5:{MAC:0}}"]
    return (
        mt.file(mt.message(*MOVES)),
        mt.file(mt.message(*MOVES[:3]), mt.message(*MOVES[3:], account="DE02120300000000202051EUR"), encoding="cp1252"),
        mt.file(*pages, end="\n"),
        mt.file(enveloped, enveloped[:1] + mt.message(MOVES[4], opening="-3.00")[:-1] + enveloped[-1:]),
        mt.file(mt.message(*MOVES[:2]), end="@@"),
        mt.file(bare),
        mt.file(mt.message()),
        mt.file(mt.today(*MOVES[:2])),
    )


def _camt() -> tuple[bytes, ...]:
    debtor, creditor = ("Jürgen Müller", camt.OTHER_IBAN), (camt.OWNER, camt.OWN_IBAN)
    payment = camt.Payment(lines=("Rechnung 0815",), debtor=debtor, creditor=creditor)
    one = camt.Booking("1200.50", direction="CRDT", payments=(payment,))
    two = camt.booking("19.99", "Kartenzahlung", reference="BANK-1")
    batch = camt.Booking("12.00", payments=(camt.Payment("7.00"), camt.Payment("5.00", end_to_end="E-1")))
    every = (one, two, two, batch)
    seeds = [camt.one(*every, version=version, opening="100.00", closing="1248.52") for version in ("02", "04", "08")]
    seeds.append(camt.one(*every, namespace=False))
    seeds.append(camt.document(camt.statement(one, two), camt.statement(batch, number="S-2", iban=camt.OTHER_IBAN)))
    seeds.append(camt.document(camt.statement(one, two, group="Rpt"), message="052"))
    return tuple(seed.replace(b"><", b">\n<") for seed in seeds)


def targets() -> Mapping[str, Target]:
    """The formats by name."""
    tables = tuple(path.read_bytes() for path in sorted(SAMPLES.glob("*.csv")))
    return {
        "mt940": Target(_mt940(), mt940_sum),
        "camt": Target(_camt(), camt_sum),
        "csv": Target(tables, table_sum),
    }
