"""What would change: asked for on pages, shown, applied; by whom and of whose clients."""

from decimal import Decimal

from django.urls import reverse
from django_q.models import OrmQ

from accounts.models import Client, User
from matching.models import Comparison, MatchingPolicy, Proposal
from matching.services import run_matching
from matching.tasks import apply_comparison, compare_matching
from tests.admin.conftest import Login
from tests.admin.test_policy_pages import form
from tests.factories import booking, voucher

LIST = "admin:matching_comparison_changelist"


def page(row: Comparison, name: str = "change") -> str:
    return reverse(f"admin:matching_comparison_{name}", args=[row.pk])


def matched(client: Client, total: str = "200.00") -> Proposal:
    voucher(client, 0, total, payments_read=True)
    booking(client, 0, f"-{total}")
    run_matching(client)
    return Proposal.objects.get(state="automatic")


def test_a_rule_is_looked_at_before_it_is_set(
    kontor_client: Client, accountant: User, login: Login, django_capture_on_commit_callbacks: object
) -> None:
    old = matched(kontor_client)
    browser = login(accountant)
    assert "without saving" in browser.get(reverse("admin:matching_matchingpolicy_add")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answer = browser.post(
            reverse("admin:matching_matchingpolicy_add"), form(kontor_client, highest="150", _compare="1")
        )
    row = Comparison.objects.get()
    assert answer["Location"] == page(row)
    assert not MatchingPolicy.objects.exists()
    assert OrmQ.objects.filter(payload__isnull=False).exists()
    assert "Waiting for a worker" in browser.get(page(row)).content.decode()
    assert browser.get(page(row, "live")).status_code == 200

    compare_matching(row.pk)
    assert browser.get(page(row, "live")).status_code == 204
    text = browser.get(page(row)).content.decode()
    assert "up to this amount: 150" in text
    assert "RE-2041" in text
    assert "more than the 150.00" in text
    assert "Set this rule and apply the difference" in text
    assert old.state == "automatic"

    browser.post(page(row, "apply"))
    assert "being applied" in browser.get(page(row)).content.decode()
    apply_comparison(row.pk)
    assert "Applied by Anna Albers" in browser.get(page(row)).content.decode()
    assert MatchingPolicy.objects.get().highest == Decimal(150)
    old.refresh_from_db()
    assert old.state == "superseded"
    assert "applied" in browser.get(reverse(LIST)).content.decode()
    again = browser.post(page(row, "apply"), follow=True)
    assert "applied already" in again.content.decode()


def test_the_rule_in_force_is_compared_with_what_stands(kontor_client: Client, accountant: User, login: Login) -> None:
    matched(kontor_client)
    browser = login(accountant)
    answer = browser.post(reverse("admin:matching_comparison_add"), {"client": kontor_client.pk})
    row = Comparison.objects.get()
    assert answer["Location"] == page(row)
    assert (row.policy, row.asked_by) == (None, accountant)
    compare_matching(row.pk)
    text = browser.get(page(row)).content.decode()
    assert "Under the rule in force" in text
    assert "None." in text


def test_the_firms_rule_is_not_compared_for_everybody(partner: User, login: Login) -> None:
    answer = login(partner).post(reverse("admin:matching_matchingpolicy_add"), form(_compare="1"), follow=True)
    assert "for one client" in answer.content.decode()
    assert not Comparison.objects.exists()


def test_nobody_else_asks_sees_or_applies(
    kontor_client: Client, accountant: User, colleague: User, support: User, member: User, login: Login
) -> None:
    matched(kontor_client)
    row = Comparison.objects.create(client=kontor_client, asked_by=accountant)
    compare_matching(row.pk)
    for address in (page(row), page(row, "live")):
        assert login(colleague).get(address).status_code == 404
        assert login(support).get(address).status_code in (403, 404)
        assert login(member).get(address).status_code == 404
    assert login(colleague).post(page(row, "apply")).status_code == 404
    assert login(support).post(page(row, "apply")).status_code == 403
    assert login(support).get(reverse(LIST)).status_code == 403
    assert kontor_client.name not in login(colleague).get(reverse(LIST)).content.decode()
    login(colleague).post(reverse("admin:matching_comparison_add"), {"client": kontor_client.pk})
    login(colleague).post(reverse("admin:matching_matchingpolicy_add"), form(kontor_client, _compare="1"))
    assert Comparison.objects.count() == 1
    row.refresh_from_db()
    assert row.state == "done"
