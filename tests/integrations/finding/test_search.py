"""Where is the document, and why."""

from datetime import date

import pytest
import time_machine
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import User
from integrations.finding import search
from integrations.finding.shapes import Found, Standing
from integrations.finding.wanted import read
from integrations.finding.words import answer
from integrations.models import Connection
from tests.integrations.finding.conftest import more_clients, seen, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

EVERY = {
    "RE-2041": (Standing.HERE, "Taken over on"),
    "RE-2042": (Standing.WITHDRAWN, "It was here, and has not counted since 3 March: Voided."),
    "RE-2043": (Standing.ARRIVING, "2 of 2 files are missing."),
    "OPEN-1": (Standing.NOT_PAID, "Not taken over because no payment is assigned to it in Lexware Office."),
    "DRAFT-1": (Standing.NOT_PAID, "Not taken over because it is still a draft in Lexware Office."),
    "OLD-1": (Standing.TOO_EARLY, "dated 30 December 2024: documents are needed from 1 January 2025 on."),
    "OFFER-1": (Standing.OTHER_TYPE, "Quotation"),
    "GONE-1": (Standing.DELETED, "deleted in Lexware Office; that was noticed on 3 March"),
    "BROKEN-1": (Standing.UNREADABLE, "in a form that we cannot read"),
    "SKIP-1": (Standing.SKIPPED, "in a form that we cannot read"),
}


@pytest.fixture
def english():
    with translation.override("en"), time_machine.travel("2026-03-12T11:00:00Z", tick=False):
        yield


def find(typed: str, where: search.Sources) -> list[Found]:
    return list(search.find(read(typed), where).documents)


@pytest.mark.parametrize("number", EVERY)
@pytest.mark.parametrize("for_client", [True, False])
def test_every_standing_is_explained(number: str, for_client: bool, linked: Connection) -> None:
    standing, words = EVERY[number]
    (found,) = find(number.lower(), search.one(linked))
    assert (found.standing, found.number) == (standing, number)
    said = answer(found, for_client=for_client)
    assert words in f"{said.what} {said.next}"
    assert said.title
    assert number == "SKIP-1" or said.since.startswith("Seen since ")


def test_the_sentence_that_the_client_reads(linked: Connection) -> None:
    (found,) = find("OPEN-1", search.one(linked))
    said = answer(found, for_client=True)
    assert f"{said.since} {said.what} {said.next}" == (
        "Seen since 3 March. Not taken over because no payment is assigned to it in Lexware Office. "
        "As soon as the payment is assigned there, it appears here by itself."
    )


@pytest.mark.parametrize("typed", ["1.190,00", "1190", "1190.00", "1,190.00 €", "-1.190,00"])
def test_an_amount_in_every_form(typed: str, linked: Connection) -> None:
    numbers = {found.number for found in find(typed, search.one(linked))}
    assert numbers == {"OPEN-1", "DRAFT-1", "OLD-1", "OFFER-1", "GONE-1"}


def test_a_number_comes_before_an_amount_before_a_part(linked: Connection) -> None:
    for number, total in (("77", "5.00"), ("AMOUNT", "77.00"), ("A-177", "6.00")):
        seen(linked, number, total=total)
    taken(linked, 7, number="B-177")
    assert [found.number for found in find("77", search.one(linked))][:2] == ["77", "AMOUNT"]
    assert {found.number for found in find("177", search.one(linked))} == {"A-177", "B-177"}


def test_a_name_is_found_by_a_part_of_it(linked: Connection) -> None:
    seen(linked, "X-9", contact_name="Möbel Überall KG")
    assert [found.number for found in find("möbel ", search.one(linked))] == ["X-9"]
    assert find("mö", search.one(linked)) == [], "two letters are in half of all names"
    assert find("   ", search.one(linked)) == []


def test_a_voucher_from_before_rows_were_kept_is_found(linked: Connection) -> None:
    from integrations.models import SeenVoucher

    SeenVoucher.objects.all().delete()
    (found,) = find("RE-2041", search.one(linked))
    assert (found.standing, found.voucher) == (Standing.HERE, linked.client.vouchers.get(number="RE-2041").pk)


def test_what_became_of_it_comes_along(linked: Connection) -> None:
    (found,) = find("RE-2042", search.one(linked))
    assert [change.kind for change in found.changes] == ["withdrawn"]


@pytest.mark.parametrize("typed", ["OPEN-1", "RE-2041", "SKIP-1", "1190", "Fremde"])
def test_nobody_finds_the_documents_of_others(
    typed: str, linked: Connection, stranger: Connection, accountant: User, colleague: User, member: User
) -> None:
    own = [found.connection for found in find(typed, search.one(linked))]
    assert stranger not in own
    for person in (accountant, member):
        assert stranger not in [found.connection for found in find(typed, search.all_of(person))]
    assert find(typed, search.all_of(colleague)) == []


def test_who_sees_all_clients_finds_in_all(linked: Connection, stranger: Connection, partner: User) -> None:
    everywhere = {found.connection for found in find("OPEN-1", search.all_of(partner))}
    assert everywhere == {linked, stranger}
    assert {found.connection for found in find("SKIP-1", search.all_of(partner))} == {linked, stranger}


def test_one_document_costs_as_many_queries_as_many(linked: Connection, partner: User, accountant: User) -> None:
    with CaptureQueriesContext(database) as few:
        find("OPEN-1", search.all_of(partner))
    more_clients(accountant, 20)
    for index in range(30):
        taken(linked, 100 + index, number=f"MANY-T{index}")
    with CaptureQueriesContext(database) as many:
        found = search.find(read("MANY"), search.all_of(partner))
    assert len(found.documents) == search.SHOWN
    assert found.more
    assert len(many) <= len(few) + 1 <= 13


def test_the_newest_come_first(linked: Connection) -> None:
    for day in (3, 9, 6):
        seen(linked, f"DAY-{day}", date=date(2026, 1, day))
    assert [found.number for found in find("DAY-", search.one(linked))] == ["DAY-9", "DAY-6", "DAY-3"]


def test_the_number_itself_is_enough(linked: Connection) -> None:
    seen(linked, "RE-204")
    assert [found.number for found in find("RE-204", search.one(linked))] == ["RE-204"]
    assert len(find("RE-20", search.one(linked))) == 4


def test_the_provider_s_id_finds_it_too(linked: Connection) -> None:
    row = seen(linked, "")
    (found,) = find(str(row.external_id), search.one(linked))
    assert (found.external_id, found.standing) == (str(row.external_id), Standing.NOT_PAID)
