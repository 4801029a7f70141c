"""External transactions in the admin: one step at the voucher, by hand, list and page, and who sees them."""

from decimal import Decimal

import pytest
from django.test import Client as Browser

from accounts.models import Client, User
from matching.models import Allocation, ExternalPayment, Transaction
from tests.factories import booking, proposal, voucher

pytestmark = pytest.mark.django_db
State = ExternalPayment.State
TYPED = {"kind": "cash", "date": "2025-03-14", "way": "out", "amount": "1.145,50", "name": "Baumarkt", "once": "a"}


@pytest.fixture
def desk(client: Browser, accountant: User) -> Browser:
    client.force_login(accountant)
    client.cookies["django_language"] = "de"
    return client


def test_one_press_at_the_voucher(desk: Browser, kontor_client: Client, accountant: User):
    paid = voucher(kontor_client, 0)
    page = desk.get(f"/admin/vouchers/voucher/{paid.pk}/change/").content.decode()
    assert f"/admin/external/voucher/{paid.pk}/" in page
    for _ in range(2):
        desk.post(f"/admin/external/voucher/{paid.pk}/", {"kind": "cash"})
    payment = ExternalPayment.objects.get()
    assert (payment.kind, payment.state, payment.created_by) == ("cash", State.SAVED, accountant)
    assert Allocation.objects.get(standing=True).amount == paid.total
    page = desk.get(f"/admin/vouchers/voucher/{paid.pk}/change/").content.decode()
    assert f"/admin/matching/externalpayment/{payment.pk}/change/" in page


def test_one_press_in_review_goes_on_to_the_next_case(desk: Browser, kontor_client: Client):
    first, second = voucher(kontor_client, 0), voucher(kontor_client, 1)
    case = proposal(first, booking(kontor_client, 0, f"-{first.total}"))
    other = proposal(second, booking(kontor_client, 1, f"-{second.total}"), probability="0.9")
    page = desk.get(f"/admin/review/{case.pk}/").content.decode()
    following = f"/admin/review/{other.pk}/"
    assert f'name="next" value="{following}"' in page
    answer = desk.post(f"/admin/external/voucher/{first.pk}/", {"next": following})
    assert answer.headers["Location"] == following
    case.refresh_from_db()
    assert case.state == "superseded"


def test_no_way_out_of_the_house(desk: Browser, kontor_client: Client):
    paid = voucher(kontor_client, 0)
    answer = desk.post(f"/admin/external/voucher/{paid.pk}/", {"next": "https://elsewhere.example/"})
    assert answer.headers["Location"].startswith("/admin/vouchers/")


def test_by_hand(desk: Browser, kontor_client: Client):
    assert desk.get("/admin/matching/externalpayment/add/", follow=True).redirect_chain[-1][0] == (
        f"/admin/external/new/{kontor_client.pk}/"
    )
    for _ in range(2):
        desk.post(f"/admin/external/new/{kontor_client.pk}/", TYPED)
    payment = ExternalPayment.objects.get()
    assert (payment.amount, Transaction.objects.get().amount) == (Decimal("-1145.50"), Decimal("-1145.50"))
    listed = desk.get("/admin/matching/externalpayment/").content.decode()
    assert "Baumarkt" in listed
    assert desk.get(f"/admin/matching/externalpayment/{payment.pk}/change/").status_code == 200


def test_the_form_begins_with_what_the_voucher_says(desk: Browser, kontor_client: Client):
    paid = voucher(kontor_client, 0)
    page = desk.get(f"/admin/external/new/{kontor_client.pk}/?voucher={paid.pk}").content.decode()
    assert f'value="{paid.number}"' in page
    assert f'value="{paid.paid_on:%Y-%m-%d}"' in page


def test_draft_save_change_discard_undo(desk: Browser, kontor_client: Client):
    desk.post(f"/admin/external/new/{kontor_client.pk}/", {**TYPED, "then": "draft"})
    payment = ExternalPayment.objects.get()
    address = f"/admin/external/{payment.pk}/"
    states = []
    for action in ("save", "discard", "undo", "undo"):
        desk.post(f"{address}act/", {"action": action})
        payment.refresh_from_db()
        states.append(payment.state)
    assert states == [State.SAVED, State.DISCARDED, State.SAVED, State.DRAFT]
    desk.post(f"{address}edit/", {**TYPED, "amount": "7,00"})
    payment.refresh_from_db()
    assert payment.amount == Decimal(-7)


def test_a_wrong_number_is_said(desk: Browser, kontor_client: Client):
    answer = desk.post(f"/admin/external/new/{kontor_client.pk}/", {**TYPED, "voucher": "RE-0"})
    assert answer.status_code == 200
    assert not ExternalPayment.objects.exists()


def test_a_colleague_finds_nothing(client: Browser, kontor_client: Client, colleague: User):
    paid = voucher(kontor_client, 0)
    payment = ExternalPayment.objects.create(client=kontor_client, kind="cash", date="2025-03-14", amount=-5)
    client.force_login(colleague)
    for address in (
        f"/admin/external/new/{kontor_client.pk}/",
        f"/admin/external/{payment.pk}/edit/",
        f"/admin/matching/externalpayment/{payment.pk}/change/",
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(f"/admin/external/{payment.pk}/act/", {"action": "discard"}).status_code == 404
    assert client.post(f"/admin/external/voucher/{paid.pk}/").status_code == 404
    payment.refresh_from_db()
    assert payment.state == State.DRAFT
