"""The comparison of a finished demo with the sandbox's truth."""

from typing import Any

import pytest

from accounts.models import Client
from config.demo.report import differences
from matching.models import Proposal, Transaction
from tests import factories
from tests.conftest import TODAY


@pytest.fixture
def truth(kontor_client: Client) -> dict[str, Any]:
    """A client with one automatic match and one suggestion, and the truth that says so."""
    vouchers = [factories.voucher(kontor_client, n, "412.83") for n in (1, 2)]
    bookings = [factories.booking(kontor_client, n, "-417.83", bank_reference=f"B{n}") for n in (1, 2)]
    states = (Proposal.State.AUTOMATIC, Proposal.State.SUGGESTED)
    for voucher, booking, state in zip(vouchers, bookings, states, strict=True):
        factories.proposal(voucher, booking, state=state, amount="412.83")
    return {
        "vouchers": [
            {"id": str(v.external_id), "date": v.date.isoformat(), "paid": True, "file_ids": [], "document": False}
            for v in vouchers
            if v.date
        ],
        "counts": {"transactions": Transaction.objects.count()},
        "allocations": [
            {"voucher": str(v.external_id), "transaction": f"B{n}", "amount": "412.83"}
            for n, v in enumerate(vouchers, 1)
        ],
    }


def test_nothing_differs(kontor_client: Client, truth: dict[str, Any]) -> None:
    assert differences(kontor_client, truth, TODAY) == []


def test_a_wrong_pair_is_told(kontor_client: Client, truth: dict[str, Any]) -> None:
    del truth["allocations"][0]
    assert differences(kontor_client, truth, TODAY) == ["1 of 1 automatic matches are wrong"]


@pytest.mark.parametrize(
    ("bounds", "right"),
    [
        ({"amount": "412.85"}, True),
        ({"amount": "412.86"}, False),
        ({"amount": "400.44"}, False),
        ({"amount": "400.44", "amount_max": "412.83"}, True),
        ({"amount": "417.83", "amount_min": "412.84"}, True),
        ({"amount": "417.83", "amount_min": "413.00"}, False),
    ],
)
def test_a_wrong_amount_is_told(
    kontor_client: Client, truth: dict[str, Any], bounds: dict[str, str], right: bool
) -> None:
    truth["allocations"][0].update(bounds)
    expected = [] if right else ["1 of 1 automatic matches settle a wrong amount"]
    assert differences(kontor_client, truth, TODAY) == expected


def test_the_amount_is_open_where_the_payment_reaches_back(kontor_client: Client, truth: dict[str, Any]) -> None:
    truth["allocations"][0]["amount"] = "400.44"
    truth["allocations"].append({"voucher": "from last year", "transaction": "B1", "amount": "12.39"})
    assert differences(kontor_client, truth, TODAY) == []
