"""Worlds of size, and the truth about every file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal

import pytest
import requests

from tests.sandbox.api import ALL, TODAY, Api, by, fast
from tests.sandbox.test_documents import text_of


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast(world="empty") as running:
        yield Api(running)


@pytest.fixture(scope="module")
def filled(api: Api) -> Api:
    """An organization with 10,050 vouchers, all of them changed on one day."""
    other = Api(api.running, 1)
    answer = other.control(
        f"organizations/{other.id}/vouchers/fill", count=10_050, paid_share=0.5, updated="2026-11-02"
    )
    assert answer.json() == {"added": 10_050, "vouchers": 10_050}
    return other


def test_a_fleet_has_keys_and_paid_vouchers(api: Api) -> None:
    made = api.control("fleet", organizations=40, vouchers_each=3).json()["organizations"]
    assert len({item["key"] for item in made}) == len({item["organization_id"] for item in made}) == 40
    for item in made[::13]:
        profile = api.get("/v1/profile", key=item["key"]).json()
        assert (profile["organizationId"], profile["companyName"]) == (item["organization_id"], item["name"])
        rows = api.get("/v1/voucherlist", key=item["key"], **ALL).json()["content"]
        assert [row["voucherStatus"] in ("paid", "paidoff") for row in rows] == [True] * 3
        for row in rows:
            payments = api.get(f"/v1/payments/{row['id']}", key=item["key"]).json()
            total = sum(Decimal(str(part["amount"])) for part in payments["paymentItems"])
            assert total == Decimal(str(row["totalAmount"]))


def test_every_document_of_a_fleet_is_a_pdf_of_its_own(api: Api) -> None:
    made = api.control("fleet", organizations=3, vouchers_each=8).json()["organizations"]
    digests = set()
    for item in made:
        files = requests.get(
            f"{api.running.control_url}/organizations/{item['organization_id']}/truth?fields=vouchers,files", timeout=10
        ).json()
        for voucher in files["vouchers"]:
            [file] = files["files"][voucher["id"]]
            path = f"/v1/files/{file['id']}"
            content = api.get(path, key=item["key"]).content
            assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])
            assert voucher["number"] in text_of(content)
            digests.add(file["sha256"])
    assert len(digests) == 24


def test_filling_keeps_to_types_days_and_share(api: Api) -> None:
    made = api.control(
        f"organizations/{api.id}/vouchers/fill", count=400, paid_share=0.8, **{"from": "2026-02-01", "to": "2026-02-28"}
    )
    assert made.status_code == 201
    truth = api.truth()
    assert len(by(truth["vouchers"], "type")) == 7
    assert {row["date"][:7] for row in truth["vouchers"]} == {"2026-02"}
    assert 280 < truth["counts"]["paid"] < 360
    assert {"open", "voided", "draft", "unchecked"} <= set(truth["counts"]["by_status"])
    assert len({row["number"] for row in truth["vouchers"]}) == 400


def test_more_rows_of_a_day_than_the_window_holds(filled: Api) -> None:
    wanted = ALL | {"updatedDateFrom": "2026-11-02", "updatedDateTo": "2026-11-02"}
    page = filled.get("/v1/voucherlist", **wanted).json()
    assert (page["totalElements"], page["totalPages"]) == (10_000, 40)
    beyond = filled.get("/v1/voucherlist", **wanted, page="40")
    assert (beyond.status_code, beyond.json()["message"]) == (400, "Maximum search window size exceeded")


def test_a_big_list_shows_a_change_at_once(filled: Api) -> None:
    before = filled.rows(sort="updatedDate,DESC", size="5")
    voucher = filled.one(status="open")
    filled.on(voucher["id"], "pay")
    after = filled.rows(sort="updatedDate,DESC", size="5")
    assert voucher["id"] not in {row["id"] for row in before}
    assert (after[0]["id"], after[0]["voucherStatus"] in ("paid", "paidoff")) == (voucher["id"], True)
    filled.on(voucher["id"], "delete")
    assert voucher["id"] not in {row["id"] for row in filled.rows(sort="updatedDate,DESC", size="5")}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"count": -1},
        {"count": "many"},
        {"count": 1, "paid_share": 2},
        {"count": 1, "types": ["bill"]},
        {"count": 1, "from": "2026-05-01", "to": "2026-04-01"},
        {"count": 1, "to": "2999-01-01"},
        {"count": 1, "colour": "red"},
    ],
)
def test_a_filling_that_makes_no_sense_adds_nothing(api: Api, body: dict[str, object]) -> None:
    before = api.truth()["counts"]["vouchers"]
    answer = api.control(f"organizations/{api.id}/vouchers/fill", **body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert api.truth()["counts"]["vouchers"] == before


@pytest.mark.parametrize("extension", ["pdf", "png", "jpg", "xml"])
def test_a_file_as_big_as_wanted(api: Api, extension: str) -> None:
    size = 25 * 1024 * 1024
    added = api.control(
        f"organizations/{api.id}/vouchers", total="50.00", files=[extension], file_bytes=size, date=TODAY.isoformat()
    ).json()["voucher"]
    [file] = api.see("/truth?fields=files")["files"][added["id"]]
    content = api.get(f"/v1/files/{added['files'][0]}").content
    assert (len(content), file["size"], file["extension"]) == (size, size, extension)
    assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_a_changed_voucher_gets_a_big_file(api: Api) -> None:
    added = api.control(f"organizations/{api.id}/vouchers", total="50.00").json()["voucher"]
    changed = api.on(added["id"], "change", add_file="pdf", file_bytes=1_000_000).json()["voucher"]
    assert changed["files"][0] == added["files"][0]
    assert len(api.get(f"/v1/files/{changed['files'][1]}").content) == 1_000_000
    assert api.on(added["id"], "change", add_file="pdf", file_bytes=10**9).status_code == 400


def test_the_truth_knows_the_file_of_a_sales_document() -> None:
    with fast() as running:
        api = Api(running, 2)
        truth = api.see("/truth?fields=vouchers,files")
        assert set(truth) == {"organization_id", "today", "vouchers", "files"}
        voucher = next(row for row in truth["vouchers"] if row["type"] == "invoice" and row["status"] == "paid")
        [file] = truth["files"][voucher["id"]]
        content = api.get(f"/v1/invoices/{voucher['id']}/file").content
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        answer = requests.get(f"{running.control_url}/organizations/{api.id}/truth?fields=colour", timeout=10)
        assert answer.status_code == 400
