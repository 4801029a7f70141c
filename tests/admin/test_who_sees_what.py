"""Every address of the admin, and who gets what there."""

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import User
from matching.models import Proposal
from tests.admin.conftest import Login
from tests.factories import World

Address = Callable[[World], str]

LISTS = {
    "clients": "accounts_client",
    "connections": "integrations_connection",
    "fetches": "integrations_syncrun",
    "calls": "integrations_callentry",
    "changes": "integrations_voucherchange",
    "seen documents": "integrations_seenvoucher",
    "webhooks": "integrations_webhookdelivery",
    "vouchers": "vouchers_voucher",
    "raw answers": "vouchers_rawanswer",
    "accounts": "matching_bankaccount",
    "transactions": "matching_transaction",
    "proposals": "matching_proposal",
    "decisions": "matching_decision",
    "statements": "integrations_statementfile",
    "support": "integrations_supportrequest",
    "people": "accounts_user",
}


def _status(browser: Browser, address: str) -> int:
    answer = browser.get(address)
    answer.close()
    return answer.status_code


def _change(model: str, pk: int) -> str:
    return reverse(f"admin:{model}_change", args=[pk])


OBJECTS: dict[str, Address] = {
    "client": lambda w: _change("accounts_client", w.client.pk),
    "connection": lambda w: _change("integrations_connection", w.connection.pk),
    "fetch": lambda w: _change("integrations_syncrun", w.run.pk),
    "voucher": lambda w: _change("vouchers_voucher", w.files[0].voucher_id),
    "raw answer": lambda w: _change("vouchers_rawanswer", w.client.raw_answers.get(version=1).pk),
    "account": lambda w: _change("matching_bankaccount", w.client.bank_accounts.get().pk),
    "transaction": lambda w: _change("matching_transaction", w.client.transactions.first().pk),
    "proposal": lambda w: _change("matching_proposal", w.cases[0].pk),
    "statement": lambda w: _change("integrations_statementfile", w.statement.pk),
    "request": lambda w: _change("integrations_supportrequest", w.request.pk),
    "case": lambda w: reverse("admin:review_case", args=[w.cases[0].pk]),
    "file": lambda w: reverse("admin:voucher_file", args=[w.files[0].pk]),
    "page image": lambda w: reverse("admin:voucher_file_page", args=[w.files[0].pk, 1]),
}
HIDDEN_FROM_SUPPORT = {"account", "transaction", "proposal", "statement", "case", "file", "page image"}


@pytest.mark.parametrize("name", sorted(set(OBJECTS) - {"request"}))
def test_the_accountant_reads_everything_of_the_own_client(
    name: str, full: World, accountant: User, login: Login
) -> None:
    assert _status(login(accountant), OBJECTS[name](full)) == 200


@pytest.mark.parametrize("name", OBJECTS)
def test_a_partner_reads_everything(name: str, full: World, partner: User, login: Login) -> None:
    assert _status(login(partner), OBJECTS[name](full)) == 200


@pytest.mark.parametrize("name", OBJECTS)
def test_a_colleague_finds_nothing(name: str, full: World, colleague: User, login: Login) -> None:
    expected = 403 if name == "request" else 404
    assert _status(login(colleague), OBJECTS[name](full)) == expected


@pytest.mark.parametrize("name", OBJECTS)
def test_support_reads_neither_bank_lines_nor_matches(name: str, full: World, support: User, login: Login) -> None:
    status = _status(login(support), OBJECTS[name](full))
    assert status in (403, 404) if name in HIDDEN_FROM_SUPPORT else status == 200


@pytest.mark.parametrize("name", [*OBJECTS, "start", "review"])
def test_somebody_at_the_client_finds_no_admin(name: str, full: World, member: User, login: Login) -> None:
    fixed = {"start": reverse("admin:index"), "review": reverse("admin:review")}
    address = fixed[name] if name in fixed else OBJECTS[name](full)
    assert _status(login(member), address) == 404


@pytest.mark.parametrize("name", OBJECTS)
def test_strangers_are_sent_to_the_login(name: str, full: World) -> None:
    answer = Browser().get(OBJECTS[name](full))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("name", LISTS)
def test_lists_show_a_colleague_nothing_of_the_client(
    name: str, full: World, partner: User, colleague: User, login: Login
) -> None:
    address = reverse(f"admin:{LISTS[name]}_changelist")
    own = login(partner).get(address)
    assert own.status_code == 200
    answer = login(colleague).get(address)
    if name in ("support", "people"):
        assert answer.status_code == 403
        return
    text = answer.content.decode()
    assert answer.status_code == 200
    assert full.client.name not in text
    assert "RE-2041" not in text


def test_a_colleague_cannot_decide_or_undo(full: World, accountant: User, colleague: User, login: Login) -> None:
    case = full.cases[0]
    address = reverse("admin:review_decide", args=[case.pk])
    assert login(colleague).post(address, {"decision": "confirm"}).status_code == 404
    case.refresh_from_db()
    assert case.state == Proposal.State.SUGGESTED
    login(accountant).post(address, {"decision": "confirm"})
    decision = case.decisions.get()
    undo = reverse("admin:review_undo", args=[decision.pk])
    assert login(colleague).post(undo).status_code == 404
    case.refresh_from_db()
    assert case.state == Proposal.State.CONFIRMED


def test_the_queue_is_nowhere_in_the_admin(full: World, login: Login, admin_user: User) -> None:
    assert not [model for model in admin.site._registry if model._meta.app_label == "django_q"]
    assert login(admin_user).get("/admin/django_q/schedule/").status_code == 404


def test_a_partner_cannot_make_anybody_an_administrator(
    partner: User, accountant: User, admin_user: User, login: Login
) -> None:
    browser = login(partner)
    form = {"email": accountant.email, "name": "Anna", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    browser.post(_change("accounts_user", accountant.pk), form)
    accountant.refresh_from_db()
    assert accountant.name == "Anna"
    assert not accountant.is_superuser
    browser.post(_change("accounts_user", admin_user.pk), {"email": "mine@kanzlei.example"})
    admin_user.refresh_from_db()
    assert admin_user.email != "mine@kanzlei.example"


def test_an_accountant_cannot_hand_a_client_over_by_a_forged_form(
    full: World, accountant: User, colleague: User, login: Login
) -> None:
    address = _change("accounts_client", full.client.pk)
    management = {
        f"{prefix}-{part}": "0" for prefix in ("tax_years", "vat_returns") for part in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    form = {"name": "Neuer Name", "service": "tax", "accountant": colleague.pk, "number": "99999", **management}
    assert login(accountant).post(address, form).status_code == 302
    full.client.refresh_from_db()
    assert (full.client.name, full.client.number, full.client.accountant) == ("Neuer Name", "10001", accountant)
