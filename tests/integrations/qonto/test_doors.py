"""Where people meet Qonto: the client's card and form, the firm's page, the commands."""

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban

from accounts.models import Client, User
from integrations.models import Connection, ConnectionEvent, Provider, Status
from integrations.services import connections
from integrations.services.key_check import UnusableKey
from integrations.services.qonto_key import clean_key
from matching.models import TransactionFile
from tests.integrations.qonto.conftest import Qonto, fetch
from tests.integrations.qonto.test_fetch import days_ago

needs_database = pytest.mark.django_db(transaction=True)
SECRET = "a1b2c3d4e5f60718293a4b5c6d7e8f90"


class TestKey:
    @given(
        st.sampled_from([":", " : ", "\n", "\t", " ", "; ", "\r\n\r\n", '":"']),
        st.sampled_from(["", "Login: ", "login=", "Authorization: ", '"', "„"]),
        st.sampled_from(["", "Secret key: ", "Secret-Key:", "API secret key: ", "Geheimer Schlüssel: "]),
        st.sampled_from(["", " ", "\n", '"', "“", "\u200b"]),
    )
    def test_however_it_is_pasted(self, between: str, before: str, name: str, after: str) -> None:
        separator = between if not name else f"\n{name}"
        assert clean_key(f"{before}linde-1234{separator}{SECRET}{after}") == f"linde-1234:{SECRET}"

    @pytest.mark.parametrize(
        "text", ["", " ", "linde-1234", SECRET, f"a b {SECRET}", f"lündé:{SECRET}", "a:b:c", "x" * 5000]
    )
    def test_what_is_no_key(self, text: str) -> None:
        with pytest.raises(UnusableKey):
            clean_key(text)


@pytest.fixture
def browser(member: User) -> Browser:
    found = Browser()
    found.force_login(member)
    return found


def page_of(number: str, name: str = "company") -> str:
    return reverse(f"portal:{name}", args=[number] if name == "company" else [number, "qonto"])


@needs_database
class TestPortal:
    def test_from_the_first_click_to_the_first_transactions(
        self, qonto: Qonto, kontor_client: Client, browser: Browser
    ) -> None:
        number = kontor_client.number
        page = browser.get(page_of(number)).content.decode()
        assert 'data-testid="card-lexware"' in page
        assert 'data-testid="connect-qonto"' in page
        begun = browser.post(page_of(number, "begin"))
        assert begun["Location"] == page_of(number, "key")
        form = browser.get(page_of(number, "key")).content.decode()
        assert "Qonto" in form
        assert "Lexware" not in form.partition("<main")[2].partition("</main")[0]
        refused = browser.post(page_of(number, "key"), {"api_key": "only-one-value"}).content.decode()
        assert "only-one-value" not in refused
        assert Connection.objects.get().status == Status.ACTIVATE
        done = browser.post(page_of(number, "key"), {"api_key": qonto.key})
        assert done["Location"] == page_of(number)
        connection = Connection.objects.get()
        assert (connection.provider, connection.status) == (Provider.QONTO, Status.ACTIVE)
        qonto.add(-500, (timezone.localdate() - timedelta(days=2)).isoformat())
        fetch(connection)
        page = browser.get(page_of(number)).content.decode()
        assert iban.format(qonto.account.iban) in page
        assert qonto.organization.secret not in page

    @pytest.mark.parametrize("name", ["history", "left_out", "disconnect", "key"])
    def test_its_pages(self, browser: Browser, connection: Connection, name: str) -> None:
        fetch(connection)
        assert browser.get(page_of(connection.client.number, name)).status_code == 200

    @pytest.mark.parametrize("name", ["find", "key_end"])
    def test_what_only_documents_have_is_not_there(self, browser: Browser, connection: Connection, name: str) -> None:
        assert browser.get(page_of(connection.client.number, name)).status_code == 404

    def test_a_refused_key_says_why(self, qonto: Qonto, kontor_client: Client, browser: Browser) -> None:
        qonto.control(f"/organizations/{qonto.id}/key/revoke")
        page = browser.post(page_of(kontor_client.number, "key"), {"api_key": qonto.key}).content.decode()
        assert "Lexware" not in page.partition("<main")[2].partition("</main")[0]
        assert Connection.objects.get().status == Status.FAILED


@needs_database
class TestAdmin:
    def test_the_page_of_a_connection(self, qonto: Qonto, connection: Connection, accountant: User) -> None:
        key = qonto.add(-500, (timezone.localdate() - timedelta(days=2)).isoformat())
        fetch(connection)
        qonto.do("change", key, cents=-700)
        fetch(connection)
        staff = Browser()
        staff.force_login(accountant)
        address = reverse("admin:integrations_connection_change", args=[connection.pk])
        page = staff.get(address).content.decode()
        assert qonto.account.iban in page
        assert key in page
        assert "-7.00 EUR" in page
        assert staff.get(reverse("admin:integrations_connection_changelist")).status_code == 200
        assert staff.get(reverse("admin:integrations_syncrun_changelist")).status_code == 200

    def test_support_sees_the_alarm_but_no_bank_data(self, qonto: Qonto, connection: Connection, support: User) -> None:
        key = qonto.add(-500, (timezone.localdate() - timedelta(days=2)).isoformat())
        fetch(connection)
        qonto.do("change", key, cents=-700)
        fetch(connection)
        staff = Browser()
        staff.force_login(support)
        page = staff.get(reverse("admin:integrations_connection_change", args=[connection.pk])).content.decode()
        assert key in page
        assert qonto.account.iban not in page
        assert "-7.00" not in page

    def test_a_document_is_for_those_who_see_the_transaction(
        self, qonto: Qonto, connection: Connection, accountant: User, colleague: User, support: User, member: User
    ) -> None:
        Connection.objects.filter(pk=connection.pk).update(fetch_files=True)
        key = qonto.add(-500, (timezone.localdate() - timedelta(days=2)).isoformat())
        qonto.do("attachments", key, name="Beleg.pdf", text="Beleg")
        fetch(connection)
        file = TransactionFile.objects.get()
        address = reverse("admin:transaction_file", args=[file.pk])
        answers = {}
        for person in (accountant, colleague, support, member):
            browser = Browser()
            browser.force_login(person)
            answers[person] = browser.get(address)
        assert [answers[person].status_code for person in (colleague, support, member)] == [404, 404, 404]
        assert b"".join(answers[accountant]).startswith(b"%PDF")
        browser = Browser()
        browser.force_login(accountant)
        page = browser.get(reverse("admin:matching_transaction_change", args=[file.transaction_id])).content.decode()
        assert address in page

    def test_documents_are_switched_on_and_off(self, connection: Connection, partner: User, member: User) -> None:
        address = reverse("admin:integrations_connection_files", args=[connection.pk])
        staff = Browser()
        staff.force_login(partner)
        for wanted in ("yes", "no"):
            staff.post(address, {"files": wanted})
            connection.refresh_from_db()
            assert connection.fetch_files == (wanted == "yes")
        client = Browser()
        client.force_login(member)
        client.post(address, {"files": "yes"})
        connection.refresh_from_db()
        assert not connection.fetch_files


class Answer:
    """What a command said."""

    def __init__(self, *arguments: str) -> None:
        out = io.StringIO()
        self.code, self.error = 0, ""
        try:
            call_command(*arguments, "--json", stdout=out)
        except CommandError as error:
            self.code, self.error = error.returncode, str(error)
        self.json: Any = json.loads(out.getvalue())


@needs_database
class TestCommands:
    def test_connect_fetch_and_look(self, qonto: Qonto, kontor_client: Client, tmp_path: Path) -> None:
        (tmp_path / "key.txt").write_text(f"{qonto.organization.login}\n{qonto.organization.secret}\n")
        qonto.add(-500, (timezone.localdate() - timedelta(days=2)).isoformat())
        number = kontor_client.number
        answer = Answer("connect_qonto", number, "--key-file", str(tmp_path / "key.txt"))
        assert answer.json == {"status": "active", "reason": None, "organization": "Linde"}
        status = Answer("connection_status", number, "--provider", "qonto").json
        assert (status["status"], status["transactions"], status["files"]) == ("active", 1, False)
        assert "transactions" not in Answer("connection_status", number).json
        assert Answer("connection_status", number).json["status"] == "none"
        qonto.add(700, (timezone.localdate() - timedelta(days=1)).isoformat())
        assert Answer("sync_vouchers", number, "--provider", "qonto").json["created"] == 1

    def test_a_refused_key(self, qonto: Qonto, kontor_client: Client, tmp_path: Path) -> None:
        (tmp_path / "key.txt").write_text(f"{qonto.organization.login}:{SECRET}")
        answer = Answer("connect_qonto", kontor_client.number, "--key-file", str(tmp_path / "key.txt"))
        assert (answer.code, answer.json["reason"]) == (1, "key_rejected")
        assert "Lexware" not in answer.error
        assert SECRET not in answer.error

    def test_disconnecting_one_leaves_the_other(self, connection: Connection, kontor_client: Client) -> None:
        connections.get_or_create(kontor_client)
        connections.disconnect(connection)
        assert Answer("connection_status", kontor_client.number, "--provider", "qonto").json["status"] == "none"


@needs_database
class TestWordsOfABank:
    """What is said of documents elsewhere is said of transactions here, and with the right name."""

    @pytest.mark.parametrize("path", ["disconnect", "left-out", "history"])
    def test_no_page_speaks_of_lexware(self, connection: Connection, qonto: Qonto, browser: Browser, path: str):
        qonto.add(-100, days_ago(2))
        fetch(connection)
        address = f"/portal/{connection.client.number}/connections/qonto/{path}/"
        page = browser.get(address, headers={"accept-language": "en"}).content.decode()
        assert "Lexware" not in page
        assert "document" not in page

    def test_an_interrupted_fetch_is_told(self, connection: Connection, browser: Browser):
        ConnectionEvent.objects.create(connection=connection, kind=ConnectionEvent.Kind.SYNC, reason="unavailable")
        address = f"/portal/{connection.client.number}/connections/qonto/history/"
        page = browser.get(address, headers={"accept-language": "en"}).content.decode()
        assert "A fetch was interrupted." in page
        assert "Qonto did not answer" in page
