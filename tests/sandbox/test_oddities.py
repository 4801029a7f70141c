"""Answers as they might be tomorrow, and reads that lag behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from sandbox.oddities import NEW_FIELD, NEW_PAYMENT_TYPE, NEW_STATUS, NEW_TYPE
from tests.sandbox.api import Api, fast

USUAL = {
    "amounts_as_strings": False,
    "unknown_fields": False,
    "unknown_status": 0,
    "unknown_type": 0,
    "unknown_payment_type": 0,
    "documented_nulls": False,
}


@pytest.fixture(scope="module")
def running_api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running, 2)


@pytest.fixture
def api(running_api: Api) -> Iterator[Api]:
    yield running_api
    running_api.control("settings", **USUAL)


@dataclass
class Clock:
    """A clock that passes a moment whenever somebody looks at it, and otherwise only when it is set."""

    now: float = 1000.0

    def __call__(self) -> float:
        self.now += 0.0001
        return self.now


@pytest.fixture(scope="module")
def lagging() -> Iterator[tuple[Api, Clock]]:
    clock = Clock()
    with fast(monotonic=clock) as running:
        yield Api(running, 2), clock


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in an answer."""
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(part)


def test_unknown_fields_are_everywhere(api: Api) -> None:
    row = next(row for row in api.rows() if row["voucherType"] == "invoice" and row["voucherStatus"] == "paid")
    api.control("settings", unknown_fields=True)
    answers = [api.rows()[0], api.read(row), api.get(f"/v1/payments/{row['id']}").json()]
    # The new field has an object of its own.
    for item in (item for answer in answers for item in objects(answer) if "values" not in item):
        assert NEW_FIELD in item
    assert api.get(f"/v1/invoices/{row['id']}/file").content.startswith(b"%PDF-")
    assert NEW_FIELD not in api.get("/v1/invoices/unknown").json()


def test_amounts_as_text_are_the_same_amounts(api: Api) -> None:
    row = next(row for row in api.rows() if row["voucherType"] == "purchaseinvoice" and row["voucherStatus"] == "paid")
    before = [row, api.read(row), api.get(f"/v1/payments/{row['id']}").json()]
    api.control("settings", amounts_as_strings=True)
    now = next(item for item in api.rows() if item["id"] == row["id"])
    after = [now, api.read(row), api.get(f"/v1/payments/{row['id']}").json()]
    for old, new in zip(objects(before), objects(after), strict=True):
        for name, value in old.items():
            if name.lower().endswith("amount"):
                assert isinstance(new[name], str)
                assert Decimal(new[name]) == Decimal(str(value))
            elif not isinstance(value, (dict, list)):
                assert new[name] == value


def test_absent_values_may_be_null_in_vouchers_and_payments(api: Api) -> None:
    row = next(row for row in api.rows(voucherType="purchaseinvoice", voucherStatus="open"))
    paths = [f"/v1/vouchers/{row['id']}", f"/v1/payments/{row['id']}"]
    before = [api.get(path).json() for path in paths]
    api.control("settings", documented_nulls=True)
    for old, path in zip(before, paths, strict=True):
        new = api.get(path).json()
        assert {name: value for name, value in new.items() if value is not None} == old
        assert None in new.values()


@pytest.mark.parametrize(
    ("setting", "field", "new"),
    [("unknown_status", "voucherStatus", NEW_STATUS), ("unknown_type", "voucherType", NEW_TYPE)],
)
def test_a_share_has_values_that_nobody_knows(api: Api, setting: str, field: str, new: str) -> None:
    rows = {row["id"]: row for row in api.rows(voucherType="invoice", voucherStatus="paid")}
    api.control("settings", **{setting: 0.3})
    odd = {row["id"] for row in api.rows() if row[field] == new} & set(rows)
    assert 0 < len(odd) < len(rows)
    for identity in rows:
        payments = api.get(f"/v1/payments/{identity}").json()
        assert (payments[field] == new) == (identity in odd)


def test_payments_of_a_type_that_nobody_knows(api: Api) -> None:
    voucher = api.one(type="invoice", status="paid")["id"]
    api.control("settings", unknown_payment_type=1)
    items = api.get(f"/v1/payments/{voucher}").json()["paymentItems"]
    assert {item["paymentItemType"] for item in items} == {NEW_PAYMENT_TYPE}


def test_reads_lag_behind_a_change(lagging: tuple[Api, Clock]) -> None:
    api, clock = lagging
    voucher = api.one(type="purchaseinvoice", status="open")["id"]
    api.control("settings", read_delay_ms=60_000)
    api.on(voucher, "pay")
    assert api.one(id=voucher)["status"] == "paid"
    assert api.get(f"/v1/payments/{voucher}").json()["voucherStatus"] == "open"
    assert api.get(f"/v1/vouchers/{voucher}").json()["voucherStatus"] == "open"
    assert voucher in {row["id"] for row in api.rows(voucherStatus="open")}
    clock.now += 61
    assert api.get(f"/v1/payments/{voucher}").json()["voucherStatus"] == "paid"
    assert voucher in {row["id"] for row in api.rows(voucherStatus="paid")}


def test_new_and_deleted_vouchers_lag_behind_as_well(lagging: tuple[Api, Clock]) -> None:
    api, clock = lagging
    gone = api.one(type="purchaseinvoice", status="paid")["id"]
    api.control("settings", read_delay_ms=60_000)
    new = api.control(f"organizations/{api.id}/vouchers", total="5.00").json()["voucher"]["id"]
    api.on(gone, "delete")
    assert api.get(f"/v1/vouchers/{new}").status_code == 404
    assert api.get(f"/v1/vouchers/{gone}").status_code == 200
    assert {new, gone} & {row["id"] for row in api.rows()} == {gone}
    clock.now += 61
    assert api.get(f"/v1/vouchers/{gone}").status_code == 404
    assert {new, gone} & {row["id"] for row in api.rows()} == {new}
