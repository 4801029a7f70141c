"""Deciding cases: what each button does, and what pressing it twice does."""

from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, User
from matching.models import Decision, Proposal
from matching.services import confirm
from matching.services.decisions import reopen_for_voucher
from tests.admin.conftest import Login
from tests.factories import booking, cases, proposal, voucher
from vouchers.services import withdraw

CONFIRMED, REJECTED, SUGGESTED = Proposal.State.CONFIRMED, Proposal.State.REJECTED, Proposal.State.SUGGESTED


def _address(case: Proposal) -> str:
    return reverse("admin:review_case", args=[case.pk])


def _decide(browser: Browser, case: Proposal, decision: str, **more: str | int) -> str:
    answer = browser.post(
        reverse("admin:review_decide", args=[case.pk]), {"decision": decision, "case": case.pk, **more}
    )
    assert answer.status_code == 302
    return answer["Location"]


def _state(case: Proposal) -> str:
    case.refresh_from_db()
    return case.state


def test_confirming_shows_the_next_case(kontor_client: Client, accountant: User, login: Login) -> None:
    first, second, third = cases(kontor_client, 3)
    browser = login(accountant)
    assert _decide(browser, second, "confirm") == _address(third)
    assert _state(second) == CONFIRMED
    decision = second.decisions.get()
    assert (decision.kind, decision.actor) == (Decision.Kind.CONFIRM, accountant)
    text = browser.get(_address(third)).content.decode()
    assert "RE-2042" in text
    assert reverse("admin:review_undo", args=[decision.pk]) in text
    # From the end of the queue on to what was left out before, from the last one to the list.
    assert _decide(browser, third, "reject", reason="andere Rechnung") == _address(first)
    assert third.decisions.get().reason == "andere Rechnung"
    assert _decide(browser, first, "confirm") == reverse("admin:review")
    assert "Everything is reviewed" in browser.get(reverse("admin:review")).content.decode()


def test_a_second_press_changes_nothing(kontor_client: Client, accountant: User, login: Login) -> None:
    first, second = cases(kontor_client, 2)
    browser = login(accountant)
    for _ in range(2):
        assert _decide(browser, first, "confirm") == _address(second)
    assert (_state(first), _state(second)) == (CONFIRMED, SUGGESTED)
    assert first.decisions.count() == 1
    assert _decide(browser, first, "reject") == _address(second)
    assert _state(first) == CONFIRMED


def test_undo_brings_the_case_back_once(kontor_client: Client, accountant: User, login: Login) -> None:
    (case,) = cases(kontor_client, 1)
    browser = login(accountant)
    _decide(browser, case, "reject")
    undo = reverse("admin:review_undo", args=[case.decisions.get().pk])
    assert browser.post(undo)["Location"] == _address(case)
    assert _state(case) == SUGGESTED
    assert browser.post(undo).status_code == 302
    assert _state(case) == SUGGESTED
    assert case.decisions.count() == 2


def test_choosing_another_possibility(kontor_client: Client, accountant: User, login: Login) -> None:
    first, second = cases(kontor_client, 2)
    pays = first.allocations.get().voucher
    other = proposal(pays, booking(kontor_client, 60, f"-{pays.total}", "OHNE NUMMER"), rank=2, probability="0.4100")
    browser = login(accountant)
    page = browser.get(_address(first)).content.decode()
    assert reverse("admin:review_decide", args=[other.pk]) in page
    answer = browser.post(reverse("admin:review_decide", args=[other.pk]), {"decision": "confirm", "case": first.pk})
    assert answer["Location"] == _address(second)
    assert _state(other) == CONFIRMED
    assert _state(first) not in (SUGGESTED, CONFIRMED)


def test_the_next_best_becomes_the_case_when_the_best_is_rejected(
    kontor_client: Client, accountant: User, login: Login
) -> None:
    (first,) = cases(kontor_client, 1)
    pays = first.allocations.get().voucher
    other = proposal(pays, booking(kontor_client, 60, f"-{pays.total}", "OHNE NUMMER"), rank=2, probability="0.4100")
    browser = login(accountant)
    assert "case 1 of 1" in browser.get(_address(first)).content.decode()
    assert _decide(browser, first, "reject") == _address(other)


def test_a_payment_that_is_used_up_says_so_and_stays(kontor_client: Client, accountant: User, login: Login) -> None:
    (first,) = cases(kontor_client, 1)
    line = first.allocations.get().transaction
    other = proposal(voucher(kontor_client, 70, str(-line.amount)), line, probability="0.5000")
    confirm(first, accountant)
    browser = login(accountant)
    browser.get(_address(other))
    _decide(browser, other, "confirm")
    assert _state(other) != CONFIRMED


@pytest.mark.parametrize("decision", ["", "automatic", "undo"])
def test_an_unknown_decision_decides_nothing(
    decision: str, kontor_client: Client, accountant: User, login: Login
) -> None:
    (case,) = cases(kontor_client, 1)
    assert _decide(login(accountant), case, decision) == _address(case)
    assert _state(case) == SUGGESTED


def test_nothing_is_decided_by_a_link_or_from_another_site(kontor_client: Client, accountant: User) -> None:
    (case,) = cases(kontor_client, 1)
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(accountant)
    address = reverse("admin:review_decide", args=[case.pk])
    assert browser.get(address, {"decision": "confirm"}).status_code == 405
    assert browser.post(address, {"decision": "confirm"}).status_code == 403
    assert _state(case) == SUGGESTED


def test_who_only_reads_gets_no_buttons(kontor_client: Client, accountant: User, login: Login) -> None:
    (case,) = cases(kontor_client, 1)
    accountant.groups.clear()
    from django.contrib.auth.models import Permission

    accountant.user_permissions.add(Permission.objects.get(codename="view_proposal"))
    browser = login(accountant)
    page = browser.get(_address(case))
    assert page.status_code == 200
    assert 'data-key="Enter"' not in page.content.decode()
    assert browser.post(reverse("admin:review_decide", args=[case.pk]), {"decision": "confirm"}).status_code == 403


def test_filters_stay_on_the_way_through_the_queue(kontor_client: Client, accountant: User, login: Login) -> None:
    first, second = cases(kontor_client, 2)
    (april,) = cases(kontor_client, 1, first=40)
    browser = login(accountant)
    march: dict[str, str | int] = {"client": kontor_client.pk, "period": "2025-03"}
    page = browser.get(reverse("admin:review"), march).content.decode()
    assert f"{_address(first)}?client={kontor_client.pk}&amp;period=2025-03" in page
    assert _address(april) not in page
    onwards = _decide(browser, first, "confirm", client=kontor_client.pk, period="2025-03")
    assert onwards == f"{_address(second)}?client={kontor_client.pk}&period=2025-03"
    end = _decide(browser, second, "confirm", client=kontor_client.pk, period="2025-03")
    assert end == f"{reverse('admin:review')}?client={kontor_client.pk}&period=2025-03"


@pytest.mark.parametrize(
    "query", ["client=x", "client=999999999999999999999", "period=2025-13", "page=zero", "client=٣"]
)
def test_odd_addresses_show_the_queue(query: str, kontor_client: Client, accountant: User, login: Login) -> None:
    cases(kontor_client, 1)
    assert login(accountant).get(f"{reverse('admin:review')}?{query}").status_code == 200


def test_the_page_shows_marks_amounts_and_difference(kontor_client: Client, accountant: User, login: Login) -> None:
    pays = voucher(kontor_client, 0, "1190.00")
    line = booking(kontor_client, 0, "-1154.30", "RG NR RE 2041 <b>ABZGL</b> 3% SKONTO")
    case = proposal(pays, line)
    page = login(accountant).get(_address(case)).content.decode()
    assert '<mark class="k-mark-for">RE 2041</mark>' in page
    assert "&lt;b&gt;ABZGL" in page
    for amount in (Decimal("1190.00"), Decimal("1154.30")):
        assert f"{amount:,.2f}\u00a0€" in page
    assert "35.70\u00a0€" in page
    assert "−1,154.30\u00a0€" in page


def test_what_the_engine_matched_can_be_refused_and_a_refusal_taken_back(
    kontor_client: Client, accountant: User, login: Login
) -> None:
    pays = voucher(kontor_client, 0)
    case = proposal(pays, booking(kontor_client, 0, f"-{pays.total}"), state=Proposal.State.AUTOMATIC)
    Decision.objects.create(proposal=case, kind="automatic", from_state="suggested", to_state="automatic")
    browser = login(accountant)
    assert 'data-key="Enter"' in browser.get(_address(case)).content.decode()
    _decide(browser, case, "reject", reason="falsch")
    assert _state(case) == REJECTED
    assert not case.allocations.get().standing
    page = browser.get(_address(case)).content.decode()
    assert "Take back" in page
    assert "Anna Albers" in page
    browser.post(reverse("admin:review_undo", args=[case.decisions.get(kind="reject").pk]))
    assert _state(case) == Proposal.State.AUTOMATIC


def test_a_withdrawn_voucher_is_said_before_anybody_decides(
    kontor_client: Client, accountant: User, login: Login
) -> None:
    first, second = cases(kontor_client, 2)
    withdraw(first.allocations.get().voucher, "overdue", status="overdue")
    browser = login(accountant)
    page = browser.get(_address(first)).content.decode()
    assert "was withdrawn" in page
    assert "Overdue." in page
    assert 'value="confirm"' not in page
    assert 'value="reject"' in page
    assert _decide(browser, first, "reject") == _address(second)
    assert _state(first) == REJECTED
    assert 'value="confirm"' in browser.get(_address(second)).content.decode()


def test_why_kontor_took_a_match_back_is_said_in_words(kontor_client: Client, accountant: User, login: Login) -> None:
    (case,) = cases(kontor_client, 1)
    confirm(case, accountant, "deleted")
    of = case.allocations.get().voucher
    withdraw(of, "deleted")
    reopen_for_voucher(of, "deleted")
    page = login(accountant).get(reverse("admin:matching_decision_changelist")).content.decode()
    assert page.count("Deleted in Lexware Office") == 1  # what the person wrote stays as it was written
