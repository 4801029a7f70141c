"""Which account a file means, which days it covers, and what is announced."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Client
from integrations.models import AccountStatement, StatementFile
from integrations.services.statements import import_file
from matching.models import AccountState, BankAccount, PendingLine, Sighting, Transaction
from tests.integrations.statements.builder import Booking, booking, document, one, statement

pytestmark = pytest.mark.django_db
IBAN = "DE12120399123062174284"

MT940 = """:20:STARTUMS
:25:{account}
:28C:1/1
:60F:C260301EUR100,00
:61:2603020302D10,00NTRFNONREF
:86:116?00UEBERWEISUNG?20Rechnung 1?32Druckhaus
:62F:C260302EUR90,00
-
"""

TABLE = """Datum,Empfänger,Kontonummer,Transaktionstyp,Verwendungszweck,Kategorie,Betrag (EUR),\
Betrag (Fremdwährung),Fremdwährung,Wechselkurs
2026-03-02,Druckhaus,,Überweisung,Rechnung 1,Business,-10.0,,,
"""


def mt940(account: str) -> bytes:
    return MT940.format(account=account).replace("\n", "\r\n").encode()


def test_bank_code_and_number_are_the_iban(kontor_client: Client) -> None:
    first = import_file(kontor_client, "old.sta", mt940("12039912/3062174284"))
    assert (first.new, first.errors) == (1, ())
    second = import_file(kontor_client, "new.xml", one(booking("10.00", "Rechnung 1")))
    assert (second.new, second.sightings) == (0, 1)
    account = BankAccount.objects.get()
    assert (account.iban, account.key) == (IBAN, "12039912/3062174284")
    again = import_file(kontor_client, "again.sta", mt940(IBAN))
    assert (again.new, again.sightings) == (0, 0)
    assert set(Sighting.objects.values_list("family", "rank")) == {("mt940", 2), ("camt.053.001.08", 1)}


def test_a_requested_account_is_connected_by_its_first_statement(kontor_client: Client) -> None:
    BankAccount.objects.create(client=kontor_client, iban=IBAN, bank="Sparkasse", state=AccountState.REQUESTED)
    import_file(kontor_client, "a.xml", one(booking("10.00")))
    account = BankAccount.objects.get()
    assert (account.state, account.key, account.transactions.count()) == (AccountState.OPEN, IBAN, 1)


def test_nothing_of_a_private_account_is_stored(kontor_client: Client) -> None:
    BankAccount.objects.create(client=kontor_client, key=IBAN, iban=IBAN, is_private=True)
    result = import_file(kontor_client, "a.xml", one(booking("10.00")))
    assert [error["code"] for error in result.errors] == ["private_account"]
    assert IBAN in result.errors[0]["message"]
    assert not Transaction.objects.exists()
    assert not StatementFile.objects.exists()


def test_a_file_without_an_account_asks_for_one(kontor_client: Client) -> None:
    result = import_file(kontor_client, "a.csv", TABLE.encode())
    assert (result.needs_account, result.new) == (True, 0)
    chosen = BankAccount.objects.create(client=kontor_client, key=IBAN, iban=IBAN)
    result = import_file(kontor_client, "a.csv", TABLE.encode(), account=chosen)
    assert (result.new, result.errors, result.accounts) == (1, (), (IBAN,))
    assert import_file(kontor_client, "a.csv", TABLE.encode(), account=chosen).duplicate == 1
    assert import_file(kontor_client, "a.xml", one(booking("10.00", "Rechnung 1"))).new == 0


def test_days_and_balances_are_kept(kontor_client: Client) -> None:
    content = one(booking("10.00"), opening="100.00", closing="90.00")
    for _ in range(2):
        import_file(kontor_client, "a.xml", content)
    row = AccountStatement.objects.get()
    day = date(2026, 3, 2)
    assert (row.from_date, row.to_date, row.opening, row.closing) == (day, day, Decimal(100), Decimal(90))
    assert (row.booked, row.lines, row.provisional, row.file) == (
        Decimal(-10),
        1,
        False,
        StatementFile.objects.get(),
    )


def report(*bookings: Booking) -> bytes:
    """An intraday report of 3 March (the day on which the builder's files are made)."""
    return document(statement(*bookings, group="Rpt", number="R-1"), message="052")


def test_what_is_announced_is_shown_until_it_is_booked(kontor_client: Client) -> None:
    today = booking("7.00", "Heute", booked="2026-03-03", status="PDNG")
    yesterday = booking("10.00", "Gestern")
    result = import_file(kontor_client, "r.xml", report(yesterday, today))
    assert (result.transactions, result.new, result.pending) == (1, 1, 1)
    assert PendingLine.objects.get().amount == -7
    assert not Transaction.objects.filter(amount=-7).exists()
    other = booking("8.00", "Anders", booked="2026-03-03", status="PDNG")
    import_file(kontor_client, "r2.xml", report(yesterday, other))
    assert PendingLine.objects.get().amount == -8
    import_file(kontor_client, "s.xml", one(booking("8.00", "Anders", booked="2026-03-03"), yesterday))
    assert not PendingLine.objects.exists()
    assert sorted(Transaction.objects.values_list("amount", flat=True)) == [-10, -8]
    import_file(kontor_client, "r3.xml", report(yesterday, other))
    assert not PendingLine.objects.exists()
