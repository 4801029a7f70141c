import json
from pathlib import Path

import pytest

from integrations.statements.detect import detect
from integrations.statements.source import HEAD

from .builder import document, one

CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


@pytest.mark.parametrize("version", ["02", "04", "08", "14"])
@pytest.mark.parametrize("message", ["052", "053", "054"])
def test_camt_is_named_with_its_version(message: str, version: str) -> None:
    assert detect(document(message=message, version=version)) == f"camt.{message}.001.{version}"


def test_without_a_namespace_the_version_is_unknown() -> None:
    assert detect(one(namespace=False)) == "camt.053"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (f'<a:Document xmlns:a="{CAMT}"><a:BkToCstmrStmt>'.encode(), "camt.053.001.08"),
        (f'<Document xmlns:n0="{CAMT}"><BkToCstmrStmt>'.encode(), "camt.053.001.08"),
        (f'<!-- camt.054.001.02 --><Document xmlns="{CAMT}"><BkToCstmrStmt/>'.encode(), "camt.053.001.08"),
        (f'\ufeff<?xml version="1.0"?><Document xmlns="{CAMT}"><BkToCstmrStmt/>'.encode(), "camt.053.001.08"),
        (f'\ufeff<Document xmlns="{CAMT}"><BkToCstmrStmt/>'.encode("utf-16-le"), "camt.053.001.08"),
        (b'<Document xmlns="urn:x:xsd:camt"><BkToCstmrAcctRpt>', "camt.052"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><X/>', "pain.001.001.09"),
        (b"<rss><channel/></rss>", "xml"),
        (b"<!DOCTYPE html><html><body>Login</body>", "html"),
        (b"<html><body>Login</body>", "html"),
        (b":20:STARTUMS\r\n:25:12345678/1\r\n:28C:1/1\r\n", "mt940"),
        (b"{1:F01X}{2:I940X}{4:\r\n:20:MPBZ\r\n:25:0001\r\n:28C:000\r\n", "mt940"),
        (b"@@:20:STARTUMS@@:25:12345678/1@@", "mt940"),
        (b"Datum;Betrag;Text\n01.02.2026;1,00;a\n", "csv"),
        ("Datum;Empfänger;Betrag\n01.02.2026;Müller;1,00\n".encode("cp1252"), "csv"),
        (b'"Girokonto";"DE89370400440532013000"\n\n"Tag";"Wert";"Status";"Name";"Betrag"\n', "csv"),
        (b"Eins, zwei, drei, vier, fuenf,\nsechs, sieben.\n", "unknown"),
        (b'{"transactions": []}', "json"),
        (b'[{"a": 1}]', "json"),
        (b"PK\x03\x04rest", "zip"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"%PDF-1.7", "pdf"),
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\x00\x01\x02\x03", "unknown"),
        (b"Guten Tag", "unknown"),
    ],
)
def test_other_files_are_named(head: bytes, expected: str) -> None:
    assert detect(head) == expected


@pytest.mark.samples
def test_every_sample_is_named_as_expected(samples: Path) -> None:
    short = {"csv": "csv", "qonto": "json", "gocardless": "json", "zip": "zip"}
    folder = samples / "bank"
    expected = json.loads((folder / "expected.json").read_text())
    # a list of numbers, which its origin calls a broken MT940
    not_recognisable = {"wolph__self-provided_invalid_statement.sta": "unknown"}
    wrong = {}
    for name, facts in expected.items():
        wanted = not_recognisable.get(name) or short.get(facts["format"].split(":")[0], facts["format"])
        found = detect((folder / name).read_bytes()[:HEAD])
        if found != wanted:
            wrong[name] = (found, wanted)
    assert len(expected) > 80
    assert not wrong


@pytest.mark.parametrize("text", ["<!--" * 16000, ":20:\n" * 13000, "<!DOCTYPE" * 7000, "<?a " * 16000])
def test_a_nasty_head_is_named_quickly(text: str) -> None:
    assert detect(text.encode()) in {"xml", "unknown"}
