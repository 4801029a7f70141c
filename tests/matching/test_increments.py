"""Late data improves suggestions and takes back what nobody has confirmed, with a note; people's decisions stay."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, User
from matching.models import Allocation, Decision, MatchingPolicy, Proposal, Transaction
from matching.services import confirm, reject, run_matching, undo
from matching.services.policies import save_policy
from tests.matching import benchmark_world as world
from tests.matching.conftest import MakeBooking, MakeVoucher
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db
State = Proposal.State


@pytest.fixture
def overtaken(kontor_client: Client, voucher: MakeVoucher, booking: MakeBooking) -> Proposal:
    """An automatic match by name and amount; then the line comes that names the number."""
    voucher("RE-2025-2041", "1190.37")
    booking("-1190.37", "Ueberweisung RE 2025 2041")
    booking("-870.00", "Miete 03/2025", counterparty="Grundbesitz Uhl", on=date(2025, 3, 3))
    run_matching(kontor_client)
    return Proposal.objects.get(state=State.AUTOMATIC)


def not_repeated(row: Proposal, voucher: MakeVoucher, booking: MakeBooking) -> Proposal:
    """A match that stands for a reason that today's data does not give: another contact's line, without a number."""
    part = row.allocations.get()
    line = booking("-1190.37", "Danke", counterparty="Somebody Else", on=date(2025, 4, 30))
    Allocation.objects.filter(pk=part.pk).update(transaction=line)
    Proposal.objects.filter(pk=row.pk).update(fingerprint="0" * 64)
    row.refresh_from_db()
    return row


def test_better_data_takes_the_place_of_an_automatic_match(
    kontor_client: Client, overtaken: Proposal, voucher: MakeVoucher, booking: MakeBooking, accountant: User
) -> None:
    old = not_repeated(overtaken, voucher, booking)
    run_matching(kontor_client)
    old.refresh_from_db()
    new = Proposal.objects.get(state=State.AUTOMATIC)
    note = old.decisions.latest("pk")
    assert (old.state, note.kind, note.reason, note.actor) == (State.SUPERSEDED, "take_back", "new_data", None)
    assert note.cause == new.decisions.get()
    assert not old.allocations.get().standing
    before = list(Proposal.objects.values_list("pk", "state", "updated_at")), Decision.objects.count()
    run_matching(kontor_client)
    assert (list(Proposal.objects.values_list("pk", "state", "updated_at")), Decision.objects.count()) == before

    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(accountant)
    text = browser.get(reverse("admin:review_case", args=[new.pk])).content.decode()
    assert "took it back on" in text
    assert "came later" in text
    assert (
        "automatic match taken back"
        in browser.get(reverse("admin:matching_proposal_change", args=[old.pk])).content.decode()
    )
    # whoever undoes the new match finds the old one again, as a suggestion
    undo(new, accountant)
    old.refresh_from_db()
    assert old.state == State.SUGGESTED


def test_late_doubt_sends_an_automatic_match_to_a_person(
    kontor_client: Client, voucher: MakeVoucher, booking: MakeBooking
) -> None:
    first = voucher("RE-2025-2041", "1190.37")
    booking("-1190.37", "RE-2025-2041", on=date(2025, 3, 14))
    run_matching(kontor_client)
    match = Proposal.objects.get(state=State.AUTOMATIC)
    Transaction.objects.filter(counterparty=first.contact_name).update(is_reversal=False)
    back = booking("1190.37", "Rueckgabe RE-2025-2041", on=date(2025, 3, 17))
    Transaction.objects.filter(pk=back.pk).update(is_reversal=True)
    run_matching(kontor_client)
    match.refresh_from_db()
    assert match.state == State.SUPERSEDED
    assert match.decisions.latest("pk").kind == "take_back"
    assert not Proposal.objects.filter(state=State.AUTOMATIC).exists()
    assert Proposal.objects.filter(state=State.SUGGESTED, allocations__voucher=first).exists()


def test_a_confirmed_match_stays_whatever_comes(
    kontor_client: Client, overtaken: Proposal, voucher: MakeVoucher, booking: MakeBooking, accountant: User
) -> None:
    confirm(overtaken, accountant)
    mine = not_repeated(overtaken, voucher, booking)
    run_matching(kontor_client)
    mine.refresh_from_db()
    assert mine.state == State.CONFIRMED
    assert not Proposal.objects.filter(state=State.AUTOMATIC).exists()


def test_what_is_confirmed_while_the_engine_works_stays(
    kontor_client: Client, overtaken: Proposal, voucher: MakeVoucher, booking: MakeBooking, accountant: User
) -> None:
    mine = not_repeated(overtaken, voucher, booking)

    def meanwhile(done: int, of: int) -> None:
        if Proposal.objects.filter(pk=mine.pk, state=State.AUTOMATIC).exists():
            confirm(mine, accountant)

    run_matching(kontor_client, progress=meanwhile)
    mine.refresh_from_db()
    assert mine.state == State.CONFIRMED
    assert Allocation.objects.filter(voucher=mine.allocations.get().voucher, standing=True).count() == 1


def test_what_an_older_version_matched_stays_until_the_difference_is_applied(
    kontor_client: Client, overtaken: Proposal, voucher: MakeVoucher, booking: MakeBooking
) -> None:
    old = not_repeated(overtaken, voucher, booking)
    Proposal.objects.filter(pk=old.pk).update(upheld_by="0.9 abc", engine_version="0.9")
    run_matching(kontor_client)
    old.refresh_from_db()
    assert old.state == State.AUTOMATIC
    run_matching(kontor_client, renew=True)
    old.refresh_from_db()
    assert (old.state, old.decisions.latest("pk").reason) == (State.SUPERSEDED, "engine_changed")


def test_a_stricter_rule_leaves_what_stands_until_the_difference_is_applied(
    kontor_client: Client, overtaken: Proposal, accountant: User
) -> None:
    save_policy(kontor_client, MatchingPolicy(highest=Decimal(1000)), accountant)
    run_matching(kontor_client)
    overtaken.refresh_from_db()
    assert overtaken.state == State.AUTOMATIC
    assert not Proposal.objects.filter(state=State.SUGGESTED, fingerprint=overtaken.fingerprint).exists()
    run_matching(kontor_client, renew=True)
    overtaken.refresh_from_db()
    assert (overtaken.state, overtaken.decisions.latest("pk").reason) == (State.SUPERSEDED, "policy_changed")
    assert Proposal.objects.filter(state=State.SUGGESTED, fingerprint=overtaken.fingerprint).count() == 1


def test_what_is_matched_again_is_noted_under_todays_version(kontor_client: Client, overtaken: Proposal) -> None:
    upheld = overtaken.upheld_by
    Proposal.objects.update(upheld_by="")
    run_matching(kontor_client)
    overtaken.refresh_from_db()
    assert overtaken.upheld_by == upheld
    assert overtaken.decisions.count() == 1


def test_a_match_whose_voucher_is_being_read_again_waits(
    kontor_client: Client, overtaken: Proposal, voucher: MakeVoucher
) -> None:
    Voucher.objects.update(payments_read=False)
    run_matching(kontor_client)
    overtaken.refresh_from_db()
    assert overtaken.state == State.AUTOMATIC


def _standing() -> set[tuple[str, str, Decimal]]:
    rows = Allocation.objects.filter(standing=True)
    return {
        (str(voucher), line, amount)
        for voucher, line, amount in rows.values_list("voucher__external_id", "transaction__bank_reference", "amount")
    }


@pytest.mark.samples
@pytest.mark.slow
def test_many_small_runs_give_what_one_run_gives(samples: Path, accountant: User) -> None:
    folder = samples / "matching" / "dev-small"
    clients = world.add_clients(folder, date(2026, 3, 12))
    world.take_over_vouchers(folder, clients)
    world.import_statements(folder, clients)
    client = min(clients.values(), key=lambda one: one.vouchers.count())
    chance = Random(5)
    waiting = list(client.vouchers.values_list("pk", flat=True))
    chance.shuffle(waiting)
    Voucher.objects.filter(pk__in=waiting).update(payments_read=False)
    decided: dict[int, str] = {}
    while waiting:
        now, waiting = waiting[:30], waiting[30:]
        Voucher.objects.filter(pk__in=now).update(payments_read=True)
        run_matching(client)
        if not decided:
            some = Proposal.objects.filter(client=client, state=State.SUGGESTED, rank=1).order_by("pk")
            for row in some[:2]:
                reject(row, accountant)
                decided[row.pk] = State.REJECTED
            for row in Proposal.objects.filter(client=client, state=State.AUTOMATIC).order_by("pk")[:2]:
                confirm(row, accountant)
                decided[row.pk] = State.CONFIRMED
    assert dict(Proposal.objects.filter(pk__in=decided).values_list("pk", "state")) == decided
    assert not Decision.objects.exclude(actor=None).exclude(proposal__in=decided).exists()
    small = _standing()

    machine = Proposal.objects.filter(client=client).exclude(pk__in=decided)
    Decision.objects.filter(proposal__in=machine).update(cause=None)
    Decision.objects.filter(proposal__in=machine).delete()
    machine.delete()
    run_matching(client)
    assert _standing() == small
    assert len(small) > 20
