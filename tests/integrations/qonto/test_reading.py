"""Qonto's answers: other people's recorded ones, and whatever else may come."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.errors import (
    AnswerNotUnderstood,
    KeyRejected,
    PermissionMissing,
    ProviderError,
    Unavailable,
)
from integrations.providers.purposes import Purpose
from integrations.providers.qonto import reading
from integrations.providers.qonto.answers import failure
from integrations.providers.qonto.types import Line, UnreadableLine

GOOD: dict[str, Any] = {
    "transaction_id": "linde-1-transaction-1",
    "amount": 12.5,
    "amount_cents": 1250,
    "side": "debit",
    "currency": "EUR",
    "status": "completed",
    "settled_at": "2026-03-01T23:30:00.123Z",
}


def read(row: Any) -> Line | UnreadableLine:
    return reading.line(json.loads(json.dumps(row), parse_float=Decimal))


@pytest.fixture
def expected(samples: Path) -> dict[str, Any]:
    """What the sample files must give."""
    found: dict[str, Any] = json.loads((samples / "bank" / "expected.json").read_text())
    return found


class TestSamples:
    @pytest.mark.parametrize("name", ["oca__qonto_transactions.json", "qontoruby__list_transactions.json"])
    def test_transactions(self, samples: Path, expected: dict[str, Any], name: str) -> None:
        page = reading.page((samples / "bank" / name).read_bytes(), 1)
        account = expected[name]["accounts"][0]
        assert page.unreadable == ()
        assert page.last
        assert len(page.lines) == account["entries"]
        assert {line.currency for line in page.lines} == {account["currency"]}
        assert sum(line.amount for line in page.lines if line.amount > 0) == Decimal(account["credit_total"])
        assert -sum(line.amount for line in page.lines if line.amount < 0) == Decimal(account["debit_total"])
        assert sum(line.status != "completed" for line in page.lines) == account["not_booked"]

    def test_organization(self, samples: Path, expected: dict[str, Any]) -> None:
        name = "qontoruby__get_organization.json"
        organization = reading.organization((samples / "bank" / name).read_bytes())
        account = expected[name]["accounts"][0]
        assert organization.organization_id == "it-ducks-123"
        found = [(item.iban, item.currency, item.balance) for item in organization.accounts]
        assert found == [(account["iban"], account["currency"], Decimal(account["closing_balance"]))]


class TestLines:
    def test_money_out_is_negative_and_the_day_german(self) -> None:
        line = read(GOOD)
        assert isinstance(line, Line)
        assert (line.amount, str(line.settled_on)) == (Decimal("-12.50"), "2026-03-02")

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"transaction_id": None}, "transaction_id"),
            ({"transaction_id": " "}, "transaction_id"),
            ({"transaction_id": "x" * 81}, "transaction_id"),
            ({"amount_cents": None}, "amount_cents"),
            ({"amount_cents": -1}, "amount_cents"),
            ({"amount_cents": 12.5}, "amount_cents"),
            ({"amount_cents": 10**15}, "amount_cents"),
            ({"amount": 12.51}, "amount"),
            ({"side": "both"}, "side"),
            ({"currency": "euro"}, "currency"),
            ({"settled_at": "yesterday"}, "settled_at"),
            ({"settled_at": "2026-03-01T23:30:00"}, "settled_at"),
            ({"attachment_ids": ["../x"]}, "attachment_ids"),
        ],
    )
    def test_what_is_wrong_is_named(self, change: dict[str, Any], field: str) -> None:
        line = read({**GOOD, **change})
        assert isinstance(line, UnreadableLine)
        assert line.problem.startswith(field)

    def test_a_bad_row_costs_no_other(self) -> None:
        page = reading.page(json.dumps({"transactions": [GOOD, {**GOOD, "side": 1}, 7]}).encode(), 1)
        assert (len(page.lines), len(page.unreadable)) == (1, 2)

    @given(st.dictionaries(st.sampled_from([*GOOD, "transfer", "local_amount", "reference"]), st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.lists(st.integers(), max_size=2),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    )))  # fmt: skip
    def test_whatever_comes_is_read_or_named(self, change: dict[str, Any]) -> None:
        line = read({**GOOD, **change})
        if isinstance(line, Line):
            assert line.amount.as_tuple().exponent == -2
            assert line.key
        else:
            assert line.problem


class TestPages:
    def test_another_page_than_asked_for(self) -> None:
        body = json.dumps({"transactions": [], "meta": {"current_page": 1, "next_page": 2}}).encode()
        with pytest.raises(AnswerNotUnderstood):
            reading.page(body, 2)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"transactions": 1}', b'{"transactions": [', b"\xff"])
    def test_anything_else_is_not_understood(self, body: bytes) -> None:
        with pytest.raises(AnswerNotUnderstood):
            reading.page(body, 1)


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "body", "family"),
        [
            (401, b"", KeyRejected),
            (403, b'{"errors":[{"code":"forbidden","detail":"scope"}]}', PermissionMissing),
            (403, b"<html>", AnswerNotUnderstood),
            (502, b"<html>", Unavailable),
            (302, b"", AnswerNotUnderstood),
        ],
    )
    def test_families(self, status: int, body: bytes, family: type[ProviderError]) -> None:
        assert type(failure(status, body, Purpose.RECORD)) is family

    def test_words(self) -> None:
        body = b'{"errors":[{"code":"invalid","detail":"too large","source":{"parameter":"per_page"}}]}'
        assert failure(422, body, Purpose.RECORD).message == "invalid: per_page: too large"
