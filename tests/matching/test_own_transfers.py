"""Transfers between own accounts: found in pairs, decided by people, replaced only while nobody has decided."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Client, User
from matching.models import OwnTransfer, Transaction
from matching.own_transfers import Holder, Leg, Reason, find_pairs
from matching.services import bank_accounts, own_transfers
from matching.services.intake import account_for
from matching.services.matchable import matchable
from matching.services.own_transfers import UnableToDecide
from matching.services.runs import run_matching
from tests.matching.conftest import MakeProposal, MakeVoucher

pytestmark = pytest.mark.usefixtures("english")

DAY = date(2025, 3, 14)  # a Friday
IBANS = {1: "DE02120300000000202051", 2: "DE02500105170137075030", 3: "DE02100500000054540402"}
STRANGER = "DE88500700100175526303"
HOLDER = Holder("Tischlerei Ahrens GmbH", IBANS)
Line = Callable[..., Transaction]


def leg(id: int, account: int, amount: str, on: int = 0, **values: Any) -> Leg:
    return Leg(id, account, DAY + timedelta(days=on), Decimal(amount), "EUR", **values)


def found(*legs: Leg, **more: Any) -> list[tuple[int, int]]:
    return [(pair.outgoing.id, pair.incoming.id) for pair in find_pairs(legs, HOLDER, **more)]


@given(st.data())
def test_exactly_the_transfers_are_found_among_customers_of_equal_amounts(data: st.DataObject):
    legs: list[Leg] = []
    true, number = set(), iter(range(1, 10_000))
    for _ in range(data.draw(st.integers(0, 12))):
        out, into = data.draw(st.permutations(sorted(IBANS)))[:2]
        amount = Decimal(data.draw(st.integers(1, 3))) * 100
        day = data.draw(st.integers(0, 300)) * 30
        later = data.draw(st.integers(0, 3))
        names = data.draw(st.sampled_from(["out", "in", "both"]))
        a = leg(next(number), out, f"-{amount}", day, counterparty_iban=IBANS[into] if names != "in" else "")
        b = leg(next(number), into, f"{amount}", day + later, counterparty_iban=IBANS[out] if names != "out" else "")
        # Another transfer of this amount in these days may go with either: that is for a person.
        if any(other.amount in (amount, -amount) and abs((other.day - a.day).days) < 20 for other in legs):
            continue
        legs += [a, b]
        true.add((a.id, b.id))
    for _ in range(data.draw(st.integers(0, 12))):
        amount = Decimal(data.draw(st.integers(1, 3))) * data.draw(st.sampled_from([100, -100]))
        account, day = data.draw(st.sampled_from(sorted(IBANS))), data.draw(st.integers(0, 9000))
        legs.append(leg(next(number), account, f"{amount}", day, counterparty="Kunde", counterparty_iban=STRANGER))
    shuffled = data.draw(st.permutations(legs))
    assert set(found(*shuffled)) == true


def test_equal_amounts_alone_say_nothing():
    assert found(leg(1, 1, "-500"), leg(2, 2, "500")) == []


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({"counterparty": "Tischlerei Ahrens GmbH"}, (Reason.NAME_OUT, Reason.NAME_IN)),
        ({"counterparty": "AHRENS TISCHLEREI", "gvc": "820"}, (Reason.NAME_OUT, Reason.NAME_IN, Reason.CODE)),
        ({"gvc": "833", "purpose": "Übertrag auf Festgeld"}, (Reason.CODE, Reason.PURPOSE)),
    ],
)
def test_name_code_and_purpose_say_it_together(values: dict[str, Any], reasons: tuple[Reason, ...]):
    (pair,) = find_pairs([leg(1, 1, "-500", **values), leg(2, 2, "500", 3, **values)], HOLDER)
    assert pair.reasons == reasons
    assert pair.days == 1  # Friday to Monday


def test_a_line_that_names_somebody_else_is_no_half():
    own: dict[str, Any] = {"counterparty": "Tischlerei Ahrens GmbH", "gvc": "820"}
    assert found(leg(1, 1, "-500", **own, counterparty_iban=STRANGER), leg(2, 2, "500", **own)) == []


def test_four_bank_days_are_too_many_and_a_long_weekend_is_not():
    out = leg(1, 1, "-500", counterparty_iban=IBANS[2])
    assert found(out, leg(2, 2, "500", 6)) == []
    assert found(out, leg(2, 2, "500", 5)) == [(1, 2)]
    easter = leg(1, 1, "-500", 34, counterparty_iban=IBANS[2])  # Maundy Thursday
    assert found(easter, leg(2, 2, "500", 41)) == [(1, 2)]  # Thursday after Easter


def test_twins_pair_up_and_an_odd_one_is_left_to_a_person():
    outs = [leg(n, 1, "-500", counterparty_iban=IBANS[2]) for n in (1, 2)]
    ins = [leg(n, 2, "500", counterparty_iban=IBANS[1]) for n in (3, 4)]
    assert found(*outs, *ins) == [(1, 3), (2, 4)]
    assert found(*outs, ins[0]) == []
    assert found(*outs, *ins, rejected={(1, 3)}) == []


def test_the_nearer_day_decides_between_equally_good_ones():
    out = leg(1, 1, "-500", counterparty_iban=IBANS[2])
    assert found(out, leg(2, 2, "500"), leg(3, 2, "500", 3)) == [(1, 2)]


@pytest.fixture
def line(kontor_client: Client) -> Line:
    """Make a line of one of the client's accounts."""

    def make(account: int, amount: str, on: int = 0, **values: Any) -> Transaction:
        kept = account_for(kontor_client, iban=IBANS[account])
        key = f"{account}-{kept.transactions.count()}"
        day = DAY + timedelta(days=on)
        return Transaction.objects.create(
            client=kontor_client, account=kept, key=key, booking_date=day, amount=Decimal(amount), **values
        )

    return make


def pairs() -> list[tuple[int, int, str]]:
    return list(OwnTransfer.objects.order_by("pk").values_list("outgoing", "incoming", "state"))


def test_a_pair_leaves_the_work_and_comes_back_when_it_is_rejected(kontor_client: Client, accountant: User, line: Line):
    out, into = line(1, "-500", counterparty_iban=IBANS[2]), line(2, "500")
    assert own_transfers.recognise(kontor_client) == own_transfers.recognise(kontor_client) == 1
    assert not matchable(Transaction.objects.all()).exists()
    pair = OwnTransfer.objects.get()
    assert pair.reasons == ["iban_out"]
    own_transfers.reject(pair, accountant)
    assert own_transfers.recognise(kontor_client) == 0
    assert set(matchable(Transaction.objects.all())) == {out, into}
    own_transfers.undo(pair, accountant)
    own_transfers.confirm(pair, accountant)
    with pytest.raises(UnableToDecide, match="faster"):
        own_transfers.confirm(pair, accountant)
    assert pairs() == [(out.pk, into.pk, "confirmed")]


def test_a_better_pair_replaces_a_recognised_one_and_never_a_confirmed_one(
    kontor_client: Client, accountant: User, line: Line
):
    out, later = line(1, "-500", counterparty_iban=IBANS[2]), line(2, "500", 3)
    own_transfers.recognise(kontor_client)
    better = line(2, "500", counterparty_iban=IBANS[1])
    own_transfers.recognise(kontor_client)
    assert pairs() == [(out.pk, better.pk, "recognised")]
    own_transfers.pair_by_hand(out, later, accountant)
    own_transfers.recognise(kontor_client)
    assert pairs() == [(out.pk, later.pk, "confirmed")]


def test_a_matched_line_is_no_half_and_a_withdrawn_one_frees_the_other(
    kontor_client: Client, accountant: User, line: Line, voucher: MakeVoucher, proposal: MakeProposal
):
    out, into = line(1, "-500", counterparty_iban=IBANS[2]), line(2, "500")
    match = proposal((voucher("RE-1", "500"), out, "500"))
    match.allocations.update(standing=True)
    assert own_transfers.recognise(kontor_client) == 0
    with pytest.raises(UnableToDecide, match="matched"):
        own_transfers.pair_by_hand(out, into, accountant)
    match.allocations.update(standing=False)
    own_transfers.recognise(kontor_client)
    Transaction.objects.filter(pk=into.pk).update(withdrawn_at="2026-01-01T00:00Z")
    own_transfers.recognise(kontor_client)
    assert pairs() == []
    assert matchable(Transaction.objects.all()).get() == out


def test_the_other_side_of_private_money_is_no_own_transfer(kontor_client: Client, accountant: User, line: Line):
    out, into = line(1, "-500", counterparty_iban=IBANS[2]), line(2, "500", counterparty_iban=IBANS[1])
    private = into.account
    assert private is not None
    bank_accounts.mark_private(private, accountant)
    assert own_transfers.recognise(kontor_client) == 0
    assert own_transfers.private_account_of(out) == private
    assert matchable(Transaction.objects.all()).get() == out


def test_a_line_shows_who_may_be_its_other_half(kontor_client: Client, line: Line):
    out = line(1, "-500")
    good, weak = line(2, "500", gvc="820"), line(3, "500", 3)
    line(2, "500", counterparty_iban=STRANGER)
    assert [other for other, _pair in own_transfers.possible_partners(out)] == [good, weak]


def test_a_run_of_the_engine_recognises_first_and_drops_what_it_suggested_before(
    kontor_client: Client, line: Line, voucher: MakeVoucher, proposal: MakeProposal
):
    out = line(1, "-500", counterparty_iban=IBANS[2])
    suggested = proposal((voucher("RE-1", "500"), out, "500"))
    line(2, "500")
    result = run_matching(kontor_client)
    suggested.refresh_from_db()
    assert suggested.state == "superseded"
    assert (result.suggested, result.unmatched_vouchers, result.unmatched_transactions) == (0, 1, 0)
    assert len(pairs()) == 1
