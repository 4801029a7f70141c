"""Own transfers in the admin: shown on their lines, decided with one button, joined by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accounts.models import Client, User
from matching.models import OwnTransfer, Transaction
from matching.services import bank_accounts, own_transfers
from matching.services.intake import account_for
from tests.admin.conftest import Login

IBANS = ("DE02120300000000202051", "DE02500105170137075030")


def line(client: Client, account: int, amount: str, **values: Any) -> Transaction:
    kept = account_for(client, iban=IBANS[account])
    return Transaction.objects.create(
        client=client,
        account=kept,
        key=f"{account}-{kept.transactions.count()}",
        booking_date=date(2025, 3, 14),
        amount=Decimal(amount),
        **values,
    )


def page(of: Transaction) -> str:
    return reverse("admin:matching_transaction_change", args=[of.pk])


def test_a_transfer_is_shown_on_its_lines_and_decided(kontor_client: Client, accountant: User, login: Login):
    out = line(kontor_client, 0, "-500", counterparty_iban=IBANS[1])
    into = line(kontor_client, 1, "500")
    own_transfers.recognise(kontor_client)
    pair = OwnTransfer.objects.get()
    browser = login(accountant)
    for half in (out, into):
        text = browser.get(page(half)).content.decode()
        assert "Neither line needs a voucher." in text
        assert "the outgoing line names the other account" in text
    assert "own transfer" in browser.get(reverse("admin:matching_transaction_changelist")).content.decode()
    assert (
        "500.00"
        not in browser.get(reverse("admin:matching_transaction_changelist"), {"match": "none"}).content.decode()
    )
    for what, state in (("reject", "rejected"), ("undo", "recognised"), ("confirm", "confirmed")):
        browser.post(reverse("admin:matching_owntransfer_do", args=[pair.pk, what]))
        pair.refresh_from_db()
        assert pair.state == state
    assert pair.decided_by == accountant
    again = browser.post(reverse("admin:matching_owntransfer_do", args=[pair.pk, "confirm"]), follow=True)
    assert "Somebody was faster" in again.content.decode()
    shown = browser.get(reverse("admin:matching_owntransfer_change", args=[pair.pk])).content.decode()
    assert "Take the decision back" in shown
    assert "500.00" in browser.get(reverse("admin:matching_owntransfer_changelist")).content.decode()


def test_two_lines_are_joined_by_hand(kontor_client: Client, accountant: User, login: Login):
    out, into = line(kontor_client, 0, "-500"), line(kontor_client, 1, "500")
    browser = login(accountant)
    assert "nothing else speaks for it" in browser.get(page(out)).content.decode()
    browser.post(reverse("admin:matching_owntransfer_join", args=[into.pk, out.pk]))
    pair = OwnTransfer.objects.get()
    assert (pair.outgoing, pair.incoming, pair.state) == (out, into, "confirmed")


def test_the_other_side_of_private_money_is_named(kontor_client: Client, accountant: User, login: Login):
    out = line(kontor_client, 0, "-500", counterparty_iban=IBANS[1])
    bank_accounts.mark_private(account_for(kontor_client, iban=IBANS[1]), accountant)
    assert "Private withdrawal" in login(accountant).get(page(out)).content.decode()


def test_outsiders_find_nothing_and_support_decides_nothing(
    kontor_client: Client, accountant: User, colleague: User, support: User, login: Login
):
    out, into = line(kontor_client, 0, "-500", counterparty_iban=IBANS[1]), line(kontor_client, 1, "500")
    own_transfers.recognise(kontor_client)
    do = reverse("admin:matching_owntransfer_do", args=[OwnTransfer.objects.get().pk, "confirm"])
    join = reverse("admin:matching_owntransfer_join", args=[out.pk, into.pk])
    for address in (do, join):
        assert login(colleague).post(address).status_code == 404
        assert login(support).post(address).status_code == 403
