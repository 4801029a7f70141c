"""Uploading bank files in the portal and in the admin."""

from io import BytesIO
from zipfile import ZipFile

from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from accounts.models import Client, User
from integrations.models import StatementFile
from integrations.services import uploads
from matching.models import PayoutReport
from tests.integrations.payouts.reports import STRIPE
from tests.integrations.uploading.conftest import Door, admin_door, portal_door, sample

MT940 = sample("bank/de_berliner_sparkasse.sta")
DKB = sample("bank/de_dkb.csv")


def test_several_files_at_once_each_get_their_words(door: Door, kontor_client: Client) -> None:
    page = door.send(("march.sta", MT940), ("dkb.csv", DKB), ("photo.jpg", b"\xff\xd8\xff\xe0 no bank file"))
    assert page.count('data-testid="result"') == 3
    assert ">MT940<" in page
    assert "table (CSV) of DKB" in page
    assert page.count("Imported.") == 2
    assert "Nothing of it was imported." in page
    assert "a file of the kind jpeg" in page
    assert kontor_client.transactions.count() > 2
    assert 'data-testid="coverage"' in page


def test_the_same_file_again_says_so(door: Door, kontor_client: Client) -> None:
    door.send(("march.sta", MT940))
    before = kontor_client.transactions.count()
    page = door.send(("again.sta", MT940))
    assert "The same file was here before; nothing has changed." in page
    assert kontor_client.transactions.count() == before


def test_an_archive_is_read(door: Door, kontor_client: Client) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("march.sta", MT940)
    page = door.send(("march.zip", packed.getvalue()))
    assert "ZIP archive: MT940" in page
    assert kontor_client.transactions.exists()


def test_the_script_gets_the_card_alone(door: Door) -> None:
    page = door.send(("march.sta", MT940), **{"X-Upload": "one"})
    assert page.strip().startswith("<li")
    assert "<html" not in page


def test_what_is_wrong_is_said_by_place(door: Door) -> None:
    page = door.send(("cut.sta", MT940.replace(b":62F:", b":99Z:")))
    assert "statement 1" in page
    assert "has no closing balance" in page


def test_too_many_and_too_large_are_refused_in_words(door: Door) -> None:
    many = [(f"{n}.txt", b"nothing") for n in range(uploads.MOST_FILES + 1)]
    page = door.send(*many)
    assert f"More than {uploads.MOST_FILES} files at once." in page
    page = door.send(("large.xml", b" " * (uploads.LARGEST + 1)))
    assert "The file is larger than 50 MB." in page
    assert not StatementFile.objects.filter(name="large.xml").exists()


def test_nothing_chosen(door: Door) -> None:
    answer = door.browser.post(door.upload, {})
    assert answer.status_code == 400
    assert "Please choose a file first." in answer.content.decode()


def test_a_payout_report_is_recognised(door: Door, kontor_client: Client) -> None:
    page = door.send(("payouts.csv", STRIPE.encode()))
    assert "payout report of Stripe" in page
    assert PayoutReport.objects.get().client == kontor_client
    assert not StatementFile.objects.exists()


def test_strangers_find_nothing(
    kontor_client: Client, member: User, outsider: User, colleague: User, support: User
) -> None:
    portal_door(kontor_client, member).send(
        ("what.csv", b"Tag;Wer;Wert\n03/04/2026;Kundin;10,00\n05/06/2026;Er;-2,50\n")
    )
    file = StatementFile.objects.get()
    for user in (outsider, colleague, support):
        stranger = portal_door(kontor_client, user)
        for address in (stranger.upload, stranger.question("columns", file), stranger.question("account", file)):
            assert stranger.browser.get(address).status_code in (302, 404)
            assert stranger.browser.post(address).status_code in (302, 404)
    for user, wanted in ((outsider, 404), (member, 404), (colleague, 404), (support, 403)):
        stranger = admin_door(kontor_client, user)
        for question in ("columns", "account"):
            assert stranger.browser.get(stranger.question(question, file)).status_code == wanted
    for user in (colleague, support, outsider):
        stranger = admin_door(kontor_client, user)
        stranger.browser.post(stranger.upload, {"files": [BytesIO(MT940)]})
    assert StatementFile.objects.count() == 1


def test_a_file_of_another_company_is_not_asked_about_here(kontor_client: Client, member: User, outsider: User) -> None:
    other = outsider.memberships.get().client
    portal_door(other, outsider).send(("what.csv", b"Tag;Wer;Wert\n03/04/2026;Kundin;10,00\n05/06/2026;Er;-2,50\n"))
    mine = portal_door(kontor_client, member)
    assert mine.browser.get(mine.question("columns", StatementFile.objects.get())).status_code == 404


def test_the_page_costs_the_same_for_one_waiting_file_and_for_twenty(door: Door, kontor_client: Client) -> None:
    def cost() -> int:
        door.browser.get(door.upload)
        with CaptureQueriesContext(
            database,
        ) as queries:
            door.browser.get(door.upload)
        return len(queries)

    def table(number: int) -> tuple[str, bytes]:
        return f"{number}.csv", f"Tag;Wer;Wert {number}\n03/04/2026;Kundin;10,00\n05/06/2026;Er;-2,50\n".encode()

    door.send(table(0))
    few = cost()
    door.send(*(table(number) for number in range(1, 20)))
    assert len(uploads.waiting(kontor_client)) == 20
    assert cost() == few
    assert few <= 16
