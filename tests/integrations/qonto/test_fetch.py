"""What is fetched from Qonto: accounts, booked and pending lines, changes, days that are covered, documents."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import timezone

from accounts.models import Client, User
from integrations.models import AccountStatement, Connection, ConnectionEvent, FeedAccount, SyncRun
from matching.models import BankAccount, PendingLine, Sighting, Transaction, TransactionFile
from matching.services.intake import TransactionData, import_transactions
from tests.integrations.qonto.conftest import Qonto, fetch
from vouchers.storage import open_stored

pytestmark = pytest.mark.django_db(transaction=True)


def days_ago(days: int) -> str:
    return (timezone.localdate() - timedelta(days=days)).isoformat()


def amounts(client: Client) -> list[Decimal]:
    return sorted(Transaction.objects.filter(client=client).values_list("amount", flat=True))


class TestFirstFetch:
    def test_takes_over_what_was_settled(self, qonto: Qonto, connection: Connection):
        iban = "DE02120300000000202051"
        qonto.add(-12345, days_ago(5), label="Druckhaus", reference="RE 4711", counterparty_iban=iban, note="x")
        run = fetch(connection)
        assert (run.state, run.created, run.error) == (SyncRun.State.DONE, 1, "")
        transaction = Transaction.objects.get()
        assert (transaction.amount, transaction.currency) == (Decimal("-123.45"), "EUR")
        assert transaction.booking_date.isoformat() == days_ago(5)
        assert (transaction.counterparty, transaction.purpose) == ("Druckhaus", "RE 4711")
        assert (transaction.counterparty_iban, transaction.source) == (iban, Transaction.Source.FEED)
        sighting = Sighting.objects.get()
        assert (sighting.family, sighting.key) == ("feed:qonto", qonto.account.transactions.popitem()[0])

    def test_the_day_is_the_german_one(self, qonto: Qonto, connection: Connection):
        year = timezone.localdate().year - 1
        qonto.add(100, settled_at=f"{year}-07-09T22:30:00Z")
        qonto.add(200, settled_at=f"{year}-12-30T22:30:00Z")
        fetch(connection)
        days = dict(Transaction.objects.values_list("amount", "booking_date"))
        assert days == {Decimal(1): date(year, 7, 10), Decimal(2): date(year, 12, 30)}

    def test_another_currency_is_kept_as_the_original(self, qonto: Qonto, connection: Connection):
        qonto.add(-9210, days_ago(3), kind="card", local_cents=10000, local_currency="USD")
        fetch(connection)
        transaction = Transaction.objects.get()
        assert (transaction.amount, transaction.currency) == (Decimal("-92.10"), "EUR")
        assert (transaction.original_amount, transaction.original_currency) == (Decimal(100), "USD")

    def test_nothing_from_before_the_first_day(self, qonto: Qonto, connection: Connection):
        qonto.add(100, "2015-03-01", updated_at=timezone.now().isoformat())
        qonto.add(200, days_ago(2))
        fetch(connection)
        assert amounts(connection.client) == [Decimal(2)]

    def test_open_accounts_are_read_and_others_named(self, qonto: Qonto, connection: Connection):
        other = qonto.control(f"/organizations/{qonto.id}/accounts", name="Steuern")
        shown = qonto.control(f"/organizations/{qonto.id}/accounts", name="Sparkasse", iban="", external=True)
        closed = qonto.control(f"/organizations/{qonto.id}/accounts", name="Alt")
        for account in (other, shown, closed):
            qonto.add(100, days_ago(2), account=account["id"])
        qonto.control(f"/accounts/{closed['id']}/close")
        fetch(connection)
        assert set(BankAccount.objects.values_list("iban", flat=True)) == {qonto.account.iban, other["iban"]}
        left_out = dict(FeedAccount.objects.exclude(left_out="").values_list("name", "left_out"))
        assert left_out == {"Sparkasse": "external", "Alt": "closed"}
        assert amounts(connection.client) == [Decimal(1)]

    def test_a_private_account_is_not_read(self, qonto: Qonto, connection: Connection):
        BankAccount.objects.create(
            client=connection.client, key=qonto.account.iban, iban=qonto.account.iban, is_private=True
        )
        qonto.add(100, days_ago(2))
        fetch(connection)
        assert not Transaction.objects.exists()

    def test_an_account_of_another_client_is_refused_with_words(
        self, qonto: Qonto, connection: Connection, outsider: User
    ):
        other = Client.objects.get(number="10002")
        BankAccount.objects.create(client=other, key=qonto.account.iban, iban=qonto.account.iban)
        qonto.add(100, days_ago(2))
        run = fetch(connection)
        assert run.skipped.get().reason == "account_of_another_client"
        assert not Transaction.objects.exists()

    def test_many_pages(self, qonto: Qonto, connection: Connection):
        qonto.control(f"/accounts/{qonto.account.id}/fill", count=350)
        assert fetch(connection).created == 350

    def test_more_than_a_page_changed_in_one_moment(self, qonto: Qonto, connection: Connection):
        qonto.control(f"/accounts/{qonto.account.id}/fill", count=230, once=True)
        assert fetch(connection).created == 230


class TestIncrements:
    def test_only_changes_are_asked_for(self, qonto: Qonto, connection: Connection):
        qonto.control(f"/accounts/{qonto.account.id}/fill", count=250, last=f"{days_ago(2)}T09:00:00Z")
        fetch(connection)
        qonto.calls()
        qonto.add(4242, days_ago(1))
        run = fetch(connection)
        assert (run.created, len(qonto.calls())) == (1, 3)

    def test_a_full_fetch_reads_everything_and_changes_nothing(self, qonto: Qonto, connection: Connection):
        qonto.control(f"/accounts/{qonto.account.id}/fill", count=120)
        fetch(connection)
        run = fetch(connection, full=True)
        assert (run.created, run.changed, run.unchanged) == (0, 0, 120)

    def test_what_moves_while_it_is_read_is_not_lost(self, qonto: Qonto, connection: Connection):
        qonto.control(f"/accounts/{qonto.account.id}/fill", count=420)
        qonto.fault("touch", path_prefix="/v2/transactions", count=None)
        assert fetch(connection).created == 420

    def test_pending_then_settled(self, qonto: Qonto, connection: Connection):
        key = qonto.add(-5000, label="Bahn", kind="card")
        fetch(connection)
        assert [str(line.amount) for line in PendingLine.objects.all()] == ["-50.00"]
        assert not Transaction.objects.exists()
        qonto.do("settle", key)
        fetch(connection)
        assert not PendingLine.objects.exists()
        assert amounts(connection.client) == [Decimal(-50)]

    def test_declined_is_dropped(self, qonto: Qonto, connection: Connection):
        key = qonto.add(-5000)
        fetch(connection)
        qonto.do("decline", key)
        fetch(connection)
        assert not PendingLine.objects.exists()
        assert not Transaction.objects.exists()

    def test_a_note_is_kept_as_the_bank_says_it(self, qonto: Qonto, connection: Connection):
        key = qonto.add(-5000, days_ago(2))
        fetch(connection)
        qonto.do("change", key, note="für die Messe")
        run = fetch(connection)
        assert (run.created, run.changed) == (0, 1)
        assert "für die Messe" in Transaction.objects.get().raw

    @pytest.mark.parametrize("change", [{"cents": -6000}, {"settled_at": f"{days_ago(1)}T10:00:00Z"}])
    def test_amount_and_day_never_change_but_raise_an_alarm(
        self, qonto: Qonto, connection: Connection, change: dict[str, object]
    ):
        key = qonto.add(-5000, days_ago(4))
        fetch(connection)
        qonto.do("change", key, **change)
        fetch(connection)
        fetch(connection)
        transaction = Transaction.objects.get()
        assert (transaction.amount, transaction.booking_date.isoformat()) == (Decimal(-50), days_ago(4))
        event = ConnectionEvent.objects.get(kind=ConnectionEvent.Kind.BANK)
        assert event.detail["transaction"] == key
        assert event.detail["before"] != event.detail["now"]

    def test_a_line_that_cannot_be_read_is_asked_for_again(self, qonto: Qonto, connection: Connection):
        good, bad = qonto.add(100, days_ago(3)), qonto.add(200, days_ago(2))
        qonto.do("change", bad, instead={"amount_cents": "two"})
        run = fetch(connection)
        assert [(item.external_id, item.reason) for item in run.skipped.all()] == [(bad, "record_unreadable")]
        assert list(Sighting.objects.values_list("key", flat=True)) == [good]
        qonto.transaction(bad).instead = {}
        assert fetch(connection).created == 1


class TestOnePaymentFromSeveralSources:
    def test_a_statement_before_the_feed(self, qonto: Qonto, connection: Connection):
        day = date.fromisoformat(days_ago(5))
        fetch(connection)
        account = BankAccount.objects.get()
        line = TransactionData("camt-1", day, day, Decimal("-50.00"), "EUR", counterparty="Druckhaus Nord")
        import_transactions(account, [line], family="camt.053.001.08")
        qonto.add(-5000, days_ago(5), label="Druckhaus Nord")
        run = fetch(connection)
        assert run.created == 0
        families = Transaction.objects.get().sightings.values_list("family", flat=True)
        assert set(families) == {"camt.053.001.08", "feed:qonto"}

    def test_the_feed_before_a_table(self, qonto: Qonto, connection: Connection):
        qonto.add(-5000, days_ago(5), label="Druckhaus Nord")
        qonto.add(-5000, days_ago(5), label="Druckhaus Nord")
        fetch(connection)
        day = date.fromisoformat(days_ago(5))
        lines = [
            TransactionData(f"csv-{n}", day, day, Decimal("-50.00"), "EUR", counterparty="Druckhaus Nord")
            for n in range(2)
        ]
        outcome = import_transactions(BankAccount.objects.get(), lines, family="csv:qonto")
        assert outcome.new == 0
        assert Transaction.objects.count() == 2
        assert fetch(connection, full=True).created == 0


class TestDaysThatAreCovered:
    def test_months_with_balances(self, qonto: Qonto, connection: Connection):
        qonto.account.opening = 100_000
        year = timezone.localdate().year - 1
        for day, cents in (("11-03", 1000), ("11-20", -400), ("12-05", 250)):
            qonto.add(cents, f"{year}-{day}")
        fetch(connection)
        rows = AccountStatement.objects.filter(lines__gt=0).order_by("from_date")
        told = [(row.statement_id, row.opening, row.booked, row.closing, row.lines) for row in rows]
        assert told == [
            (f"{year}-11", Decimal(1000), Decimal(6), Decimal(1006), 2),
            (f"{year}-12", Decimal(1006), Decimal("2.5"), Decimal("1008.5"), 1),
        ]
        days = AccountStatement.objects.order_by("from_date")
        for earlier, later in pairwise(days):
            assert later.from_date == earlier.to_date + timedelta(days=1)
        last = days.last()
        assert last is not None
        assert last.to_date == timezone.localdate() - timedelta(days=1)

    def test_a_late_line_corrects_its_month(self, qonto: Qonto, connection: Connection):
        year = timezone.localdate().year - 1
        qonto.add(1000, f"{year}-11-03")
        fetch(connection)
        qonto.add(500, f"{year}-11-04", updated_at=timezone.now().isoformat())
        fetch(connection)
        row = AccountStatement.objects.get(statement_id=f"{year}-11")
        assert (row.booked, row.closing, row.lines) == (Decimal(15), Decimal(15), 2)


class TestDocuments:
    def test_off_by_default(self, qonto: Qonto, connection: Connection):
        qonto.do("attachments", qonto.add(-5000, days_ago(2)), name="Beleg.pdf")
        fetch(connection)
        assert [file.stored for file in TransactionFile.objects.all()] == [None]
        assert not [call for call in qonto.calls() if "attachments" in call["path"]]

    def test_fetched_where_the_firm_wants_them(self, qonto: Qonto, connection: Connection):
        key = qonto.add(-5000, days_ago(2))
        qonto.do("attachments", key, name="../Beleg 1.pdf", text="eins")
        fetch(connection)
        Connection.objects.filter(pk=connection.pk).update(fetch_files=True)
        qonto.do("attachments", key, name="Beleg 2.pdf", text="zwei")
        run = fetch(connection)
        assert run.files == 2
        files = TransactionFile.objects.select_related("stored").order_by("name")
        assert [file.name for file in files] == ["Beleg 1.pdf", "Beleg 2.pdf"]
        for file in files:
            assert file.stored is not None
            with open_stored(file.stored) as content:
                assert content.read().startswith(b"%PDF")
        assert fetch(connection).files == 0

    def test_one_that_is_gone_costs_nothing_else(self, qonto: Qonto, connection: Connection):
        Connection.objects.filter(pk=connection.pk).update(fetch_files=True)
        gone, there = qonto.add(-5000, days_ago(2)), qonto.add(-6000, days_ago(1))
        qonto.do("attachments", gone, name="weg.pdf", text="weg")
        qonto.do("attachments", there, name="da.pdf", text="da")
        identity = qonto.transaction(gone).attachments[0]
        del qonto.organization.attachments[identity]
        qonto.transaction(gone).attachments = []
        qonto.transaction(gone).instead = {"attachment_ids": [identity]}
        run = fetch(connection)
        assert (run.state, run.files) == (SyncRun.State.DONE, 1)
        assert [item.reason for item in run.skipped.all()] == ["not_found"]

    def test_an_address_that_is_over_is_asked_for_again(self, qonto: Qonto, connection: Connection):
        Connection.objects.filter(pk=connection.pk).update(fetch_files=True)
        qonto.do("attachments", qonto.add(-5000, days_ago(2)), name="Beleg.pdf")
        qonto.fault("status", status=403, path_prefix="/qonto-files")
        assert fetch(connection).files == 0
        assert fetch(connection).files == 1
