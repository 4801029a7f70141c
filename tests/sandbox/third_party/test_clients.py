"""Published clients of Lexware Office do their work against the sandbox as if it were the service."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sandbox.third_party.conftest import Calls

pytestmark = [pytest.mark.third_party, pytest.mark.slow]

SALES = ("invoices", "credit-notes", "quotations", "order-confirmations", "delivery-notes", "dunnings")


def test_lexoffice_client(run_client: Callable[[str], Calls]) -> None:
    calls = run_client("lexoffice-client")
    assert set(calls) >= {
        ("GET", "/v1/profile"),
        ("GET", "/v1/voucherlist"),
    }
