"""ZIP archives of bank files."""

import io
import zipfile

import pytest

from integrations.statements.inspect import inspect_statement
from integrations.statements.problems import Code
from integrations.statements.shapes import Opened, StatementHeader

from .builder import booking, document, one, statement
from .reading import codes, entries, keys, lines, problems, records

MARCH = one(booking("5.00", "eins"), booking("6.00", "zwei"), number="3")
APRIL = one(booking("7.00", "drei", booked="2026-04-01"), number="4")
REPORT = document(statement(booking("7.00"), group="Rpt"), message="052")


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def opened(content: bytes) -> str:
    return next(record.format for record in records(content) if isinstance(record, Opened))


def test_all_members_are_read_and_named() -> None:
    content = packed(("a/march.xml", MARCH), ("april.xml", APRIL))
    assert opened(content) == "zip:camt.053.001.08"
    assert [str(line.amount) for line in lines(content)] == ["-5.00", "-6.00", "-7.00"]
    assert [entry.place.member for entry in entries(content)] == ["a/march.xml", "a/march.xml", "april.xml"]
    headers = [record for record in records(content) if isinstance(record, StatementHeader)]
    assert [header.member for header in headers] == ["a/march.xml", "april.xml"]
    assert sum(isinstance(record, Opened) for record in records(content)) == 1


@pytest.mark.parametrize(
    ("members", "kind"),
    [(("[Content_Types].xml", "xl/workbook.xml"), "xlsx"), (("mimetype", "content.xml"), "ods")],
)
def test_a_spreadsheet_is_refused_as_one_whatever_its_name(members: tuple[str, ...], kind: str) -> None:
    sheet = packed(*((name, b"<x/>") for name in members))
    report = inspect_statement(sheet, "umsaetze.csv")
    (error,) = report["errors"]
    assert (error["code"], report["warnings"]) == ("spreadsheet", [])
    assert kind in error["message"]
    beside = inspect_statement(packed(("march.xml", MARCH), ("sheet.csv", sheet)), "all.zip")
    assert [(error["code"], error["place"]) for error in beside["errors"]] == [("spreadsheet", "sheet.csv")]
    assert beside["accounts"][0]["entries"] == 2


def test_what_systems_leave_in_folders_is_no_member() -> None:
    content = packed(("2026/Thumbs.db", b"\xd0\xcf"), ("2026/desktop.ini", b"[x]"), ("2026/march.xml", MARCH))
    assert (codes(content), len(lines(content))) == ([], 2)


def test_lines_have_the_keys_that_they_have_unpacked() -> None:
    assert keys(packed(("m.xml", MARCH), ("a.xml", APRIL))) == [*keys(MARCH), *keys(APRIL)]


def test_the_same_entries_in_two_members_are_not_twins() -> None:
    again = MARCH.replace(b"<Id>3</Id>", b"<Id>3b</Id>")
    assert keys(packed(("m.xml", MARCH), ("b.xml", again))) == keys(MARCH) * 2


def test_pages_of_one_statement_in_two_members_hold_real_twins() -> None:
    def page(number: int) -> bytes:
        pages = f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{str(number == 2).lower()}</LastPgInd></StmtPgntn>"
        return one(booking("5.00", "Parkschein"), number="3").replace(b"<Id>3</Id>", f"<Id>3</Id>{pages}".encode())

    found = lines(packed(("1.xml", page(1)), ("2.xml", page(2))))
    assert [line.ordinal for line in found] == [1, 2]


def test_different_formats_are_mixed() -> None:
    content = packed(("m.xml", MARCH), ("r.xml", REPORT))
    assert opened(content) == "zip:mixed"
    assert {line.family for line in lines(content)} == {"camt.053.001.08", "camt.052.001.08"}


def test_the_same_bytes_twice_are_read_once() -> None:
    content = packed(("m.xml", MARCH), ("copy/m.xml", MARCH), ("a.xml", APRIL))
    assert len(lines(content)) == 3
    (problem,) = problems(content)
    assert (problem.code, str(problem.place)) == (Code.REPEATED_MEMBER, "copy/m.xml")
    assert "m.xml" in problem.message


def test_an_archive_in_an_archive_is_read_and_no_deeper() -> None:
    inner = packed(("m.xml", MARCH))
    content = packed(("inner.zip", inner), ("deep.zip", packed(("inner.zip", inner))), ("a.xml", APRIL))
    assert [entry.place.member for entry in entries(content)] == ["inner.zip/m.xml", "inner.zip/m.xml", "a.xml"]
    (problem,) = problems(content)
    assert (problem.code, problem.place.member) == (Code.ARCHIVE_NESTED, "deep.zip/inner.zip")


def test_clutter_is_passed_over() -> None:
    content = packed(("__MACOSX/._m.xml", b"\0"), (".DS_Store", b"\0"), ("x/", b""), ("m.xml", MARCH))
    assert (opened(content), codes(content), len(lines(content))) == ("zip:camt.053.001.08", [], 2)


def test_what_is_no_statement_is_named() -> None:
    content = packed(("letter.pdf", b"%PDF-1.4"), ("m.xml", MARCH), ("note.txt", b"hallo"))
    report = inspect_statement(content, "x.zip")
    assert report["format"] == "zip:camt.053.001.08"
    assert not report["errors"]
    assert [warning["place"] for warning in report["warnings"]] == ["letter.pdf", "note.txt"]


@pytest.mark.parametrize("members", [(), (("letter.pdf", b"%PDF-1.4"),)])
def test_an_archive_without_statements_says_so(members: tuple[tuple[str, bytes], ...]) -> None:
    report = inspect_statement(packed(*members), "x.zip")
    assert report["format"] == "zip"
    assert [error["code"] for error in report["errors"]] == ["no_statement"]


def test_a_protected_member_is_named_and_the_others_are_read() -> None:
    content = bytearray(packed(("secret.xml", MARCH), ("a.xml", APRIL)))
    # the flag stands in the local header and in the directory
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert len(lines(bytes(content))) == 1
    (problem,) = problems(bytes(content))
    assert (problem.code, problem.place.member) == (Code.ENCRYPTED, "secret.xml")


def test_a_damaged_member_gives_what_stands_before_the_damage() -> None:
    content = packed(("m.xml", MARCH), ("a.xml", APRIL), method=zipfile.ZIP_STORED)
    broken = content.replace(b"zwei", b"drei", 1)
    assert [str(line.amount) for line in lines(broken)][-1] == "-7.00"
    assert Code.MEMBER_DAMAGED in codes(broken)
    assert any(problem.place.member == "m.xml" for problem in problems(broken))


@pytest.mark.parametrize("cut", [1, 10, 30, 200])
def test_a_cut_archive_is_refused_with_words(cut: int) -> None:
    content = packed(("m.xml", MARCH))
    assert codes(content[:-cut]) == [Code.ARCHIVE_DAMAGED]


def test_too_many_members_are_not_opened() -> None:
    content = packed(*((f"{number}.xml", b"<x/>") for number in range(1001)))
    assert codes(content) == [Code.ARCHIVE_LIMITS]


def test_a_bomb_is_not_unpacked() -> None:
    content = packed(("bomb.xml", b"<x>" + b" " * 50_000_000))
    assert len(content) < 100_000
    assert codes(content) == [Code.ARCHIVE_TOO_LARGE]


@pytest.mark.parametrize("name", ["Auszüge März.xml", "Gebühren–2026.xml"])
def test_names_are_read_with_and_without_the_mark_of_utf8(name: str) -> None:
    marked = packed((name, MARCH))
    assert entries(marked)[0].place.member == name
    unmarked = marked.replace(b"\x00\x08", b"\x00\x00")
    assert entries(unmarked)[0].place.member == name


def test_old_names_are_read_in_the_code_page_of_dos() -> None:
    name = "Auszüge.xml".encode("cp437")
    content = packed(("Ausz?ge.xml", MARCH)).replace(b"Ausz?ge.xml", name)
    assert entries(content)[0].place.member == "Auszüge.xml"


def test_a_stream_that_cannot_be_moved_about_in_is_read() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, content: bytes) -> None:
            self._content = io.BytesIO(content)

        def read(self, size: int = -1) -> bytes:
            return self._content.read(size)

        def seekable(self) -> bool:
            return False

    assert len(lines(Pipe(packed(("m.xml", MARCH))))) == 2
