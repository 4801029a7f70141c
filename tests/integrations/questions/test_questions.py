"""A question goes to the client, an answer and a document come back to where it was asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Client, User
from accounts.services import add_client
from integrations.models import ClientQuestion, QuestionFile
from integrations.services import questions
from integrations.services.open_payments import without_document
from integrations.services.questions import Sent, UnableToAnswer
from matching.models import BankAccount, OwnTransfer, Proposal, Transaction
from tests.conftest import TODAY
from tests.integrations.questions.conftest import PDF, make_line
from vouchers.models import Voucher

TODO = "/portal/10001/to-do/"
State = ClientQuestion.State


def sent(name: str = "Quittung.pdf", content: bytes = PDF) -> Sent:
    return Sent(name, len(content), lambda: content)


@pytest.fixture
def desk(accountant: User) -> Browser:
    """The accountant's browser, in English."""
    made = Browser()
    made.force_login(accountant)
    made.cookies["django_language"] = "en"
    return made


@pytest.fixture
def phone(member: User) -> Browser:
    """The client's browser, in English."""
    made = Browser()
    made.force_login(member)
    made.cookies["django_language"] = "en"
    return made


@pytest.mark.parametrize("kind", ["voucher", "transaction", "proposal"])
def test_there_and_back(
    desk: Browser, phone: Browser, voucher: Voucher, line: Transaction, proposal: Proposal, kind: str
):
    """Asked on the page of a thing, answered with words and a document, read on that page, settled there."""
    thing = {"voucher": voucher, "transaction": line, "proposal": proposal}[kind]
    place = f"/admin/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/change/"
    assert "Ask the client" in desk.get(place).content.decode()
    desk.post(f"/admin/integrations/clientquestion/ask/{kind}/{thing.pk}/", {"text": "What was this for?"})
    [asked] = ClientQuestion.objects.all()
    page = phone.get(TODO).content.decode()
    assert "What was this for?" in page
    assert 'data-testid="open-questions"' in page
    upload = SimpleUploadedFile("Quittung.pdf", PDF, "application/pdf")
    answer = phone.post(f"{TODO}{asked.pk}/", {"answer": "Flowers for a customer.", "files": upload}, follow=True)
    assert "it is our turn now" in answer.content.decode()
    page = desk.get(place).content.decode()
    assert "Flowers for a customer." in page
    assert "Quittung.pdf" in page
    [file] = QuestionFile.objects.all()
    delivered = desk.get(f"/admin/integrations/clientquestion/files/{file.pk}/")
    assert b"".join(delivered.streaming_content) == PDF
    settled = desk.post(f"/admin/integrations/clientquestion/{asked.pk}/settle/", {"done": "yes", "next": "subject"})
    assert settled.url == place
    asked.refresh_from_db()
    assert asked.state == State.DONE
    late = phone.post(f"{TODO}{asked.pk}/", {"answer": "One more thing"})
    assert late.status_code == 422
    assert "settled already" in late.content.decode()


def test_pressing_twice_asks_once(voucher: Voucher, accountant: User):
    assert questions.ask(voucher, "Why?", accountant) == questions.ask(voucher, " Why? ", accountant)
    assert ClientQuestion.objects.count() == 1


def test_done_is_taken_back_to_where_it_was(voucher: Voucher, accountant: User, member: User):
    asked = questions.ask(voucher, "Why?", accountant)
    assert questions.finish(asked, accountant)
    assert not questions.finish(asked, accountant)
    assert questions.reopen(asked)
    assert asked.state == State.OPEN
    questions.answer(asked, "Because.", [], member)
    questions.finish(asked, accountant)
    assert questions.reopen(asked)
    assert not questions.reopen(asked)
    assert asked.state == State.ANSWERED


def test_more_documents_may_follow_and_none_is_kept_twice(voucher: Voucher, accountant: User, member: User):
    asked = questions.ask(voucher, "Why?", accountant)
    questions.answer(asked, "Here", [sent()], member)
    questions.answer(asked, "", [sent(), sent("Foto.png", b"\x89PNG\r\n\x1a\n....")], member)
    assert asked.answer == "Here"
    assert [file.name for file in asked.files.order_by("pk")] == ["Quittung.pdf", "Foto.png"]


@pytest.mark.parametrize(
    ("text", "files", "words"),
    [
        ("", [], "write an answer or choose"),
        ("x" * 4001, [], "4,000"),
        ("x", [sent("tool.exe", b"MZ\x90\x00")], "neither a PDF"),
        ("x", [sent("leer.pdf", b"")], "is empty"),
        ("x", [Sent("gross.pdf", 10_000_001, lambda: pytest.fail("too large to be read"))], "larger than 10"),
        ("x", [sent(f"{n}.pdf", PDF + bytes([n])) for n in range(11)], "at most 10"),
    ],
)
def test_what_cannot_be_taken_is_refused_as_a_whole(
    voucher: Voucher, accountant: User, member: User, text: str, files: list[Sent], words: str
):
    asked = questions.ask(voucher, "Why?", accountant)
    with translation.override("en"), pytest.raises(UnableToAnswer, match=words):
        questions.answer(asked, text, files, member)
    asked.refresh_from_db()
    assert asked.state == State.OPEN
    assert not asked.files.exists()


def test_a_key_that_was_pasted_is_blotted_out(voucher: Voucher, accountant: User, member: User):
    asked = questions.ask(voucher, "Why?", accountant)
    questions.answer(asked, "my key is AGBwOGY9fS8xkp9KG4TWcH1XEelxMOkOEqe0", [], member)
    assert "AGBwOGY9" not in asked.answer


class TestPaymentsWithoutADocument:
    def test_which_ones(self, kontor_client: Client, account: BankAccount, line: Transaction, proposal: Proposal):
        """Not: what waits for review, is too young or too old, needs no voucher, recurs, was moved or withdrawn."""
        make_line(account, "young", booking_date=TODAY - timedelta(days=2))
        make_line(account, "old", booking_date="2024-12-31")
        make_line(account, "gone", withdrawn_at=timezone.now())
        out, into = make_line(account, "out"), make_line(account, "in", "45.90")
        OwnTransfer.objects.create(client=kontor_client, outgoing=out, incoming=into)
        make_line(account, "wage", counterparty="Jonas Quandt", purpose="Lohn/Gehalt Oktober")
        make_line(account, "tax", counterparty="FINANZAMT KIEL")
        make_line(account, "fee", counterparty="", purpose="", code="ACMT-MDOP-CHRG")
        for month in range(3):
            make_line(account, f"rent{month}", "-1150.00", counterparty="Quandel", purpose=f"Miete {month}")
        assert without_document(kontor_client, TODAY) == [line]

    def test_sent_from_the_list_it_lies_with_the_payment(self, desk: Browser, phone: Browser, line: Transaction):
        assert "Blumen Petersen" in phone.get(TODO).content.decode()
        photo = SimpleUploadedFile("IMG_1.jpg", b"\xff\xd8\xff\xe0 photo", "image/jpeg")
        answer = phone.post(f"{TODO}payments/{line.pk}/", {"photo": photo}, follow=True)
        assert 'data-testid="payments"' not in answer.content.decode()
        assert "IMG_1.jpg" in desk.get(f"/admin/matching/transaction/{line.pk}/change/").content.decode()

    def test_sent_twice_at_once_it_is_one_thing(self, line: Transaction, member: User):
        first = questions.send_document(line, "", [sent()], member)
        again = questions.send_document(line, "It was cash back.", [sent("2.pdf", PDF + b"2")], member)
        assert first == again
        assert again.files.count() == 2
        assert again.answer == "It was cash back."

    def test_nothing_sent_says_so(self, phone: Browser, line: Transaction):
        answer = phone.post(f"{TODO}payments/{line.pk}/", {})
        assert answer.status_code == 422
        assert "Please write an answer or choose a document." in answer.content.decode()


class TestOutsiders:
    def test_of_another_company(
        self, client: Browser, outsider: User, voucher: Voucher, line: Transaction, member: User
    ):
        asked = questions.ask(voucher, "Secret?", member)
        questions.answer(asked, "Very", [sent()], member)
        client.force_login(outsider)
        for path in (f"{asked.pk}/", f"files/{asked.files.get().pk}/", f"payments/{line.pk}/"):
            assert client.get(f"/portal/10002/to-do/{path}").status_code == 404
            assert client.get(f"{TODO}{path}").status_code == 404

    def test_of_another_accountant(self, client: Browser, colleague: User, voucher: Voucher, member: User):
        asked = questions.ask(voucher, "Secret?", member)
        questions.answer(asked, "Very", [sent()], member)
        client.force_login(colleague)
        base = "/admin/integrations/clientquestion/"
        assert client.post(f"{base}ask/voucher/{voucher.pk}/", {"text": "x"}).status_code == 404
        assert client.post(f"{base}{asked.pk}/settle/").status_code == 404
        assert client.get(f"{base}{asked.pk}/change/").status_code == 404
        assert client.get(f"{base}files/{asked.files.get().pk}/").status_code == 404

    def test_support_neither_asks_nor_reads(self, client: Browser, support: User, voucher: Voucher):
        client.force_login(support)
        answer = client.post(f"/admin/integrations/clientquestion/ask/voucher/{voucher.pk}/", {"text": "x"})
        assert answer.status_code == 403
        assert "k-question" not in client.get(f"/admin/vouchers/voucher/{voucher.pk}/change/").content.decode()


def test_the_page_asks_the_database_as_much_for_many_as_for_few(
    phone: Browser, kontor_client: Client, account: BankAccount, accountant: User, django_assert_max_num_queries: Any
):
    for number in range(30):
        line = make_line(account, str(number), counterparty=f"Laden {number}")
        if number % 3 == 0:
            questions.ask(line, f"Question {number}", accountant)
    with django_assert_max_num_queries(17):
        phone.get(TODO)


def test_the_firms_list_asks_as_much_for_many_as_for_few(
    desk: Browser, kontor_client: Client, account: BankAccount, proposal: Proposal, accountant: User,
    django_assert_max_num_queries: Any,
):  # fmt: skip
    questions.ask(proposal, "Do they?", accountant)
    for number in range(30):
        questions.ask(make_line(account, f"l{number}"), f"Question {number}", accountant)
    with django_assert_max_num_queries(16):
        page = desk.get("/admin/integrations/clientquestion/").content.decode()
    assert "Blumen Petersen – RE-2041" in page


class TestConstraints:
    @pytest.mark.parametrize(
        "values",
        [
            {"text": ""},
            {"transaction": None, "voucher": None},
            {"state": "answered"},
            {"state": "done"},
            {"kind": "document", "text": ""},
        ],
    )
    def test_the_database_refuses_nonsense(self, kontor_client: Client, voucher: Voucher, values: dict[str, Any]):
        given_values: dict[str, Any] = {"client": kontor_client, "voucher": voucher, "text": "Why?", **values}
        with pytest.raises(IntegrityError), transaction.atomic():
            ClientQuestion.objects.create(**given_values)


STEPS = st.lists(st.sampled_from(["ask", "answer", "finish", "reopen"]), max_size=12)


class TestAnyOrder(TestCase):
    """Whatever is pressed in whatever order, the state is the one that the last effective step leaves."""

    @given(STEPS)
    def test_states(self, steps: list[str]) -> None:
        actor = User.objects.create_user(f"u{User.objects.count()}@x.example", "x", is_staff=True)
        client = add_client(name="A", email="", number=f"9{Client.objects.count()}", today=TODAY)
        subject = Voucher.objects.create(
            client=client, external_id="00000000-0000-4000-8000-000000000001", type="invoice", date=TODAY, total=1,
            status="paid", provider_updated_at=timezone.now(),
        )  # fmt: skip
        asked = questions.ask(subject, "Why?", actor)
        model, answered = "open", False
        for step in steps:
            if step == "answer":
                try:
                    questions.answer(asked, "Because.", [], actor)
                except UnableToAnswer:
                    assert model == "done"
                else:
                    assert model != "done"
                    model, answered = "answered", True
            elif step == "finish":
                assert questions.finish(asked, actor) == (model != "done")
                model = "done"
            elif step == "reopen":
                assert questions.reopen(asked) == (model == "done")
                if model == "done":
                    model = "answered" if answered else "open"
            elif model == "open":
                assert questions.ask(subject, "Why?", actor) == asked
            asked.refresh_from_db()
            assert asked.state == model
