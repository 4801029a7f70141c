"""A page costs the same number of queries for five rows and for fifty."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection as database
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.groups import ACCOUNTANT
from accounts.models import Client, User
from accounts.services import add_client
from integrations.models import (
    CallEntry,
    SeenVoucher,
    StatementFile,
    SupportRequest,
    SyncRun,
    VoucherChange,
    WebhookDelivery,
)
from matching.models import (
    Comparison,
    Decision,
    ExternalPayment,
    FirmComparison,
    LearnedFact,
    MatchingPolicy,
    OwnTransfer,
    PayoutItem,
    PayoutReport,
    RateFetch,
    ReferenceRate,
    Transaction,
)
from matching.services import confirm
from matching.services.intake import account_for
from tests.admin.conftest import Login
from tests.admin.recorder_world import call, delivery
from tests.conftest import TODAY
from tests.factories import MOMENT, cases, connection, voucher, world
from tests.integrations.finding.conftest import seen
from vouchers.models import RawAnswer
from vouchers.storage import store

Grow = Callable[[Client, User, int], None]


def _clients(first: Client, accountant: User, count: int) -> None:
    for index in range(count):
        made = add_client(name=f"Firma {index}", email="", number=f"2{index:04}", accountant=accountant, today=TODAY)
        linked = connection(made, failed=index % 2 == 0)
        SyncRun.objects.create(connection=linked, state="done", trigger="schedule", queued_at=MOMENT)
        SupportRequest.objects.create(
            client=made, connection=linked, author=accountant, reference=f"S-{index}", status=linked.status, message="?"
        )


def _cases(first: Client, accountant: User, count: int) -> None:
    for case in cases(first, count, first=100):
        Decision.objects.create(proposal=case, kind="reopen", from_state="automatic", to_state="suggested")


def _raw(first: Client, accountant: User, count: int) -> None:
    for index in range(count):
        RawAnswer.objects.create(
            client=first, provider="lexware", kind="voucher", external_id=str(index), version=1, sha256="0", body="{}"
        )


def _statements(first: Client, accountant: User, count: int) -> None:
    for index in range(count):
        stored = store(f"<Document>{index}</Document>".encode(), "application/xml")
        StatementFile.objects.create(client=first, name=f"{index}.xml", stored=stored)


def _reports(first: Client, accountant: User, count: int) -> None:
    for index in range(count):
        stored = store(f"report {index}".encode(), "text/csv")
        report = PayoutReport.objects.create(client=first, provider="sumup", name=f"{index}.csv", stored=stored)
        for number in range(3):
            PayoutItem.objects.create(
                client=first,
                report=report,
                provider="sumup",
                key=f"{index}-{number}",
                kind="sale",
                date=TODAY,
                amount=5,
            )


def _calls(first: Client, accountant: User, count: int) -> None:
    linked = first.connections.first() or connection(first)
    for index in range(count):
        call(linked, None, index)
        delivery(linked, index)
        seen(linked, f"S-{index}")
        VoucherChange.objects.create(connection=linked, external_id=uuid4(), number=f"V-{index}", kind="created")


def _live(first: Client, accountant: User, count: int) -> None:
    for index in range(count):
        made = add_client(name=f"Firma {index}", email="", number=f"2{index:04}", accountant=accountant, today=TODAY)
        SyncRun.objects.create(
            connection=connection(made), state="running", trigger="connect", queued_at=MOMENT, listed_at=MOMENT,
            requests_left=900,
        )  # fmt: skip


def _rules(first: Client, accountant: User, count: int) -> None:
    for index in range(count):
        made = add_client(name=f"Firma {index}", email="", number=f"3{index:04}", accountant=accountant, today=TODAY)
        MatchingPolicy.objects.create(client=made, threshold=index % 90)


def _facts(first: Client, accountant: User, count: int) -> None:
    there = LearnedFact.objects.count()
    for index in range(there, there + count):
        LearnedFact.objects.create(client=first, kind="iban", value=f"DE{index}", contact=f"Firma {index} GmbH")


def _comparisons(first: Client, accountant: User, count: int) -> None:
    for _index in range(count):
        Comparison.objects.create(client=first, asked_by=accountant)


def _firm_comparisons(first: Client, accountant: User, count: int) -> None:
    for _index in range(count):
        made = FirmComparison.objects.create(asked_by=accountant, prepared_at=MOMENT)
        Comparison.objects.create(client=first, firm=made)


def _rates(first: Client, accountant: User, count: int) -> None:
    there = ReferenceRate.objects.count()
    for index in range(there, there + count):
        ReferenceRate.objects.create(day=TODAY - timedelta(days=index), currency="USD", units="1.0876")
        RateFetch.objects.create(file="eurofxref-daily.xml", added=index)


def _pairs(first: Client, accountant: User, count: int) -> None:
    own = [account_for(first, iban=iban) for iban in ("DE02120300000000202051", "DE88500700100175526303")]
    there = OwnTransfer.objects.count()
    for index in range(there, there + count):
        lines = [
            Transaction.objects.create(
                client=first, account=at, key=f"own-{index}", booking_date=TODAY, amount=amount, currency="EUR"
            )
            for at, amount in zip(own, (-100, 100), strict=True)
        ]
        OwnTransfer.objects.create(client=first, outgoing=lines[0], incoming=lines[1], reasons=["purpose"])


def _externals(first: Client, accountant: User, count: int) -> None:
    there = ExternalPayment.objects.count()
    for index in range(there, there + count):
        ExternalPayment.objects.create(client=first, kind="cash", date=TODAY, amount=-100 - index)


def _people(first: Client, accountant: User, count: int) -> None:
    group = Group.objects.get(name=ACCOUNTANT)
    for index in range(count):
        User.objects.create_user(f"person-{index}@kanzlei.example", is_staff=True).groups.add(group)


PAGES: dict[str, tuple[str, Grow, int]] = {
    "start": ("admin:index", _clients, 20),
    "start with cases": ("admin:index", _cases, 21),
    "review": ("admin:review", _cases, 19),
    "clients": ("admin:accounts_client_changelist", _clients, 8),
    "connections": ("admin:integrations_connection_changelist", _clients, 8),
    "fetches": ("admin:integrations_syncrun_changelist", _clients, 8),
    "fetches at work": ("admin:integrations_syncrun_changelist", _live, 11),
    "calls": ("admin:integrations_callentry_changelist", _calls, 9),
    "changes": ("admin:integrations_voucherchange_changelist", _calls, 8),
    "seen documents": ("admin:integrations_seenvoucher_changelist", _calls, 8),
    "webhooks": ("admin:integrations_webhookdelivery_changelist", _calls, 10),
    "support requests": ("admin:integrations_supportrequest_changelist", _clients, 8),
    "vouchers": ("admin:vouchers_voucher_changelist", _cases, 8),
    "transactions": ("admin:matching_transaction_changelist", _cases, 8),
    "proposals": ("admin:matching_proposal_changelist", _cases, 11),
    "decisions": ("admin:matching_decision_changelist", _cases, 10),
    "rules for automatic matches": ("admin:matching_matchingpolicy_changelist", _rules, 9),
    "learned facts": ("admin:matching_learnedfact_changelist", _facts, 9),
    "comparisons": ("admin:matching_comparison_changelist", _comparisons, 9),
    "comparisons of the whole firm": ("admin:matching_firmcomparison_changelist", _firm_comparisons, 7),
    "exchange rates": ("admin:matching_referencerate_changelist", _rates, 7),
    "fetches of exchange rates": ("admin:matching_ratefetch_changelist", _rates, 7),
    "own transfers": ("admin:matching_owntransfer_changelist", _pairs, 8),
    "external transactions": ("admin:matching_externalpayment_changelist", _externals, 8),
    "raw answers": ("admin:vouchers_rawanswer_changelist", _raw, 8),
    "statements": ("admin:integrations_statementfile_changelist", _statements, 8),
    "payout reports": ("admin:matching_payoutreport_changelist", _reports, 9),
    "people": ("admin:accounts_user_changelist", _people, 9),
}


def _queries(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(database) as captured:
        answer = browser.get(address)
    assert answer.status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", PAGES)
def test_five_rows_cost_as_much_as_fifty(
    name: str, kontor_client: Client, accountant: User, partner: User, login: Login
) -> None:
    address, grow, most = PAGES[name]
    browser = login(partner)
    grow(kontor_client, accountant, 5)
    few = _queries(browser, reverse(address))
    Decision.objects.all().delete()
    recorded = (CallEntry, WebhookDelivery, SeenVoucher, VoucherChange)
    for model in (PayoutReport, StatementFile, RawAnswer, SupportRequest, SyncRun, *recorded):
        model.objects.all().delete()
    kontor_client.proposals.all().delete()
    kontor_client.vouchers.all().delete()
    kontor_client.transactions.all().delete()
    Client.objects.exclude(pk=kontor_client.pk).delete()
    User.objects.filter(email__startswith="person-").delete()
    grow(kontor_client, accountant, 50)
    many = _queries(browser, reverse(address))
    assert many == few
    assert many <= most


@pytest.mark.parametrize("count", [1, 12])
def test_a_case_costs_the_same_in_a_short_and_a_long_queue(
    count: int, kontor_client: Client, accountant: User, login: Login
) -> None:
    made = cases(kontor_client, count)
    assert _queries(login(accountant), reverse("admin:review_case", args=[made[0].pk])) <= 16


def test_a_voucher_and_a_connection_need_few_queries(
    kontor_client: Client, accountant: User, partner: User, login: Login
) -> None:
    everything = world(kontor_client, accountant)
    voucher(kontor_client, 500)
    browser = login(partner)
    of = everything.files[0].voucher_id
    assert _queries(browser, reverse("admin:vouchers_voucher_change", args=[of])) <= 16
    page = reverse("admin:integrations_connection_change", args=[everything.connection.pk])
    assert _queries(browser, page) <= 16


@pytest.mark.parametrize("count", [1, 12])
def test_a_comparison_costs_the_same_with_few_and_many_changes(
    count: int, kontor_client: Client, accountant: User, login: Login
) -> None:
    made = cases(kontor_client, count)
    parts = [case.allocations.get() for case in made]
    changes = [{"after": {"shares": [[one.voucher_id, one.transaction_id, "1.00"]]}} for one in parts]
    row = Comparison.objects.create(
        client=kontor_client,
        state="done",
        digest="0",
        result={"counts": {"becomes": count}, "becomes": changes},
    )
    assert _queries(login(accountant), reverse("admin:matching_comparison_change", args=[row.pk])) <= 10


@pytest.mark.parametrize("count", [1, 12])
def test_a_learned_fact_costs_the_same_with_few_and_many_sources(
    count: int, kontor_client: Client, accountant: User, login: Login
) -> None:
    for case in cases(kontor_client, count):
        part = case.allocations.get()
        part.voucher.contact_name = "Druckhaus Seeblick GmbH"
        part.voucher.save()
        confirm(case, accountant)
    fact = LearnedFact.objects.get(kind="iban")
    assert fact.confirmations == count
    assert _queries(login(accountant), reverse("admin:matching_learnedfact_change", args=[fact.pk])) <= 15
