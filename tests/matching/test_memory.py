"""What decisions teach: counted once, taken back with them, revoked for good, never told to another client."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from accounts.models import Client, User
from matching.models import ClientMemory, FactSource, LearnedFact, Proposal
from matching.services import UnableToDecide, confirm, reject, run_matching, undo
from matching.services.memory import UnableToLearn, learned, rebuild, revoke, share
from tests.factories import booking as factory_booking
from tests.factories import proposal as factory_proposal
from tests.factories import voucher as factory_voucher

pytestmark = pytest.mark.django_db
IBAN = "DE88500700100175526303"
CONTACT = "Druckhaus Seeblick GmbH"


def case(client: Client, index: int, contact: str = CONTACT, **line: Any) -> Proposal:
    pays = factory_voucher(client, index, contact_name=contact, payments_read=True)
    return factory_proposal(pays, factory_booking(client, index, f"-{pays.total}", counterparty=contact, **line))


def fact(client: Client | None, kind: str = "iban") -> LearnedFact:
    return LearnedFact.objects.get(client=client, kind=kind, contact=CONTACT)


def told(client: Client, contact: str = CONTACT) -> bool:
    return contact in learned(client, {CONTACT, contact}).ibans.get(IBAN, frozenset())


def test_decisions_raise_and_lower_and_undoing_takes_it_back(kontor_client: Client, accountant: User) -> None:
    rows = [case(kontor_client, index) for index in range(4)]
    for row in rows[:3]:
        confirm(row, accountant)
    reject(rows[3], accountant)
    assert (fact(kontor_client).confirmations, fact(kontor_client).rejections) == (3, 1)
    assert told(kontor_client)
    undo(rows[0], accountant)
    assert fact(kontor_client).confirmations == 2
    assert not told(kontor_client)
    undo(rows[3], accountant)
    assert (fact(kontor_client).confirmations, fact(kontor_client).rejections) == (2, 0)
    assert told(kontor_client)


def test_the_wrong_voucher_of_the_right_contact_is_no_objection(kontor_client: Client, accountant: User) -> None:
    right = case(kontor_client, 0)
    line = right.allocations.get().transaction
    wrong = factory_proposal(factory_voucher(kontor_client, 1, str(-line.amount), contact_name=CONTACT), line)
    reject(wrong, accountant)
    assert fact(kontor_client).rejections == 1
    confirm(right, accountant)
    assert (fact(kontor_client).confirmations, fact(kontor_client).rejections) == (1, 0)


def test_it_is_forgotten(kontor_client: Client, accountant: User) -> None:
    confirm(case(kontor_client, 0), accountant)
    today = timezone.localdate()
    assert learned(kontor_client, (), today + timedelta(days=700)).ibans == {IBAN: {CONTACT}}
    assert learned(kontor_client, (), today + timedelta(days=800)).ibans == {}


def test_what_was_revoked_never_comes_back_from_old_decisions(kontor_client: Client, accountant: User) -> None:
    rows = [case(kontor_client, index) for index in range(3)]
    confirm(rows[0], accountant)
    confirm(rows[1], accountant)
    assert revoke(fact(kontor_client), accountant)
    assert not revoke(fact(kontor_client), accountant)
    assert not told(kontor_client)
    rebuild(kontor_client)
    run_matching(kontor_client)
    row = fact(kontor_client)
    assert (row.confirmations, row.revoked_by, row.sources.count()) == (0, accountant, 2)
    assert not told(kontor_client)
    confirm(Proposal.objects.get(fingerprint=rows[2].fingerprint, state__in=["suggested", "automatic"]), accountant)
    assert fact(kontor_client).confirmations == 1
    assert told(kontor_client)
    assert revoke(fact(kontor_client), accountant)
    assert not told(kontor_client)


def test_nothing_crosses_clients_but_what_the_firm_confirmed_of_companies(
    kontor_client: Client, outsider: User, accountant: User, partner: User
) -> None:
    other = Client.objects.exclude(pk=kontor_client.pk).get()
    confirm(case(kontor_client, 0), accountant)
    assert told(kontor_client)
    assert not told(other)
    with pytest.raises(UnableToLearn):
        share(fact(kontor_client), accountant)
    shared = share(fact(kontor_client), partner)
    assert share(fact(kontor_client), partner) == shared
    assert told(other)
    assert told(other, "DRUCKHAUS SEEBLICK")
    assert learned(other, {"Somebody else"}).ibans == {}
    with pytest.raises(UnableToLearn):
        revoke(shared, accountant)
    revoke(shared, partner)
    assert not told(other)
    assert told(kontor_client)


def test_what_a_client_revoked_is_not_told_to_it_whoever_confirmed_it(
    kontor_client: Client, accountant: User, partner: User
) -> None:
    confirm(case(kontor_client, 0), accountant)
    share(fact(kontor_client), partner)
    revoke(fact(kontor_client), accountant)
    assert not told(kontor_client)


def test_only_companies_and_only_accounts_and_creditors_are_for_all(
    kontor_client: Client, accountant: User, partner: User
) -> None:
    confirm(case(kontor_client, 0, "Petersen, Sabine", mandate_id="M-1"), accountant)
    person = LearnedFact.objects.get(kind="iban")
    mandate = LearnedFact.objects.get(kind="mandate")
    for wrong in (person, mandate):
        with pytest.raises(UnableToLearn):
            share(wrong, partner)
    with pytest.raises(IntegrityError), transaction.atomic():
        LearnedFact.objects.create(client=None, kind="mandate", value="M-1", contact="A GmbH")


def test_a_memory_is_built_from_the_decisions_there_were(
    kontor_client: Client, accountant: User, capsys: pytest.CaptureFixture[str]
) -> None:
    for index in range(3):
        confirm(case(kontor_client, index), accountant)
    before = list(LearnedFact.objects.values_list("kind", "value", "confirmations", "last_confirmed"))
    FactSource.objects.all().delete()
    LearnedFact.objects.all().delete()
    assert not ClientMemory.objects.exists()
    assert told(kontor_client)
    assert list(LearnedFact.objects.values_list("kind", "value", "confirmations", "last_confirmed")) == before
    call_command("learn", "--all", "--json")
    assert '"facts": 1' in capsys.readouterr().out
    assert list(LearnedFact.objects.values_list("kind", "value", "confirmations", "last_confirmed")) == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.lists(
        some.tuples(some.sampled_from(["confirm", "reject", "undo", "revoke"]), some.integers(0, 3)), max_size=12
    )
)
def test_what_was_learned_step_by_step_is_what_is_learned_anew(
    kontor_client: Client, accountant: User, steps: list[tuple[str, int]]
) -> None:
    acts = {"confirm": confirm, "reject": reject, "undo": undo}
    with transaction.atomic():
        rows = [case(kontor_client, index) for index in range(4)]
        for what, index in steps:
            if what == "revoke":
                for known in LearnedFact.objects.all():
                    revoke(known, accountant)
                continue
            try:
                acts[what](rows[index], accountant)
            except UnableToDecide:
                continue
        names = ("kind", "value", "contact", "confirmations", "rejections", "last_confirmed")
        stepwise = sorted(LearnedFact.objects.values_list(*names), key=str)
        rebuild(kontor_client)
        assert sorted(LearnedFact.objects.values_list(*names), key=str) == stepwise
        transaction.set_rollback(True)


def browser_of(user: User) -> Browser:
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(user)
    return browser


def test_the_pages_show_where_it_comes_from_and_revoke(
    kontor_client: Client, accountant: User, colleague: User, support: User, partner: User
) -> None:
    row = case(kontor_client, 0)
    confirm(row, accountant)
    known = fact(kontor_client)
    page = reverse("admin:matching_learnedfact_change", args=[known.pk])
    do = reverse("admin:matching_learnedfact_do", args=[known.pk, "revoke"])
    share_it = reverse("admin:matching_learnedfact_do", args=[known.pk, "share"])
    everything = reverse("admin:matching_learnedfact_changelist")
    text = browser_of(accountant).get(page).content.decode()
    assert "Anna Albers" in text
    assert "RE-2041" in text
    assert "Use for all clients" not in text
    assert CONTACT in browser_of(accountant).get(everything).content.decode()
    assert browser_of(colleague).get(page).status_code == 404
    assert browser_of(colleague).post(do).status_code == 404
    assert CONTACT not in browser_of(colleague).get(everything).content.decode()
    assert browser_of(support).get(page).status_code == 403
    assert browser_of(support).get(everything).status_code == 403
    assert "decided by partners" in browser_of(accountant).post(share_it, follow=True).content.decode()
    assert "every client that has this contact" in browser_of(partner).post(share_it, follow=True).content.decode()
    shared = reverse("admin:matching_learnedfact_change", args=[fact(None).pk])
    text = browser_of(colleague).get(shared).content.decode()
    assert "in use for all clients" in text
    assert "RE-2041" not in text
    assert kontor_client.name not in text
    answer = browser_of(accountant).post(do, follow=True)
    assert "does not use this any more" in answer.content.decode()
    known.refresh_from_db()
    assert known.revoked_by == accountant
    assert "revoked" in browser_of(accountant).get(everything, {"use": "revoked"}).content.decode()
