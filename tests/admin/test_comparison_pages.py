"""What would change: asked for on pages, shown, applied; by whom and of whose clients."""

from decimal import Decimal

from django.contrib.auth.models import Permission
from django.urls import reverse
from django_q.models import OrmQ

from accounts.models import Client, User
from matching.models import Comparison, FirmComparison, MatchingPolicy, Proposal
from matching.services import run_matching
from matching.tasks import apply_comparison, compare_firm, compare_matching
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
    assert "up to this amount: 150.00" in text
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


def firm_page(row: FirmComparison, name: str = "change") -> str:
    return reverse(f"admin:matching_firmcomparison_{name}", args=[row.pk])


def test_the_firms_rule_is_looked_at_for_all_clients_and_applied(
    kontor_client: Client, partner: User, login: Login
) -> None:
    old = matched(kontor_client)
    browser = login(partner)
    asked = browser.post(reverse("admin:matching_matchingpolicy_add"), form(highest="150", _compare="1"))
    row = FirmComparison.objects.get()
    assert asked["Location"] == firm_page(row)
    assert not MatchingPolicy.objects.exists()
    assert "Waiting for a worker" in browser.get(firm_page(row)).content.decode()
    assert browser.get(firm_page(row, "live")).status_code == 200
    compare_firm(row.pk)
    assert browser.get(firm_page(row, "live")).status_code == 204
    text = browser.get(firm_page(row)).content.decode()
    assert "up to this amount: 150.00" in text
    assert kontor_client.name in text
    part = row.parts.get()
    assert page(part) in text
    shown = browser.get(page(part)).content.decode()
    assert "RE-2041" in shown
    assert "Part of a comparison of the whole firm" in shown
    assert "apply the difference" not in shown
    browser.post(firm_page(row, "apply"))
    assert "one client after the other" in browser.get(firm_page(row)).content.decode()
    compare_firm(row.pk)
    assert "Applied by Paula Petersen" in browser.get(firm_page(row)).content.decode()
    old.refresh_from_db()
    assert old.state == "superseded"
    assert MatchingPolicy.objects.get().client is None
    assert "applied already" in browser.post(firm_page(row, "apply"), follow=True).content.decode()
    listed = browser.get(reverse("admin:matching_firmcomparison_changelist")).content.decode()
    assert "another rule" in listed
    assert page(part) not in browser.get(reverse(LIST)).content.decode()


def test_the_rules_in_force_are_compared_for_the_whole_firm(kontor_client: Client, partner: User, login: Login) -> None:
    matched(kontor_client)
    browser = login(partner)
    add = reverse("admin:matching_firmcomparison_add")
    assert "every client once more" in browser.get(add).content.decode()
    answer = browser.post(add, {"_save": ""})
    row = FirmComparison.objects.get()
    assert (answer["Location"], row.policy, row.asked_by) == (firm_page(row), None, partner)
    compare_firm(row.pk)
    text = browser.get(firm_page(row)).content.decode()
    assert "Under the rules in force" in text
    assert "At 1 client nothing would change." in text


def test_only_who_sees_the_whole_firm_compares_it(
    kontor_client: Client, partner: User, accountant: User, support: User, member: User, login: Login
) -> None:
    row = FirmComparison.objects.create(asked_by=partner)
    lists, add = reverse("admin:matching_firmcomparison_changelist"), reverse("admin:matching_firmcomparison_add")
    accountant.user_permissions.set(Permission.objects.filter(content_type__model="firmcomparison"))
    assert login(accountant).get(firm_page(row)).status_code == 404
    assert login(accountant).get(firm_page(row, "live")).status_code == 404
    assert login(accountant).post(firm_page(row, "apply")).status_code == 404
    assert login(accountant).post(add, {"_save": ""}).status_code == 403
    for address in (lists, add):
        assert login(support).get(address).status_code == 403
        assert login(member).get(address).status_code == 404
    assert login(support).get(firm_page(row)).status_code in (403, 404)
    assert login(support).post(firm_page(row, "apply")).status_code == 403
    assert FirmComparison.objects.count() == 1


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
