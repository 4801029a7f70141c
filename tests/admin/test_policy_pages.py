"""Rules for automatic matches: who sees and changes which, their history, and that a run keeps to them."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Client, User
from matching.client_policy import Difference, MatchKind
from matching.models import MatchingPolicy, PolicyChange, Proposal
from matching.services import run_matching
from matching.services.policies import policy_of, save_policy
from tests.admin.conftest import Login
from tests.factories import booking, voucher

LIST = "admin:matching_matchingpolicy_changelist"
ADD = "admin:matching_matchingpolicy_add"


def form(client: Client | None = None, **changed: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"in_use": "on", "threshold": "0", "highest": ""}
    values |= dict.fromkeys((*MatchKind, *Difference), "on")
    values |= {"client": client.pk if client else ""} | changed
    return {name: value for name, value in values.items() if value is not None}


def page(rule: MatchingPolicy) -> str:
    return reverse("admin:matching_matchingpolicy_change", args=[rule.pk])


def test_an_accountant_sets_a_rule_and_its_history_is_kept(
    kontor_client: Client, accountant: User, login: Login
) -> None:
    browser = login(accountant)
    answer = browser.post(reverse(ADD), form(kontor_client, threshold="99.5", discount=None))
    assert answer.status_code == 302
    rule = MatchingPolicy.objects.get()
    assert (rule.client, rule.threshold, rule.discount, rule.fee) == (kontor_client, Decimal("99.5"), False, True)
    browser.post(page(rule), form(highest="5000", threshold="99.5", discount=None))
    browser.post(page(rule), form(highest="5000", threshold="99.5", discount=None))
    assert PolicyChange.objects.count() == 2
    change = PolicyChange.objects.latest("pk")
    assert (change.actor, change.changes) == (accountant, {"highest": [None, "5000"]})
    text = browser.get(page(rule)).content.decode()
    assert "up to this amount: – → 5,000.00" in text
    assert "Anna Albers" in text
    text = browser.get(reverse(LIST)).content.decode()
    assert "cash discount (Skonto)" in text
    assert "99.5\u00a0%" in text


def test_numbers_are_typed_and_shown_in_the_readers_form(kontor_client: Client, accountant: User, login: Login) -> None:
    german = {"accept-language": "de"}
    browser = login(accountant)
    answer = browser.post(reverse(ADD), form(kontor_client, threshold="99,5", highest="2500,50"), headers=german)
    assert answer.status_code == 302
    rule = MatchingPolicy.objects.get()
    assert (rule.threshold, rule.highest) == (Decimal("99.5"), Decimal("2500.50"))
    text = browser.get(page(rule), headers=german).content.decode()
    assert 'value="99,5' in text
    assert re.search(r'value="2\.?500,50"', text)
    text = browser.get(page(rule)).content.decode()
    assert 'value="99.5' in text


def test_the_firms_rule_is_for_partners(accountant: User, partner: User, kontor_client: Client, login: Login) -> None:
    refused = login(accountant).post(reverse(ADD), form())
    assert "set by partners" in refused.content.decode()
    assert login(partner).post(reverse(ADD), form(threshold="99")).status_code == 302
    rule = MatchingPolicy.objects.get()
    assert login(accountant).get(page(rule)).status_code == 200
    assert login(accountant).post(page(rule), form(threshold="1")).status_code == 403
    off = login(partner).post(page(rule), form(in_use=None))
    assert "always in use" in off.content.decode()
    twice = login(partner).post(reverse(ADD), form())
    assert "exists already" in twice.content.decode()
    assert policy_of(kontor_client).threshold == Decimal("0.99")


def test_nobody_else_finds_a_clients_rule(
    kontor_client: Client, accountant: User, colleague: User, support: User, member: User, login: Login
) -> None:
    rule = save_policy(kontor_client, MatchingPolicy(threshold=Decimal(99)), accountant)
    assert login(colleague).get(page(rule)).status_code == 404
    assert kontor_client.name not in login(colleague).get(reverse(LIST)).content.decode()
    foreign = login(colleague).post(reverse(ADD), form(kontor_client))
    assert foreign.status_code == 200
    assert login(support).get(reverse(LIST)).status_code == 403
    assert login(member).get(page(rule)).status_code == 404


def test_a_clients_rule_takes_the_place_of_the_firms(kontor_client: Client, partner: User) -> None:
    assert policy_of(kontor_client).threshold == 0
    save_policy(None, MatchingPolicy(threshold=Decimal(90), highest=Decimal(100)), partner)
    save_policy(kontor_client, MatchingPolicy(threshold=Decimal(95)), partner)
    found = policy_of(kontor_client)
    assert (found.threshold, found.highest) == (Decimal("0.95"), None)
    save_policy(kontor_client, MatchingPolicy(threshold=Decimal(95), in_use=False), partner)
    assert policy_of(kontor_client).highest == 100


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": Decimal(100)},
        {"threshold": Decimal(-1)},
        {"highest": Decimal("-0.01")},
        {"client": None, "in_use": False},
    ],
)
def test_the_database_refuses_what_cannot_be(kontor_client: Client, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchingPolicy.objects.create(**{"client": kontor_client, **wrong})


def test_the_database_keeps_one_rule_of_the_firm(db: None) -> None:
    MatchingPolicy.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        MatchingPolicy.objects.create()


def test_a_run_suggests_what_the_rule_holds_back(
    kontor_client: Client, accountant: User, login: Login, django_assert_max_num_queries: Any
) -> None:
    save_policy(kontor_client, MatchingPolicy(highest=Decimal("99.99")), accountant)
    bill = voucher(kontor_client, 0, "100.00", payments_read=True)
    booking(kontor_client, 0, "-100.00")
    run_matching(kontor_client)
    row = Proposal.objects.get()
    assert (row.state, row.permission) == ("suggested", "suggest")
    text = login(accountant).get(reverse("admin:review_case", args=[row.pk])).content.decode()
    assert "more than the 99.99" in text
    before = list(Proposal.objects.values_list("pk", "updated_at"))
    run_matching(kontor_client)
    assert list(Proposal.objects.values_list("pk", "updated_at")) == before
    save_policy(kontor_client, MatchingPolicy(highest=Decimal("100.00")), accountant)
    run_matching(kontor_client)
    assert Proposal.objects.get(state="automatic").allocations.get().voucher == bill
