"""What clients do beyond connecting: answer questions, send documents, invite the firm, talk to support."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Client, User
from integrations.models import ClientQuestion, ConnectionSecret, QuestionFile, Status, SupportMessage, SupportRequest
from integrations.services import connections, questions
from matching.services.intake import account_for
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.portal_window import LOOKS, SHOTS, Open, window
from tests.integrations.portal.conftest import connection_in, lexware, lexware_server
from tests.integrations.portal.test_states import voucher
from tests.integrations.questions.conftest import PDF, make_line

__all__ = ["lexware", "lexware_server", "window"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TODO = "/portal/10001/to-do/"


@pytest.fixture
def work(kontor_client: Client, member: User, accountant: User) -> Client:
    """Two open questions, an answered one, payments without a document, a key that ends, a request with an answer."""
    connection = connection_in(kontor_client, Status.ACTIVE, key_expires_on=timezone.localdate() + timedelta(days=6))
    account = account_for(kontor_client, iban="DE02120300000000202051", bank="DKB")
    days = [timezone.localdate() - timedelta(days=back) for back in (9, 14, 30)]
    lines = [
        make_line(account, "1", "-45.90", booking_date=days[0], purpose="Kartenzahlung 14.01. 17:22 Kiel"),
        make_line(account, "2", "-1190.00", booking_date=days[1], counterparty="Druckhaus Seeblick GmbH & Co. KG"),
        make_line(account, "3", "249.00", booking_date=days[2], counterparty="", booking_text="Bareinzahlung"),
        make_line(account, "4", "-12.50", booking_date=days[2], counterparty="Parkhaus Hafen"),
    ]
    voucher(kontor_client, 7)
    questions.ask(lines[0], "Wofür waren die Blumen? Für einen Kunden oder privat?", accountant)
    questions.ask(kontor_client.vouchers.get(), "Zu welchem Auftrag gehört diese Rechnung?", accountant)
    answered = questions.ask(lines[3], "Mit welchem Auto?", accountant)
    sent = [questions.Sent("Parkschein.pdf", len(PDF), lambda: PDF)]
    questions.answer(answered, "Mit dem Transporter, Baustelle Hafenstraße.", sent, member)
    asked = SupportRequest.objects.create(
        client=kontor_client, connection=connection, author=member, reference="K-7MQ2XR", state="answered",
        message="Der Schlüssel geht nicht mehr.",
    )  # fmt: skip
    SupportMessage.objects.create(request=asked, by_firm=True, text="Bitte erstellen Sie einen neuen.\n\nDann geht es.")
    SupportMessage.objects.create(request=asked, by_firm=False, author=member, text="Danke, jetzt geht es.")
    return kontor_client


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_looks(window: Open, work: Client, member: User, width: int, theme: str, language: str, settings: Any):
    settings.SUPPORT_PHONE, settings.CONSULTATION_URL = "+49 431 5550123", "https://termine.kanzlei.example"
    opened = window(member, width=width, theme=theme, language=language)
    asked = ClientQuestion.objects.order_by("pk")
    payment = work.transactions.get(key="2")
    for name, path in [
        ("todo", TODO),
        ("todo-question", f"{TODO}{asked[0].pk}/"),
        ("todo-answered", f"{TODO}{asked[2].pk}/"),
        ("todo-document", f"{TODO}payments/{payment.pk}/"),
        ("adviser", "/portal/10001/connections/lexware/adviser/"),
        ("support-answered", "/portal/10001/support/K-7MQ2XR/"),
        ("support-list", "/portal/10001/support/"),
        ("key-ends-soon", "/portal/10001/connections/"),
    ]:
        page = opened.go(path)
        for summary in page.locator("main details > summary").all():
            summary.click()
        opened.look(f"portal-{name}")


@pytest.mark.parametrize("script", [True, False])
def test_a_question_goes_to_the_phone_and_the_photo_to_the_desk(
    window: Open, visit: Callable[..., Visit], kontor_client: Client, member: User, accountant: User, tmp_path: Path,
    script: bool,
):  # fmt: skip
    account = account_for(kontor_client, iban="DE02120300000000202051", bank="DKB")
    line = make_line(account, "1")
    desk = visit(accountant, size=DESKTOP, language="en")
    desk.open(f"/admin/matching/transaction/{line.pk}/change/")
    desk.page.fill("#question-text", "Is this for a customer?")
    desk.page.get_by_role("button", name="Send the question").click()
    desk.page.get_by_text("waiting for the client").wait_for()
    opened = window(member, language="en", script=script)
    page = opened.go("/portal/10001/connections/")
    assert page.get_by_test_id("open-questions").inner_text().endswith("1")
    page.get_by_role("link", name="To do").click()
    page.get_by_test_id("questions").get_by_role("link").click()
    page.get_by_test_id("send-answer").click()
    page.get_by_role("alert").wait_for()
    page.get_by_label("Your answer").fill("Yes, for a customer.")
    photo = tmp_path / "Quittung.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a photo")
    page.set_input_files("#files", photo)
    page.get_by_test_id("send-answer").click()
    page.get_by_text("it is our turn now").wait_for()
    assert page.get_by_test_id("open-questions").count() == 0
    assert QuestionFile.objects.get().name == "Quittung.jpg"
    desk.page.reload()
    desk.page.get_by_text("Yes, for a customer.").wait_for()
    desk.page.get_by_role("link", name="Quittung.jpg").wait_for()
    desk.page.get_by_role("button", name="Done", exact=True).click()
    desk.page.get_by_role("button", name="Not done after all").wait_for()
    assert ClientQuestion.objects.get().state == "done"
    answered = [line for line in opened.errors if "422" not in line]
    assert answered + desk.errors == []


def test_a_document_put_into_the_field_lies_with_its_payment(
    window: Open, kontor_client: Client, member: User, tmp_path: Path
):
    account = account_for(kontor_client, iban="DE02120300000000202051", bank="DKB")
    line = make_line(account, "1", booking_date=timezone.localdate() - timedelta(days=10))
    opened = window(member, width=1440, language="en")
    page = opened.go(TODO)
    page.get_by_test_id("payments").get_by_role("link").click()
    transfer = page.evaluate_handle(
        """() => { const t = new DataTransfer();
           t.items.add(new File(["%PDF-1.4 dropped"], "Rechnung.pdf", {type: "application/pdf"})); return t; }"""
    )
    field = page.locator("#files")
    field.evaluate("(field, transfer) => { field.files = transfer.files; }", transfer)
    page.get_by_test_id("send-document").click()
    page.get_by_text("The document lies with its payment now").wait_for()
    assert page.get_by_test_id("payments").count() == 0
    assert line.questions.get().files.get().name == "Rechnung.pdf"
    assert opened.errors == []


def test_the_firm_is_invited_and_confirms(
    window: Open, visit: Callable[..., Visit], kontor_client: Client, member: User, accountant: User
):
    connection = connection_in(kontor_client, Status.ACTIVE)
    opened = window(member, language="en")
    page = opened.go("/portal/10001/connections/")
    page.get_by_test_id("adviser-access").get_by_role("link", name="not set up").click()
    page.get_by_test_id("invited").click()
    page.get_by_test_id("adviser-access").get_by_role("link", name="invited").wait_for()
    desk = visit(accountant, size=DESKTOP, language="en")
    desk.open(f"/admin/integrations/connection/{connection.pk}/change/")
    desk.page.get_by_role("button", name="We have accepted it").click()
    desk.page.get_by_role("button", name="There is none any more").wait_for()
    page.reload()
    page.get_by_test_id("adviser-access").get_by_role("link", name="confirmed").wait_for()
    assert opened.errors + desk.errors == []


def test_support_answers_and_the_client_answers_back(
    window: Open, visit: Callable[..., Visit], kontor_client: Client, member: User, support: User
):
    opened = window(member, language="en")
    page = opened.go("/portal/10001/support/new/")
    page.fill("[name=message]", "Where is my invoice?")
    page.get_by_test_id("send").click()
    reference = page.get_by_test_id("reference").inner_text()
    desk = visit(support, size=DESKTOP, language="en")
    desk.open("/admin/integrations/supportrequest/")
    desk.page.get_by_role("link", name=reference).click()
    desk.page.fill("#answer-text", "It comes tomorrow.")
    desk.page.get_by_role("button", name="Send the answer").click()
    desk.page.get_by_text("gets it by mail").wait_for()
    page.reload()
    assert "It comes tomorrow." in page.get_by_test_id("thread").inner_text()
    page.fill("[name=message]", "Thank you.")
    page.get_by_test_id("write-again").click()
    page.get_by_text("It is our turn now").wait_for()
    assert SupportRequest.objects.get().state == "open"
    assert opened.errors + desk.errors == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_disconnecting_and_coming_back(window: Open, kontor_client: Client, member: User, lexware: Any, language: str):
    """The key is gone at once, the documents stay and are said to; with a key it goes on where it stopped."""
    connection = connections.connect(
        connections.begin(kontor_client), lexware.organizations[0]["key"], actor=member, sync=False
    )
    synced = timezone.now() - timedelta(days=1)
    connection.runs.all().delete()
    type(connection).objects.filter(pk=connection.pk).update(synced_through=synced)
    voucher(kontor_client, 1)
    voucher(kontor_client, 2)
    opened = window(member, language=language)
    page = opened.go("/portal/10001/connections/")
    page.get_by_test_id("disconnect").click()
    assert "2" in page.locator("main .plain").inner_text()
    opened.look("portal-disconnect")
    page.get_by_test_id("confirm-disconnect").click()
    card = page.get_by_test_id("card-lexware")
    assert card.get_attribute("data-status") == "none"
    assert "2" in card.inner_text()
    connection.refresh_from_db()
    assert not ConnectionSecret.objects.filter(connection=connection).exists()
    assert (connection.key_fingerprint, connection.key_last_four) == ("", "")
    assert kontor_client.vouchers.filter(withdrawn_at=None).count() == 2
    page.get_by_test_id("connect").click()
    page.fill("[name=api_key]", lexware.organizations[0]["key"])
    page.get_by_test_id("submit-key").click()
    page.get_by_test_id("success-banner").wait_for()
    connection.refresh_from_db()
    assert connection.synced_through == synced
    assert opened.errors == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_desk_reads_what_clients_sent(
    visit: Callable[..., Visit], work: Client, accountant: User, support: User, size: tuple[int, int], dark: bool
):
    answered = ClientQuestion.objects.get(state="answered")
    case = SupportRequest.objects.get()
    for user, name, path in [
        (accountant, "start", "/admin/"),
        (accountant, "payment", f"/admin/matching/transaction/{answered.transaction_id}/change/"),
        (accountant, "questions", "/admin/integrations/clientquestion/"),
        (accountant, "question", f"/admin/integrations/clientquestion/{answered.pk}/change/"),
        (accountant, "connection", f"/admin/integrations/connection/{case.connection_id}/change/"),
        (support, "case", f"/admin/integrations/supportrequest/{case.pk}/change/"),
    ]:
        desk = visit(user, size=size, dark=dark)
        assert desk.open(path).status == 200
        SHOTS.mkdir(parents=True, exist_ok=True)
        look = f"{size[0]}-{'dark' if dark else 'light'}"
        desk.page.screenshot(path=SHOTS / f"desk-{name}-{look}.png", full_page=True, animations="disabled")
        assert desk.sideways() <= 0, name
        assert desk.errors == [], name
