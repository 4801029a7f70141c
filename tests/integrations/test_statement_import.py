"""Bank files become transactions: once, whole, and with words for what is wrong."""

import itertools
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import translation
from django_q.models import OrmQ

from accounts.models import Client, User
from integrations.models import StatementFile
from integrations.services.statements import StatementImport, import_file, problem_words
from matching.models import BankAccount, Transaction
from tests.integrations.statements import builder
from tests.integrations.statements.builder import Booking, Payment, document
from tests.integrations.sync.conftest import empty_queue
from vouchers.storage import open_stored

pytestmark = pytest.mark.django_db
IBAN = "DE02120300000000202051"


def entry(reference: str, amount: str = "10.00", text: str = "Rechnung 1") -> Booking:
    payment = Payment(creditor=("Druckhaus", ""), lines=(text,))
    return Booking(amount=amount, reference=reference, payments=(payment,))


def statement(*entries: Booking, iban: str = IBAN, name: str = "S1") -> str:
    return builder.statement(*entries, iban=iban, number=name)


def counts(result: StatementImport) -> tuple[int, int, int]:
    return result.transactions, result.new, result.duplicate


def test_lines_are_taken_over_with_account_and_file(kontor_client: Client, accountant: User) -> None:
    content = document(statement(entry("A"), entry("B", "20.00")))
    result = import_file(kontor_client, "march.xml", content, actor=accountant)
    assert counts(result) == (2, 2, 0)
    assert (result.format, result.accounts, result.errors, result.again) == ("camt.053.001.08", (IBAN,), (), False)
    account = BankAccount.objects.get()
    assert (account.client, account.iban, account.currency) == (kontor_client, IBAN, "EUR")
    row = Transaction.objects.get(amount="-20.00")
    assert (row.counterparty, row.purpose, row.bank_reference, row.source) == (
        "Druckhaus",
        "Rechnung 1",
        "B",
        "statement",
    )
    file = StatementFile.objects.get()
    assert (file.name, file.new, file.transactions, file.imported_by) == ("march.xml", 2, 2, accountant)
    with open_stored(file.stored) as stored:
        assert stored.read() == content


def test_the_same_file_twice_changes_nothing_and_says_so(kontor_client: Client) -> None:
    content = document(statement(entry("A")))
    import_file(kontor_client, "march.xml", content)
    before = list(StatementFile.objects.values())
    result = import_file(kontor_client, "again.xml", content)
    assert counts(result) == (1, 0, 1)
    assert result.again
    assert list(StatementFile.objects.values()) == before
    assert Transaction.objects.count() == 1


def test_overlapping_files_share_their_lines_and_keep_twins(kontor_client: Client) -> None:
    twin = entry("", "4.50", "Kaffee")
    assert counts(import_file(kontor_client, "a.xml", document(statement(twin, twin, entry("A"))))) == (3, 3, 0)
    longer = document(statement(entry("A"), twin, twin, entry("B"), name="S2"))
    assert counts(import_file(kontor_client, "b.xml", longer)) == (4, 1, 3)
    assert Transaction.objects.filter(amount="-4.50").count() == 2


def test_matching_is_asked_for_when_there_is_something_new(
    kontor_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    content = document(statement(entry("A")))
    with django_capture_on_commit_callbacks(execute=True):
        import_file(kontor_client, "march.xml", content)
    assert OrmQ.objects.count() == 1
    empty_queue()
    with django_capture_on_commit_callbacks(execute=True):
        import_file(kontor_client, "march.xml", content)
    assert not OrmQ.objects.exists()


def test_matching_is_asked_for_after_an_import_that_died_before_it_could_ask(
    kontor_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    content = document(statement(entry("A")))
    import_file(kontor_client, "march.xml", content)
    StatementFile.objects.all().delete()  # as if killed when the lines were written, and nothing else yet
    empty_queue()
    with django_capture_on_commit_callbacks(execute=True):
        assert counts(import_file(kontor_client, "march.xml", content)) == (1, 0, 1)
    assert OrmQ.objects.count() == 1


def test_nothing_is_lost_before_or_after_a_broken_place(kontor_client: Client) -> None:
    good, bad = entry("A"), entry("B", "twenty")
    content = document(statement(good, bad, entry("C")), statement(entry("D"), name="S2"))
    result = import_file(kontor_client, "march.xml", content)
    assert counts(result) == (3, 3, 0)
    (error,) = result.errors
    assert error["place"].startswith("statement 1, entry 2")
    assert "twenty" in error["message"]
    assert StatementFile.objects.get().errors[0]["code"] == "amount"


def test_a_file_that_breaks_off_keeps_what_was_read(kontor_client: Client) -> None:
    content = document(statement(entry("A"), entry("B"), entry("C")))
    result = import_file(kontor_client, "march.xml", content[: content.index(b"<AcctSvcrRef>C")])
    assert counts(result) == (2, 2, 0)
    assert [error["code"] for error in result.errors] == ["cut_off"]
    whole = import_file(kontor_client, "march.xml", content)
    assert counts(whole) == (3, 1, 2)


@pytest.mark.parametrize(
    ("content", "format_name", "code"),
    [
        (b"", "empty", "empty"),
        (b"%PDF-1.4 nonsense", "pdf", "foreign"),
        (b"hello", "unknown", "unknown"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><Document/>', "xml", "doctype"),
        (b"<html><body>Sorry</body></html>", "html", "foreign"),
    ],
)
def test_foreign_files_are_kept_with_clear_words(
    kontor_client: Client, content: bytes, format_name: str, code: str
) -> None:
    result = import_file(kontor_client, "x", content)
    assert (counts(result), result.format) == ((0, 0, 0), format_name)
    assert [error["code"] for error in result.errors] == [code]
    assert result.errors[0]["message"].endswith(".")
    assert StatementFile.objects.get().errors[0]["code"] == code


def test_an_account_of_another_client_is_refused(kontor_client: Client, outsider: User) -> None:
    other = Client.objects.exclude(pk=kontor_client.pk).get()
    import_file(kontor_client, "a.xml", document(statement(entry("A"))))
    foreign = document(statement(entry("Z")), statement(entry("Y"), iban="DE75512108001245126199", name="S2"))
    result = import_file(other, "b.xml", foreign)
    assert counts(result) == (2, 1, 0)
    assert result.accounts == ("DE75512108001245126199",)
    (error,) = result.errors
    assert IBAN in error["message"]
    assert kontor_client.name not in error["message"]
    assert not Transaction.objects.filter(bank_reference="Z").exists()
    # put right, the same file completes what was refused
    BankAccount.objects.filter(iban=IBAN).update(iban="", key="moved")
    assert counts(import_file(other, "b.xml", foreign)) == (2, 1, 1)
    file = StatementFile.objects.get(client=other)
    assert (file.new, file.errors) == (2, [])


def test_amounts_that_do_not_fit_are_an_error_not_a_rounding(kontor_client: Client) -> None:
    result = import_file(kontor_client, "a.xml", document(statement(entry("A", "1.005"), entry("B", "1.500"))))
    assert counts(result) == (1, 1, 0)
    assert [error["code"] for error in result.errors] == ["amount_too_fine"]
    assert "1.005" in result.errors[0]["message"]


def test_stored_problems_are_said_in_the_readers_language(kontor_client: Client) -> None:
    result = import_file(kontor_client, "a.xml", document(statement(entry("A", "1.005"), entry("B", "x"))))
    with translation.override("en"):
        for problem in result.errors:
            assert problem_words(problem) == (problem["place"], problem["message"])


def test_an_interrupted_statement_is_not_taken_over_in_part(kontor_client: Client) -> None:
    content = document(statement(entry("A"), entry("B")), statement(entry("C"), entry("D"), name="S2"))
    statements = itertools.count(1)

    def dying(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # what is pending is asked for when the lines of a statement are written
        if "matching_pendingline" in sql and next(statements) == 2:
            raise OperationalError("the database went away")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(dying), pytest.raises(OperationalError):
        import_file(kontor_client, "a.xml", content)
    assert set(Transaction.objects.values_list("bank_reference", flat=True)) == {"A", "B"}
    assert counts(import_file(kontor_client, "a.xml", content)) == (4, 2, 2)
