"""The page of a voucher: everything beside each other, and only the note is ours."""

from decimal import Decimal

from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Client, User
from accounts.services import add_client
from tests.admin.conftest import Login
from tests.conftest import TODAY
from tests.factories import World, voucher


def _page(of: int) -> str:
    return reverse("admin:vouchers_voucher_change", args=[of])


def test_the_raw_answer_stands_beside_the_fields(full: World, accountant: User, login: Login) -> None:
    of = full.files[0].voucher
    browser = login(accountant)
    newest = browser.get(_page(of.pk)).content.decode()
    assert "&quot;totalGrossAmount&quot;: 100.00" in newest
    older = full.client.raw_answers.get(version=1)
    assert "&quot;totalGrossAmount&quot;: 100.10" in browser.get(_page(of.pk), {"raw": older.pk}).content.decode()
    assert "Bank transaction" in newest
    assert reverse("admin:voucher_file_page", args=[full.files[0].pk, 1]) in newest


def test_the_raw_answer_of_another_client_is_not_shown(
    full: World, accountant: User, colleague: User, login: Login
) -> None:
    other = add_client(name="Andere", email="", number="30001", accountant=colleague, today=TODAY)
    of = voucher(other, 1)
    foreign = full.client.raw_answers.get(version=1)
    page = login(colleague).get(_page(of.pk), {"raw": foreign.pk}).content.decode()
    assert "totalGrossAmount" not in page


def test_a_note_is_saved_and_nothing_else(kontor_client: Client, accountant: User, login: Login) -> None:
    of = voucher(kontor_client, 1, "10.00")
    form = {"note": "mit dem Mandanten klären", "total": "1.00", "number": "X"}
    browser = login(accountant)
    with CaptureQueriesContext(database) as queries:
        assert browser.post(_page(of.pk), form).status_code == 302
    # What a sync writes at the same moment must not be written over with what the form has read.
    (update,) = [query["sql"] for query in queries if query["sql"].startswith('UPDATE "vouchers_voucher"')]
    assert update.partition(" WHERE ")[0].partition(" SET ")[2].count("=") == 1
    of.refresh_from_db()
    assert (of.note, of.total, of.number) == ("mit dem Mandanten klären", Decimal("10.00"), "RE-2042")


def test_support_reads_the_note(kontor_client: Client, support: User, login: Login) -> None:
    of = voucher(kontor_client, 1, note="bleibt")
    browser = login(support)
    assert "bleibt" in browser.get(_page(of.pk)).content.decode()
    assert browser.post(_page(of.pk), {"note": "weg"}).status_code == 403
    of.refresh_from_db()
    assert of.note == "bleibt"
