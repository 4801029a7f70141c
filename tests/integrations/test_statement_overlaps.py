"""A true history of an account, delivered in overlapping pieces of every format in any order, gives that history."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from zipfile import ZipFile

import pytest

from accounts.models import Client
from integrations.services.statements import import_file
from integrations.statements.tables.banks import atruvia
from integrations.statements.values import decimal_text
from matching.models import Transaction
from matching.services.intake import TransactionData, account_for, import_transactions
from tests.integrations.statements import builder as camt
from tests.integrations.statements import mt940_builder as mt
from tests.integrations.statements.tables import writer

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 2)
DAYS = 4
START = Decimal("812.40")


@dataclass(frozen=True)
class Happened:
    """A payment; many of them are told without any id, so that equal ones look alike."""

    day: date
    amount: Decimal
    text: str
    end_to_end: str = ""


@dataclass(frozen=True)
class Piece:
    """The payments from one place of the history to another."""

    lines: Sequence[Happened]
    opening: Decimal
    closing: Decimal

    @property
    def last(self) -> date:
        return self.lines[-1].day


def history(chance: random.Random) -> list[Happened]:
    lines = []
    for number in range(chance.randint(6, 16)):
        amount = chance.choice(("-4.50", "-4.50", "-4.50", "-9.99", "120.00"))
        text = chance.choice(("Kaffee", "Kaffee", "Abo"))
        known = f"E2E-{number:04}" if chance.random() < 0.2 else ""
        lines.append(Happened(FIRST + timedelta(days=chance.randrange(DAYS)), Decimal(amount), text, known))
    return sorted(lines, key=lambda line: line.day)


def cut(lines: Sequence[Happened], begin: int, end: int) -> Piece:
    before = START + sum((line.amount for line in lines[:begin]), Decimal(0))
    said = lines[begin:end]
    return Piece(said, before, before + sum((line.amount for line in said), Decimal(0)))


def numbered(lines: Sequence[Happened], chance: random.Random) -> list[Piece]:
    """Statement after statement, each going on where the one before ended, also in the middle of a day."""
    places = {0, len(lines), *(chance.randrange(len(lines)) for _ in range(4))}
    return [cut(lines, begin, end) for begin, end in pairwise(sorted(places))]


def exports(lines: Sequence[Happened], chance: random.Random) -> Iterator[Piece]:
    """What somebody downloads: from the beginning of a day to whatever is booked at that moment."""
    mornings = [place for place, line in enumerate(lines) if not place or lines[place - 1].day < line.day]
    for _ in range(3):
        begin = chance.choice(mornings)
        yield cut(lines, begin, chance.randint(begin + 1, len(lines)))


def as_camt(pieces: Sequence[Piece], version: str, message: str = "053") -> bytes:
    group = {"053": "Stmt", "052": "Rpt"}[message]
    statements = []
    for number, piece in enumerate(pieces, start=1):
        bookings = [
            camt.Booking(
                decimal_text(abs(line.amount)),
                direction="CRDT" if line.amount > 0 else "DBIT",
                booked=line.day.isoformat(),
                valued=line.day.isoformat(),
                payments=(camt.Payment(lines=(line.text,), end_to_end=line.end_to_end),),
            )
            for line in piece.lines
        ]
        head = {"opening": decimal_text(piece.opening), "closing": decimal_text(piece.closing)}
        days = {"opening_date": piece.lines[0].day.isoformat(), "balance_date": piece.last.isoformat()}
        name = f"S-{number}-{piece.opening}-{piece.closing}"
        statements.append(
            camt.statement(*bookings, version=version, group=group, number=name, iban=writer.OWN, **head, **days)
        )
    # made long afterwards, so that every day is complete as far as it is told
    return camt.document(*statements, version=version, message=message).replace(b"2026-03-03T05", b"2026-04-03T05")


def as_mt940(pieces: Sequence[Piece]) -> bytes:
    messages = []
    for piece in pieces:
        moves = [
            mt.Move(
                decimal_text(abs(line.amount)).replace(".", ","),
                "C" if line.amount > 0 else "D",
                value=f"{line.day:%y%m%d}",
                booked=f"{line.day:%m%d}",
                details=mt.german("166", *_subfields(line)),
            )
            for line in piece.lines
        ]
        days = f"{piece.lines[0].day:%y%m%d}", f"{piece.last:%y%m%d}"
        messages.append(
            mt.message(*moves, account=writer.OWN, opening=decimal_text(piece.opening), days=days, number="0")
        )
    return mt.file(*messages)


def _subfields(line: Happened) -> list[tuple[str, str]]:
    said = [("20", f"EREF+{line.end_to_end}")] if line.end_to_end else []
    return [*said, ("25", f"SVWZ+{line.text}")]


def as_csv(piece: Piece) -> bytes:
    lines = [writer.Line(line.day, line.amount, "Rösterei", "", line.text) for line in piece.lines]
    return writer.write(atruvia.VR, lines, writer.Style(), balance=piece.opening)


def packed(files: Sequence[bytes]) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for number, content in enumerate(files):
            archive.writestr(f"bank/{number}.xml", content)
    return stream.getvalue()


def deliveries(lines: Sequence[Happened], chance: random.Random) -> Iterator[bytes]:
    """Files of several formats; of each the whole history comes, in pieces that somebody may have put together."""
    for version in chance.sample(("02", "08"), chance.randint(0, 2)):
        pieces = [*numbered(lines, chance), *exports(lines, chance)]
        chance.shuffle(pieces)
        kind = chance.randrange(3)
        if kind == 0:
            yield as_camt(pieces, version)
        elif kind == 1:
            yield packed([as_camt([piece], version) for piece in pieces])
        else:
            yield from (as_camt([piece], version) for piece in pieces)
    if chance.random() < 0.6:
        yield from (as_camt([piece], "08", "052") for piece in (*numbered(lines, chance), *exports(lines, chance)))
    if chance.random() < 0.7:
        pieces = [*numbered(lines, chance), *exports(lines, chance)]
        chance.shuffle(pieces)
        half = chance.randrange(len(pieces) + 1)
        yield from filter(None, (as_mt940(pieces[:half]), as_mt940(pieces[half:])))
    yield from map(as_csv, exports(lines, chance))
    yield as_csv(cut(lines, 0, len(lines)))


@pytest.mark.parametrize("seed", range(20))
def test_exactly_what_happened(kontor_client: Client, seed: int) -> None:
    chance = random.Random(f"overlaps {seed}")
    lines = history(chance)
    truth = Counter((line.day, line.amount) for line in lines)
    files = list(deliveries(lines, chance))
    chance.shuffle(files)
    files += chance.sample(files, len(files) // 2)
    account = account_for(kontor_client, iban=writer.OWN)
    feed = [
        TransactionData(f"f{number}", line.day, line.day, line.amount, "EUR", purpose=line.text)
        for number, line in enumerate(lines)
    ]
    fed = chance.randrange(len(files))
    for number, content in enumerate(files):
        if number == fed:
            import_transactions(account, feed, source="feed", family="feed:qonto")
        result = import_file(kontor_client, f"{number}.bank", content)
        assert not result.errors, result.errors
    assert Counter(Transaction.objects.values_list("booking_date", "amount")) == truth
    assert sum(import_file(kontor_client, "again", content).new for content in files) == 0


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
@pytest.mark.parametrize("together", [False, True])
def test_a_day_in_three_statements(kontor_client: Client, order: tuple[int, ...], *, together: bool) -> None:
    """Morning, noon and evening, with a coffee in each: three, also while the noon is still missing."""
    coffee = Happened(FIRST, Decimal("-4.50"), "Kaffee")
    lines = [coffee, coffee, Happened(FIRST, Decimal(120), "Abo"), coffee]
    pieces = [cut(lines, 0, 1), cut(lines, 1, 3), cut(lines, 3, 4)]
    if together:
        import_file(kontor_client, "x.sta", as_mt940([pieces[place] for place in order]))
        told = 4
    else:
        told = 0
        for place in order:
            told += len(pieces[place].lines)
            import_file(kontor_client, f"{place}.sta", as_mt940([pieces[place]]))
            assert Transaction.objects.count() == told
    assert Transaction.objects.count() == told == 4
    assert import_file(kontor_client, "day.sta", as_mt940([cut(lines, 0, 4)])).new == 0


def test_overlapping_statements_in_one_file(kontor_client: Client) -> None:
    """Two downloads put behind one another: a line that both have is one, two in one of them are two."""
    coffee = Happened(FIRST, Decimal("-4.50"), "Kaffee")
    lines = [coffee, coffee, Happened(FIRST + timedelta(days=1), Decimal(-30), "Abo")]
    for content in (
        as_mt940([cut(lines, 0, 2), cut(lines, 0, 3)]),
        as_camt([cut(lines, 0, 3), cut(lines, 0, 2)], "08"),
    ):
        import_file(kontor_client, "both", content)
        assert Transaction.objects.count() == 3


def test_twins_of_other_names_in_another_order(kontor_client: Client) -> None:
    """Two card payments that differ by the shop alone: the export of noon had one, that of the evening begins anew."""
    baker, kiosk = (writer.Line(FIRST, Decimal("-4.50"), name) for name in ("Bäckerei Süßmilch", "Kiosk am Tor"))
    style = writer.Style()
    import_file(kontor_client, "noon.csv", writer.write(atruvia.VR, [baker], style))
    import_file(kontor_client, "evening.csv", writer.write(atruvia.VR, [kiosk, baker], style))
    assert sorted(Transaction.objects.values_list("counterparty", flat=True)) == ["Bäckerei Süßmilch", "Kiosk am Tor"]
    assert import_file(kontor_client, "again.csv", writer.write(atruvia.VR, [baker, kiosk], style)).new == 0
