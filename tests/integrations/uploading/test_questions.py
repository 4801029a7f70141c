"""What is asked about a file before it is read: its columns, its forms, its account."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

from accounts.models import Client, User
from integrations.models import StatementFile, TableMapping
from integrations.services.uploads import waiting
from matching.models import BankAccount, PayoutReport
from tests.integrations.uploading.conftest import Door, portal_door, sample

OWN = "DE89370400440532013000"
TABLE = b"Tag;Wer;Wert in Euro\n03/04/2026;Kundin;10,00\n05/06/2026;Laden;-2,50\n"
NEXT = b"Tag;Wer;Wert in Euro\n07/06/2026;Laden;-7,25\n08/06/2026;Laden;-1,00\n"
ANSWERS = {"role-0": "booking_date", "role-1": "counterparty", "role-2": "amount", "account": "new", "iban": OWN}
NO_ACCOUNT = sample("bank/de_comdirect.csv")


def seen_in(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found, "no preview"
    return found.group(1)


def test_a_table_is_asked_about_shown_imported_and_remembered(door: Door, kontor_client: Client) -> None:
    page = door.send(("cash.csv", TABLE))
    assert "A question first; nothing was imported yet." in page
    file = StatementFile.objects.get()
    assert door.question("columns", file) in page
    page = door.ask("columns", file)
    assert "Wert in Euro" in page
    assert "03/04/2026 = 3 April 2026" in page
    assert "03/04/2026 = 4 March 2026" in page
    page = door.ask("columns", file, {**ANSWERS, "then": "preview"})
    assert "can be read as" in page
    assert 'data-testid="import"' not in page
    answers = {**ANSWERS, "date_format": "D/M/Y", "always": "on"}
    page = door.ask("columns", file, {**answers, "then": "preview"})
    assert "5 Jun 2026" in page
    assert "−€2.50" in page or "−2.50" in page
    assert not BankAccount.objects.exists()
    page = door.ask("columns", file, {**answers, "then": "import", "seen": seen_in(page)})
    assert "Imported." in page
    assert OWN in page
    assert sorted(kontor_client.transactions.values_list("booking_date", "amount")) == [
        (date(2026, 4, 3), Decimal("10.00")),
        (date(2026, 6, 5), Decimal("-2.50")),
    ]
    assert waiting(kontor_client) == []
    page = door.send(("next.csv", NEXT))
    assert "Imported." in page
    assert kontor_client.transactions.count() == 4


def test_nothing_is_imported_that_was_not_shown(door: Door, kontor_client: Client) -> None:
    door.send(("cash.csv", TABLE))
    file = StatementFile.objects.get()
    page = door.ask("columns", file, {**ANSWERS, "date_format": "D/M/Y", "then": "preview"})
    changed = {**ANSWERS, "date_format": "M/D/Y", "then": "import", "seen": seen_in(page)}
    page = door.ask("columns", file, changed)
    assert "Your answers have changed since the last preview." in page
    assert not kontor_client.transactions.exists()


def test_wrong_answers_get_words(door: Door) -> None:
    door.send(("cash.csv", TABLE))
    file = StatementFile.objects.get()
    twice = {**ANSWERS, "role-1": "amount", "then": "preview"}
    assert "Another column is said to be this already." in door.ask("columns", file, twice)
    none = {"then": "preview", "role-2": "amount"}
    assert "Please say which column holds the booking date." in door.ask("columns", file, none)
    slip = {**ANSWERS, "iban": "DE89370400440532013001", "then": "preview"}
    assert "There is a slip in this IBAN." in door.ask("columns", file, slip)


def test_a_file_without_an_account_asks_for_it(door: Door, kontor_client: Client) -> None:
    account = BankAccount.objects.create(client=kontor_client, key=OWN, iban=OWN, bank="comdirect")
    page = door.send(("comdirect.csv", NO_ACCOUNT))
    file = StatementFile.objects.get()
    assert door.question("account", file) in page
    page = door.ask("account", file)
    assert f"comdirect {OWN}" in page
    assert "Holzhandel Petersen" in page
    page = door.ask("account", file, {"account": str(account.pk), "always": "on"})
    assert "Imported, except" in page  # there is a second table in it
    assert account.transactions.exists()
    assert TableMapping.objects.get().mapping["account"] == OWN
    later = NO_ACCOUNT.replace(b"Zeitraum: 01.03.2026", b"Zeitraum: 02.03.2026")
    assert "A question first" not in door.send(("later.csv", later))


def test_the_account_is_asked_every_time_unless_it_is_said_once(door: Door, kontor_client: Client) -> None:
    account = BankAccount.objects.create(client=kontor_client, key=OWN, iban=OWN, bank="comdirect")
    door.send(("comdirect.csv", NO_ACCOUNT))
    door.ask("account", StatementFile.objects.get(), {"account": str(account.pk)})
    assert not TableMapping.objects.exists()
    later = NO_ACCOUNT.replace(b"Zeitraum: 01.03.2026", b"Zeitraum: 02.03.2026")
    assert "A question first; nothing was imported yet." in door.send(("later.csv", later))


def test_a_new_account_needs_an_iban_that_nobody_else_keeps(door: Door, kontor_client: Client, outsider: User) -> None:
    other = outsider.memberships.get().client
    BankAccount.objects.create(client=other, key=OWN, iban=OWN)
    door.send(("comdirect.csv", NO_ACCOUNT))
    file = StatementFile.objects.get()
    assert "Please enter the IBAN of the new account." in door.ask("account", file, {"account": "new"})
    page = door.ask("account", file, {"account": "new", "iban": OWN})
    assert "kept at another client" in page
    page = door.ask("account", file, {"account": "new", "iban": "DE02 1203 0000 0000 2020 51", "bank": "comdirect"})
    assert "Imported, except" in page
    assert BankAccount.objects.get(client=kontor_client).iban == "DE02120300000000202051"


def test_only_the_own_accounts_are_offered(kontor_client: Client, member: User, outsider: User) -> None:
    theirs = BankAccount.objects.create(client=outsider.memberships.get().client, key=OWN, iban=OWN)
    private = BankAccount.objects.create(client=kontor_client, key="1", is_private=True)
    mine = portal_door(kontor_client, member)
    mine.send(("comdirect.csv", NO_ACCOUNT))
    file = StatementFile.objects.get()
    for account in (theirs, private):
        assert "Select a valid choice" in mine.ask("account", file, {"account": str(account.pk)})
    assert not theirs.transactions.exists()


def test_what_paypal_wrote_may_be_used_for_its_payouts(door: Door, kontor_client: Client) -> None:
    page = door.send(("paypal.csv", sample("bank/lu_paypal.csv")))
    file = StatementFile.objects.get()
    assert door.question("account", file) in page
    page = door.ask("account", file, {"then": "payout"})
    assert "payout report of PayPal" in page
    assert PayoutReport.objects.get().client == kontor_client
    assert waiting(kontor_client) == []
    page = door.send(("again.csv", sample("bank/lu_paypal.csv")))
    assert "payout report of PayPal" in page
    assert PayoutReport.objects.count() == 1


def test_an_unknown_table_may_be_said_to_be_a_report(door: Door) -> None:
    door.send(("cash.csv", TABLE))
    page = door.ask("columns", StatementFile.objects.get(), {"role-1": "counterparty", "then": "payout"})
    assert "is no payout report that we know" in page
    assert re.search(r'value="counterparty"\s+selected', page), "what was chosen is lost"
    assert page.count('role="alert"') == 1


def test_a_question_is_settled_although_every_line_was_known(door: Door, kontor_client: Client) -> None:
    account = BankAccount.objects.create(client=kontor_client, key=OWN, iban=OWN, bank="comdirect")
    for name, content in (("one.csv", NO_ACCOUNT), ("two.csv", NO_ACCOUNT.replace(b"Zeitraum: 01.", b"Zeitraum: 02."))):
        door.send((name, content))
        ((file, _question),) = waiting(kontor_client)
        door.ask("account", file, {"account": str(account.pk)})
        assert waiting(kontor_client) == []
    assert StatementFile.objects.get(name="two.csv").new == 0
    assert account.transactions.count() == StatementFile.objects.get(name="one.csv").new


def test_an_account_that_was_asked_for_is_open_with_its_first_file(door: Door, kontor_client: Client) -> None:
    asked = BankAccount.objects.create(client=kontor_client, iban=OWN, bank="comdirect", state="requested")
    door.send(("comdirect.csv", NO_ACCOUNT))
    page = door.ask("account", StatementFile.objects.get(), {"account": "new", "iban": OWN})
    assert "Imported, except" in page
    asked.refresh_from_db()
    assert asked.state == "open"
    assert asked.transactions.exists()


def test_an_account_that_was_asked_for_may_be_kept_elsewhere(door: Door, kontor_client: Client, outsider: User) -> None:
    BankAccount.objects.create(client=outsider.memberships.get().client, key=OWN, iban=OWN)
    asked = BankAccount.objects.create(client=kontor_client, iban=OWN, bank="comdirect", state="requested")
    door.send(("comdirect.csv", NO_ACCOUNT))
    page = door.ask("account", StatementFile.objects.get(), {"account": str(asked.pk)})
    assert "is kept at another client" in page
    assert not kontor_client.transactions.exists()


def test_a_file_whose_question_was_answered_is_known(door: Door, kontor_client: Client) -> None:
    account = BankAccount.objects.create(client=kontor_client, key=OWN, iban=OWN, bank="comdirect")
    door.send(("comdirect.csv", NO_ACCOUNT))
    door.ask("account", StatementFile.objects.get(), {"account": str(account.pk)})
    page = door.send(("again.csv", NO_ACCOUNT))
    assert "The same file was here before; nothing has changed." in page
    assert "A question first" not in page
    assert waiting(kontor_client) == []


def test_an_open_question_is_found_again(door: Door) -> None:
    door.send(("cash.csv", TABLE))
    address = door.question("columns", StatementFile.objects.get())
    page = door.browser.get(door.upload).content.decode()
    assert "Files that wait for an answer" in page
    assert address in page


def packed(**files: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def test_a_table_in_an_archive_is_asked_about_by_itself(door: Door, kontor_client: Client) -> None:
    page = door.send(("all.zip", packed(cash=TABLE, march=sample("bank/de_berliner_sparkasse.sta"))))
    assert "Unpack it and upload that table by itself." in page
    assert "Imported, except what is named below." in page
    assert kontor_client.transactions.exists()
    assert waiting(kontor_client) == []


def test_an_archive_without_an_account_says_that_all_of_it_goes_into_one(door: Door, kontor_client: Client) -> None:
    account = BankAccount.objects.create(client=kontor_client, key=OWN, iban=OWN, bank="comdirect")
    door.send(("all.zip", packed(comdirect=NO_ACCOUNT, march=sample("bank/de_berliner_sparkasse.sta"))))
    ((file, question),) = waiting(kontor_client)
    assert question == "account"
    assert "All files of the archive that do not name their account" in door.ask("account", file)
    door.ask("account", file, {"account": str(account.pk)})
    assert account.transactions.exists()
    assert kontor_client.bank_accounts.count() == 2
    assert waiting(kontor_client) == []


def test_a_statement_without_an_account_is_asked_about(door: Door, kontor_client: Client) -> None:
    account = BankAccount.objects.create(client=kontor_client, key=OWN, iban=OWN)
    text = sample("bank/de_berliner_sparkasse.sta")
    door.send(("march.sta", b"\n".join(line for line in text.split(b"\n") if not line.startswith(b":25:"))))
    ((file, question),) = waiting(kontor_client)
    assert question == "account"
    page = door.ask("account", file)
    assert "always of this account" not in page
    door.ask("account", file, {"account": str(account.pk)})
    assert account.transactions.count() == 3
    assert waiting(kontor_client) == []


def test_of_a_known_bank_only_the_forms_are_asked(door: Door, kontor_client: Client) -> None:
    content = re.sub(rb"\b(\d\d)\.(\d\d)\.2026", rb"\1/\2/2026", sample("bank/lu_paypal.csv"))
    door.send(("paypal.csv", content))
    ((file, question),) = waiting(kontor_client)
    assert question == "columns"
    page = door.ask("columns", file)
    assert "it can be read in two ways" in page
    assert 'name="role-' not in page
    answers = {"date_format": "D/M/Y", "account": "new", "iban": OWN}
    page = door.ask("columns", file, {**answers, "then": "preview"})
    page = door.ask("columns", file, {**answers, "then": "import", "seen": seen_in(page)})
    assert "Imported" in page
    assert kontor_client.transactions.filter(booking_date=date(2026, 3, 2), amount=Decimal("96.51")).exists()
    mapping = TableMapping.objects.get().mapping
    assert (mapping["base"], mapping["date_format"], mapping["account"]) == ("csv:paypal", "D/M/Y", "")
