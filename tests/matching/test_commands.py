"""The operators' commands about statements and matching: answers, exit codes, words."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from accounts.models import Client, User
from accounts.operator_command import Failed, WrongUsage
from integrations.models import StatementFile
from matching.models import Transaction
from tests.integrations.statements.builder import OWN_IBAN, Booking, Payment, document, statement
from tests.matching.conftest import MakeBooking, MakeVoucher

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Any:
    out = io.StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def march(tmp_path: Path) -> Path:
    path = tmp_path / "march.xml"
    payment = Payment(creditor=("Druckhaus Seeblick GmbH", ""), lines=("Rechnung RE-2025-2041",))
    path.write_bytes(document(statement(Booking("1190.00", payments=(payment,)), Booking("3.00", reference="X"))))
    return path


def test_import_match_export(kontor_client: Client, march: Path, voucher: MakeVoucher, tmp_path: Path) -> None:
    voucher("RE-2025-2041", "1190.00")
    assert run("import_statement", "10001", str(march)) == {
        "files": [
            {
                "name": "march.xml", "format": "camt.053.001.08", "accounts": [OWN_IBAN], "transactions": 2, "new": 2,
                "duplicate": 0, "pending": 0, "sightings": 0, "again": False, "errors": [], "warnings": [],
            }
        ]
    }  # fmt: skip
    (again,) = run("import_statement", "10001", str(march))["files"]
    assert (again["new"], again["duplicate"], again["again"]) == (0, 2, True)
    answer = run("match", "10001")
    assert set(answer) == {"automatic", "suggested", "unmatched_vouchers", "unmatched_transactions", "seconds"}
    assert (answer["automatic"] + answer["suggested"], answer["unmatched_transactions"]) == (1, 1)
    target = tmp_path / "matches.jsonl"
    assert run("export", "10001", "matches", "--format", "jsonl", "-o", str(target)) == {"rows": 1}
    assert run("match", "10001")["automatic"] == answer["automatic"]


def test_bad_files_fail_and_the_good_ones_are_taken(kontor_client: Client, march: Path, tmp_path: Path) -> None:
    empty, missing = tmp_path / "empty.xml", tmp_path / "missing.xml"
    empty.write_bytes(b"")
    out = io.StringIO()
    with pytest.raises(Failed) as failure:
        call_command("import_statement", "10001", str(empty), str(missing), str(march), "--json", stdout=out)
    assert failure.value.returncode == 1
    files = json.loads(out.getvalue())["files"]
    assert [[error["code"] for error in file["errors"]] for file in files] == [["empty"], ["cannot_open"], []]
    assert Transaction.objects.count() == 2


def test_an_unknown_client_is_said(march: Path, db: None) -> None:
    for arguments in (
        ["match", "999"],
        ["import_statement", "999", str(march)],
        ["export", "999", "matches", "-o", "x"],
    ):
        with translation.override("en"), pytest.raises(Failed, match="no client with the number 999"):
            call_command(*arguments)


def test_match_all_lists_every_client(
    kontor_client: Client, outsider: User, voucher: MakeVoucher, booking: MakeBooking
) -> None:
    voucher("RE-2025-2041", "1190.00")
    booking("-1190.00", "RE-2025-2041")
    answers = run("match", "--all")
    assert [answer["client"] for answer in answers] == ["10001", "10002"]
    assert answers[1]["automatic"] == 0
    with pytest.raises(WrongUsage) as failure:
        run("match")
    assert failure.value.returncode == 2
    with pytest.raises(WrongUsage):
        run("match", "10001", "--all")


def test_words_for_people(kontor_client: Client, march: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with translation.override("en"):
        call_command("import_statement", "10001", str(march))
        call_command("import_statement", "10001", str(march))
        call_command("match", "10001")
        call_command("inspect_statement", str(march))
    text = capsys.readouterr().out
    assert "2 transactions, 2 new, 0 known already" in text
    assert "imported before" in text
    assert "0 matched automatically, 0 to review, 0 vouchers and 2 transactions left over" in text
    assert f"{OWN_IBAN} EUR: 2 entries" in text


def test_inspecting_stores_nothing(march: Path, db: None) -> None:
    (report,) = run("inspect_statement", str(march))["files"]
    assert report["accounts"][0]["debit_total"] == "1193.00"
    assert not Transaction.objects.exists()
    assert not StatementFile.objects.exists()
    with pytest.raises(Failed):
        run("inspect_statement", str(march.with_name("missing.xml")))


def test_evaluating_needs_no_database(tmp_path: Path) -> None:
    voucher = {
        "id": "v", "client": "c", "type": "purchaseinvoice", "number": "RE-2025-8062", "date": "2025-07-01",
        "due_date": "2025-07-15", "total": "64.02", "currency": "EUR", "contact": "Köhler GmbH", "open_amount": "0.00",
        "status": "paid", "payments": [{"type": "manualPayment", "date": "2025-07-10", "amount": "64.02"}],
    }  # fmt: skip
    booked = {
        "id": "t", "client": "c", "account_iban": "DE1", "booking_date": "2025-07-10", "value_date": "2025-07-10",
        "amount": "-64.02", "currency": "EUR", "counterparty": "Köhler GmbH", "counterparty_iban": "",
        "purpose": "RE-2025-8062",
    }  # fmt: skip
    truth = {"client": "c", "voucher": "v", "transaction": "t", "amount": "64.02"}
    for name, row in (("vouchers", voucher), ("transactions", booked), ("truth", truth)):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    scores = run("evaluate_matching", str(tmp_path), "--out", str(tmp_path / "out.jsonl"))
    assert (scores["allocations"], scores["wrong"]) == (1, 0)
    (prediction,) = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(prediction)["transaction"] == "t"


def test_a_folder_that_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(Failed):
        run("evaluate_matching", str(tmp_path))
    (tmp_path / "vouchers.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    with translation.override("en"), pytest.raises(Failed, match="not a data set"):
        run("evaluate_matching", str(tmp_path))


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("match", "export", "evaluate_matching", "import_statement", "inspect_statement"):
        with pytest.raises(SystemExit):
            call_command(name, "--help")
        assert f"manage.py {name} " in capsys.readouterr().out
