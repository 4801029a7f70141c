"""External transactions in the portal: drafts to answer, a form from a document or by hand, and nobody else's."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client as Browser

from accounts.models import Client, User
from integrations.services.external_drafts import draft_external
from matching.models import Allocation, ExternalPayment
from tests.factories import voucher

pytestmark = pytest.mark.django_db
LIST = "/portal/10001/external/"
State = ExternalPayment.State


def typed(page: str) -> dict[str, str]:
    """What the form carries without anybody typing."""
    fields = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', page))
    chosen = re.findall(r'<select name="(\w+)".*?<option value="(\w+)" selected', page, re.DOTALL)
    texts = re.findall(r'<textarea name="(\w+)"[^>]*>\s*([^<]*)</textarea>', page)
    return {**fields, **dict(chosen), **dict(texts), "q": ""}


def test_a_draft_is_answered_with_yes(browser: Browser, kontor_client: Client, member: User):
    paid = voucher(kontor_client, 0, payments_read=True)
    paid.payments.update(type="partPaymentCashBox", date=date(2025, 3, 14))
    draft_external(kontor_client)
    page = browser.get(LIST).content.decode()
    assert "linked with the cash box" in page
    draft = ExternalPayment.objects.get()
    answer = browser.post(f"{LIST}{draft.pk}/act/", {"action": "save"}, follow=True)
    assert answer.status_code == 200
    draft.refresh_from_db()
    assert (draft.state, draft.changes.order_by("-pk")[0].actor) == (State.SAVED, member)
    assert Allocation.objects.get(standing=True).amount == paid.total


def test_no_and_back(browser: Browser, kontor_client: Client):
    draft = ExternalPayment.objects.create(client=kontor_client, kind="cash", date="2025-03-14", amount=-5)
    browser.post(f"{LIST}{draft.pk}/act/", {"action": "discard"})
    draft.refresh_from_db()
    assert draft.state == State.DISCARDED
    assert "Take the last change back" in browser.get(f"{LIST}{draft.pk}/").content.decode()
    browser.post(f"{LIST}{draft.pk}/act/", {"action": "undo"})
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_from_a_document(browser: Browser, kontor_client: Client):
    paid, other = voucher(kontor_client, 0), voucher(kontor_client, 1)
    page = browser.get(f"{LIST}documents/?q={paid.number}").content.decode()
    assert paid.number in page
    assert other.number not in page
    address = f"{LIST}new/?document={paid.pk}"
    form = typed(browser.get(address).content.decode())
    assert form["voucher"] == paid.number
    for _ in range(2):
        assert browser.post(address, form).status_code == 302
    payment = ExternalPayment.objects.get()
    assert (payment.amount, payment.voucher, payment.state) == (-paid.total, paid, State.SAVED)
    assert paid.number not in browser.get(f"{LIST}documents/").content.decode()


def test_by_hand_as_a_draft_then_changed_and_saved(browser: Browser, kontor_client: Client):
    form = {"kind": "private", "date": "2025-03-14", "way": "in", "amount": "1,045.50", "once": "x"}
    browser.post(f"{LIST}new/", {**form, "then": "draft"})
    payment = ExternalPayment.objects.get()
    assert (payment.amount, payment.state) == (Decimal("1045.50"), State.DRAFT)
    browser.post(f"{LIST}{payment.pk}/", {**form, "amount": "9", "then": "save"})
    payment.refresh_from_db()
    assert (payment.amount, payment.state) == (Decimal(9), State.SAVED)


@pytest.mark.parametrize("wrong", [{"amount": "0"}, {"amount": "-4"}, {"date": "tomorrow"}, {"voucher": "RE-0"}])
def test_what_is_wrong_is_said(browser: Browser, kontor_client: Client, wrong: dict[str, str]):
    form = {"kind": "cash", "date": "2025-03-14", "way": "out", "amount": "4", **wrong}
    answer = browser.post(f"{LIST}new/", form)
    assert 'class="error"' in answer.content.decode()
    assert not ExternalPayment.objects.exists()


def test_of_another_company(client: Browser, kontor_client: Client, outsider: User):
    mine = ExternalPayment.objects.create(client=kontor_client, kind="cash", date="2025-03-14", amount=-5)
    foreign = voucher(kontor_client, 0)
    client.force_login(outsider)
    assert client.get(LIST).status_code == 404
    assert client.get(f"/portal/10002/external/{mine.pk}/").status_code == 404
    assert client.post(f"/portal/10002/external/{mine.pk}/act/", {"action": "save"}).status_code == 404
    form = {"kind": "cash", "date": "2025-03-14", "way": "out", "amount": "4", "voucher": foreign.number}
    client.post("/portal/10002/external/new/", form)
    assert ExternalPayment.objects.count() == 1
