"""Published clients of Lexware Office do their work against the sandbox as if it were the service.

What they do and expect is in ``scripts``; which calls they made is read from the sandbox's own log.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sandbox.third_party.conftest import Calls

pytestmark = [pytest.mark.third_party, pytest.mark.slow]

LISTS = ("articles", "contacts", "recurring-templates", "voucherlist", "vouchers")
REFERENCE = ("countries", "payment-conditions", "posting-categories", "print-layouts", "profile")
SALES = ("credit-notes", "delivery-notes", "dunnings", "invoices", "order-confirmations", "quotations")
WRITTEN = (*SALES, "articles", "contacts", "files", "vouchers", "vouchers/{id}/files")
CHANGED = ("articles/{id}", "contacts/{id}", "vouchers/{id}")


def calls_of(**paths: tuple[str, ...]) -> set[tuple[str, str]]:
    """Calls by method and path below ``/v1``."""
    return {(method, f"/v1/{path}") for method, listed in paths.items() for path in listed}


def test_lexoffice_client(run_client: Callable[[str], Calls]) -> None:
    single = [
        f"{name}/{{id}}" for name in (*SALES, "articles", "contacts", "down-payment-invoices", "files", "vouchers")
    ]
    files = [f"{name}/{{id}}/file" for name in (*SALES, "down-payment-invoices")]
    more = ("event-subscriptions", "event-subscriptions/{id}", "recurring-templates/{id}", "ping")
    # Two calls that the service does not have are refused: a list of payments, and a change of an invoice.
    assert set(run_client("lexoffice-client")) == calls_of(
        GET=(*LISTS, *REFERENCE, *single, *files, *more, "payments"),
        POST=(*WRITTEN, "event-subscriptions"),
        PUT=(*CHANGED, "invoices/{id}"),
        DELETE=("articles/{id}", "event-subscriptions/{id}"),
    )


def test_benethos_lexware_office_mcp(run_client: Callable[[str], Calls]) -> None:
    read = ("delivery-notes", "down-payment-invoices", "invoices", "order-confirmations", "quotations")
    single = [f"{name}/{{id}}" for name in (*read, *LISTS, "files", "payments") if name != "voucherlist"]
    files = [f"{name}/{{id}}/file" for name in SALES]
    assert set(run_client("benethos-lexware-office-mcp")) == calls_of(
        GET=(*LISTS, *REFERENCE, *single, *files), POST=WRITTEN, PUT=CHANGED, DELETE=("articles/{id}",)
    )


def test_lexoffice_py(run_client: Callable[[str], Calls]) -> None:
    assert set(run_client("lexoffice-py")) == calls_of(
        GET=("articles", "contacts", "invoices/{id}", "profile", "voucherlist")
    )
