"""Exports hold what is documented, open in a German Excel, and run nothing there."""

import csv
import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from accounts.models import Client
from accounts.operator_command import Failed
from matching.export_formats import neutral
from matching.exports import COLUMNS
from matching.services import run_matching
from tests.matching.conftest import MakeBooking, MakeVoucher
from vouchers.services import attach_files, withdraw
from vouchers.shapes import FileData

pytestmark = pytest.mark.django_db
EVIL = '=HYPERLINK("http://x.example");1'


@pytest.fixture
def books(voucher: MakeVoucher, booking: MakeBooking) -> None:
    bill = voucher("RE-2025-2041", "1190.05", contact="Köhler; Söhne")
    attach_files(bill, [FileData("f1", "beleg.pdf", "application/pdf", b"%PDF-1.4 x")])
    booking("-1190.05", "Rechnung RE-2025-2041", counterparty="Köhler; Söhne")
    booking("12.05", EVIL, counterparty="+49 171")
    withdraw(voucher("RE-OLD", "5.00"), "voided")


def export(kind: str, format_name: str, folder: Path) -> tuple[Path, int]:
    target = folder / f"{kind}.{format_name}"
    out = StringIO()
    call_command("export", "10001", kind, "--format", format_name, "-o", str(target), "--json", stdout=out)
    return target, json.loads(out.getvalue())["rows"]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_json_lines_of_vouchers(books: None, kontor_client: Client, tmp_path: Path) -> None:
    path, count = export("vouchers", "jsonl", tmp_path)
    first, second = lines(path)
    assert count == 2
    assert tuple(first) == COLUMNS["vouchers"]
    assert (first["number"], first["total"], first["date"], first["withdrawn"]) == (
        "RE-2025-2041", "1190.05", "2025-03-03", False,
    )  # fmt: skip
    assert first["payments"] == [{"type": "partPaymentFinancialTransaction", "date": "2025-03-14", "amount": "1190.05"}]
    assert [(file["name"], file["size"], len(file["sha256"])) for file in first["files"]] == [("beleg.pdf", 10, 64)]
    assert second["withdrawn"] is True


def test_json_lines_of_transactions_and_matches_fit_together(
    books: None, kontor_client: Client, tmp_path: Path
) -> None:
    run_matching(kontor_client)
    transactions = {row["id"]: row for row in lines(export("transactions", "jsonl", tmp_path)[0])}
    vouchers = {row["id"]: row for row in lines(export("vouchers", "jsonl", tmp_path)[0])}
    (match,) = lines(export("matches", "jsonl", tmp_path)[0])
    assert transactions[match["transaction"]]["amount"] == "-1190.05"
    assert vouchers[match["voucher"]]["number"] == "RE-2025-2041"
    assert (match["amount"], match["state"]) == ("1190.05", "automatic")
    assert 0.9 < match["probability"] <= 1
    assert {"code", "text"} == set(match["reasons"][0])
    assert {row["source"] for row in transactions.values()} == {"statement"}


def test_csv_opens_in_a_german_excel(books: None, kontor_client: Client, tmp_path: Path) -> None:
    path, count = export("transactions", "csv", tmp_path)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 3 == count + 1
    rows = list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [row["amount"] for row in rows] == ["-1190,05", "12,05"]
    assert rows[0]["counterparty"] == "Köhler; Söhne"
    assert rows[0]["booking_date"] == "2025-03-14"
    assert rows[1]["purpose"] == f"'{EVIL}"
    assert rows[1]["counterparty"] == "'+49 171"


def test_xlsx_has_numbers_dates_and_no_formulas(books: None, kontor_client: Client, tmp_path: Path) -> None:
    path, count = export("transactions", "xlsx", tmp_path)
    sheet = load_workbook(path).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    header = [cell.value for cell in rows[0]]
    assert tuple(header) == COLUMNS["transactions"]
    assert len(rows) == count + 1
    amount, booked, purpose = (rows[2][header.index(name)] for name in ("amount", "booking_date", "purpose"))
    assert Decimal(str(amount.value)) == Decimal("12.05")
    assert booked.value.date() == date(2025, 3, 14)
    assert (purpose.value, purpose.data_type) == (EVIL, "s")


@pytest.mark.parametrize("kind", sorted(COLUMNS))
@pytest.mark.parametrize("format_name", ["csv", "xlsx", "jsonl"])
def test_every_kind_in_every_format(
    books: None, kontor_client: Client, tmp_path: Path, kind: str, format_name: str
) -> None:
    run_matching(kontor_client)
    path, count = export(kind, format_name, tmp_path)
    assert count == {"vouchers": 2, "transactions": 2, "matches": 1}[kind]
    assert path.stat().st_size > 0
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_said(books: None, kontor_client: Client, tmp_path: Path) -> None:
    with pytest.raises(Failed) as failure:
        call_command("export", "10001", "vouchers", "-o", str(tmp_path / "missing" / "x.jsonl"))
    assert failure.value.returncode == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\r=1"])
def test_what_a_spreadsheet_would_run_is_neutral(text: str) -> None:
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "RE-1", "1=1", "Köhler", "'=1"])
def test_other_texts_stay(text: str) -> None:
    assert neutral(text) == text
