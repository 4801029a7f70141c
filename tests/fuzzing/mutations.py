"""Ways in which files get damaged: bytes, lines, tags, numbers, dates, encodings, cuts."""

import re
from collections.abc import Callable
from random import Random
from typing import Final

NUMBER: Final = re.compile(rb"[0-9]+(?:[.,][0-9]*)?")
DATE: Final = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}\.[0-9]{2}\.[0-9]{2,4}|[0-9]{10}|[0-9]{6}")
TAG: Final = re.compile(rb":[0-9]{2}[A-Z]?:|</?[A-Za-z]+|\?[0-9]{2}|[A-Z]{4}\+|[;\t]")
NUMBERS: Final = (
    b"0",
    b"",
    b"-1",
    b"0,00",
    b"1.234,56",
    b"1,234.56",
    b"1e9",
    b"9" * 40,
    b"NaN",
    b"\xd9\xa3",
    b"0x1",
    b" 5",
)
DATES: Final = (
    b"000000",
    b"991331",
    b"260230",
    b"2026-02-30",
    b"30.02.2026",
    b"9999-12-31",
    b"0001-01-01",
    b"2902",
    b"",
)
TAGS: Final = (
    *(
        b":20:",
        b":25:",
        b":28C:",
        b":60F:",
        b":60M:",
        b":61:",
        b":62F:",
        b":62M:",
        b":64:",
        b":86:",
        b":6l:",
        b":13D:",
        b"-\r\n",
    ),
    *(b"<Ntry", b"</Ntry", b"<Stmt", b"</Stmt", b"<Amt", b"<!--", b"<![CDATA[", b"<?x?>", b"&lt;", b"<!DOCTYPE a>"),
    *(b"?00", b"?20", b"?32", b"EREF+", b"SVWZ+", b";", b'"', b";;", b"\t"),
)
PIECES: Final = (
    *(b"\x00", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n", b"@@", b"\x1a", b"-}", b"{4:", b"{1:F01}"),
    *(
        b"\xe2\x80\xae",
        b"\xc2\xa0",
        b"-",
        b" ",
        b"'",
        b'"',
        b"?",
        b"+",
        b"//",
        b"RC",
        b"RD",
        b"\r\n-\r\n",
        b"D",
        b"C",
        b"?20",
        b"EREF+",
    ),
    *(b"EREF: ", b"/OCMT/EUR1", b"<a>", b"&amp;", b":86:", b"12345", b"a;"),
)

Mutation = Callable[[Random, bytes], bytes]


def _span(rng: Random, data: bytes, longest: int = 60) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.randint(1, longest))


def flip(rng: Random, data: bytes) -> bytes:
    """Change one byte."""
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def insert(rng: Random, data: bytes) -> bytes:
    """Put something in between."""
    at = rng.randrange(len(data) + 1)
    piece = rng.choice(PIECES) if rng.random() < 0.6 else rng.randbytes(rng.randint(1, 6))
    # seldom so many that whatever grows with the square of the length is noticed
    return data[:at] + piece * (20_000 if rng.random() < 0.02 else rng.choice((1, 1, 1, 2, 50))) + data[at:]


def delete(rng: Random, data: bytes) -> bytes:
    """Take some bytes away."""
    start, end = _span(rng, data)
    return data[:start] + data[end:]


def duplicate(rng: Random, data: bytes) -> bytes:
    """Write some bytes twice."""
    start, end = _span(rng, data, 400)
    return data[:end] + data[start:]


def truncate(rng: Random, data: bytes) -> bytes:
    """Cut the file off."""
    return data[: rng.randrange(len(data) + 1)]


def lines(rng: Random, data: bytes) -> bytes:
    """Swap, drop, or repeat lines."""
    rows = data.splitlines(keepends=True)
    if len(rows) < 2:
        return data
    one, other = rng.randrange(len(rows)), rng.randrange(len(rows))
    how = rng.randrange(3)
    if how == 0:
        rows[one], rows[other] = rows[other], rows[one]
    elif how == 1:
        del rows[one]
    else:
        rows.insert(other, rows[one])
    return b"".join(rows)


def _replace(pattern: re.Pattern[bytes], others: tuple[bytes, ...]) -> Mutation:
    def mutate(rng: Random, data: bytes) -> bytes:
        found = list(pattern.finditer(data))
        if not found:
            return data
        mark = rng.choice(found)
        other = rng.choice(others) if rng.random() < 0.5 else rng.choice(found)[0]
        return data[: mark.start()] + other + data[mark.end() :]

    return mutate


def encode(rng: Random, data: bytes) -> bytes:
    """Write a part of the file in another encoding."""
    start, end = _span(rng, data, max(len(data), 1))
    name = rng.choice(("cp1252", "utf-8", "utf-16-le", "cp850"))
    return data[:start] + data[start:end].decode("utf-8", "replace").encode(name, "replace") + data[end:]


MUTATIONS: Final[tuple[Mutation, ...]] = (
    *(flip, insert, delete, duplicate, truncate, lines, lines, encode),
    *(_replace(NUMBER, NUMBERS), _replace(DATE, DATES), _replace(TAG, TAGS)),
)


def mutate(rng: Random, data: bytes) -> bytes:
    """Damage a file in one to four ways."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        data = rng.choice(MUTATIONS)(rng, data)
    return data
