"""Rules, comparisons, learned facts and the keys of the review in a real browser."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.groups import ACCOUNTANT, PARTNER, install
from accounts.models import Client, User
from accounts.services import add_client
from matching.models import BankAccount, LearnedFact, MatchingPolicy, OwnTransfer, Proposal
from matching.services import confirm, run_matching
from matching.services.drafts import fingerprint
from matching.services.usage import Share
from matching.tasks import apply_comparison, compare_firm, compare_matching
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.conftest import TODAY
from tests.factories import FIRST, booking, proposal, voucher
from vouchers.models import Voucher

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Visit]
State = Proposal.State


def staff(email: str, group: str) -> User:
    install()
    user = User.objects.create_user(email, "x", name="Anna Albers", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def keeper(transactional_db: None) -> User:
    """The accountant; the groups are made anew, because these tests empty the whole database."""
    return staff("anna@kanzlei.example", ACCOUNTANT)


@pytest.fixture
def books(keeper: User) -> Client:
    """A client with automatic matches over 100.00 and 200.00."""
    made = add_client(
        name="Tischlerei Ahrens GmbH", email="a@example.org", number="10001", accountant=keeper, today=TODAY
    )
    for index, total in enumerate(("100.00", "200.00")):
        voucher(made, index, total, payments_read=True)
        booking(made, index, f"-{total}")
    run_matching(made)
    assert made.proposals.filter(state=State.AUTOMATIC).count() == 2
    return made


def number_in(at: Visit) -> int:
    found = re.search(r"/(\d+)/change/", at.page.url)
    assert found is not None, at.page.url
    return int(found[1])


def looks_right(at: Visit) -> None:
    assert at.sideways() <= 0
    assert at.errors == []


def test_a_clients_rule_is_looked_at_before_it_is_set(visit: Open, keeper: User, books: Client, media: Path) -> None:
    rule = MatchingPolicy.objects.create(client=books)
    at = visit(keeper, language="en")
    at.open(reverse("admin:matching_matchingpolicy_change", args=[rule.pk]))
    at.page.get_by_label("Up to this amount").fill("150")
    at.page.get_by_role("button", name="Show what would change, without saving").click()
    at.page.wait_for_url("**/matching/comparison/*/change/")
    assert at.page.get_by_text("Waiting for a worker.").is_visible()
    compare_matching(number_in(at))
    # the page moves by itself as soon as the answer is there
    at.page.get_by_text("Would no longer be automatic").wait_for()
    assert at.page.get_by_role("link", name=re.compile("RE-2042")).is_visible()
    rule.refresh_from_db()
    assert rule.highest is None
    looks_right(at)
    at.page.get_by_role("button", name="Set this rule and apply the difference").click()
    at.page.get_by_text("The difference is being applied.").wait_for()
    apply_comparison(number_in(at))
    at.page.get_by_text("Applied by Anna Albers").wait_for()
    rule.refresh_from_db()
    assert rule.highest == Decimal(150)
    assert books.proposals.filter(state=State.AUTOMATIC).count() == 1
    looks_right(at)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_firms_rule_is_compared_at_all_clients(
    size: tuple[int, int], visit: Open, books: Client, media: Path
) -> None:
    at = visit(staff("paula@kanzlei.example", PARTNER), language="en", size=size, dark=size == PHONE)
    at.open(reverse("admin:matching_matchingpolicy_add"))
    at.page.get_by_label("Up to this amount").fill("150")
    at.page.get_by_role("button", name="Show what would change, without saving").click()
    at.page.wait_for_url("**/matching/firmcomparison/*/change/")
    compare_firm(number_in(at))
    at.page.get_by_role("link", name=re.compile("10001 Tischlerei Ahrens")).wait_for()
    looks_right(at)
    at.page.get_by_role("button", name="Set this rule and apply the difference to all clients").click()
    at.page.get_by_text("one client after the other").wait_for()
    compare_firm(number_in(at))
    at.page.get_by_text("Applied by").wait_for()
    assert books.proposals.filter(state=State.AUTOMATIC).count() == 1
    looks_right(at)


def test_a_revoked_fact_is_not_used_by_the_next_run(visit: Open, keeper: User, books: Client, media: Path) -> None:
    # Only a person knows that this account pays for that contact: neither name nor number says so.
    stranger = {"counterparty": "Inkasso Meier", "counterparty_iban": "DE45500105175419786237", "purpose": "Danke"}
    known = proposal(voucher(books, 5, "321.00"), booking(books, 5, "-321.00", **stranger))
    confirm(known, keeper)
    fact = LearnedFact.objects.get(kind="iban", value=stranger["counterparty_iban"])
    voucher(books, 9, "654.00", payments_read=True)
    booking(books, 9, "-654.00", **stranger)
    run_matching(books)

    def reasons() -> set[str]:
        row = Proposal.objects.get(allocations__amount=654, state__in=[State.SUGGESTED, State.AUTOMATIC])
        return {item["code"] for item in row.evidence}

    assert "iban_known" in reasons()
    at = visit(keeper, language="en", scripts=False)
    at.open(reverse("admin:matching_learnedfact_change", args=[fact.pk]))
    at.page.get_by_role("button", name="Revoke").click()
    assert at.page.get_by_text("Kontor does not use this any more").is_visible()
    run_matching(books)
    assert "iban_known" not in reasons()
    looks_right(at)


def together(bills: list[Voucher], line_amount: str, index: int, kind: str, **fields: Any) -> Proposal:
    """An open proposal that one line paid several vouchers."""
    line = booking(bills[0].client, index, line_amount)
    made = proposal(bills[0], line, amount=str(bills[0].total), kind=kind, **fields)
    for bill in bills[1:]:
        made.allocations.create(voucher=bill, transaction=line, amount=bill.total)
    shares = tuple(Share(bill.pk, line.pk, bill.total) for bill in bills)
    Proposal.objects.filter(pk=made.pk).update(fingerprint=fingerprint(bills[0].client_id, shares))
    return made


def test_a_set_a_payout_a_discount_and_an_own_transfer_by_keys(
    visit: Open, keeper: User, books: Client, media: Path
) -> None:
    bills = [voucher(books, index, f"{index}0.00") for index in range(10, 16)]
    whole = together(bills[:2], "-210.00", 20, "collective", probability="0.9900")
    sales = [voucher(books, index, "50.00", type="salesinvoice") for index in (16, 17)]
    payout = together(sales, "97.30", 21, "payout", probability="0.9800")
    less = proposal(bills[3], booking(books, 22, "-126.10", "RE 2054 abzgl. 3% Skonto"), probability="0.9700")
    last = proposal(bills[4], booking(books, 23, "-140.00"), probability="0.9600")
    at = visit(keeper, language="en")
    page = at.page

    def case(of: Proposal) -> str:
        return reverse("admin:review_case", args=[of.pk])

    def press(key: str, then: str) -> None:
        page.keyboard.press(key)
        page.wait_for_url(f"**{then}")

    at.open(case(whole))
    assert page.locator(".k-settled tbody tr").count() == 2
    press("Enter", case(payout))
    assert page.locator(".k-settled tbody tr").count() == 2
    press("r", case(less))
    assert "3.90" in page.locator(".k-settled").inner_text()
    press("Enter", case(last))
    states = dict(Proposal.objects.values_list("pk", "state"))
    assert [states[row.pk] for row in (whole, payout, less)] == [State.CONFIRMED, State.REJECTED, State.CONFIRMED]
    press("z", case(less))
    assert Proposal.objects.get(pk=less.pk).state == State.SUGGESTED
    looks_right(at)

    # money between own accounts is no case of the review: its own page decides it, by keyboard as well
    other = BankAccount.objects.create(client=books, key="DE88500700100175526303", iban="DE88500700100175526303")
    own = {"counterparty": books.name, "booking_date": FIRST}
    booking(books, 30, "-500.00", "Umbuchung", counterparty_iban=other.iban, **own)
    booking(books, 31, "500.00", "Umbuchung", account=other, counterparty_iban="DE02120300000000202051", **own)
    run_matching(books)
    pair = OwnTransfer.objects.get(state="recognised")
    for button, state in (("It is none", "rejected"), ("Take the decision back", "recognised")):
        at.open(reverse("admin:matching_owntransfer_change", args=[pair.pk]))
        page.get_by_role("button", name=button).focus()
        press("Enter", reverse("admin:matching_transaction_change", args=[pair.outgoing_id]))
        pair.refresh_from_db()
        assert pair.state == state
    assert page.get_by_text("Neither line needs a voucher.").is_visible()
    looks_right(at)
