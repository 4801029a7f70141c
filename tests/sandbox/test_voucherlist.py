"""The rules of the index over all documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.sandbox.api import ALL, Api, by, fast


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running)


@pytest.mark.parametrize("missing", ["voucherType", "voucherStatus"])
def test_both_filters_are_mandatory(api: Api, missing: str) -> None:
    answer = api.get("/v1/voucherlist", **{name: value for name, value in ALL.items() if name != missing})
    assert answer.status_code == 400
    assert answer.json()["message"] == "Missing required request parameters"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("voucherType", "dunning"),
        ("voucherType", "invoice,any"),
        ("voucherStatus", "paymentordered"),
        ("voucherStatus", "open,overdue"),
        ("voucherStatus", "any,paid"),
        ("voucherDateFrom", "2026-02-30"),
        ("updatedDateFrom", "2026-03-01T00:00:00.000+01:00"),
        ("contactId", "4711"),
        ("archived", "yes"),
    ],
)
def test_a_value_that_does_not_fit_is_400(api: Api, name: str, value: str) -> None:
    answer = api.get("/v1/voucherlist", **(ALL | {name: value}))
    assert answer.status_code == 400
    assert re.fullmatch(f"Invalid value '.+' received for request parameter '{name}'", answer.json()["message"])


def test_an_empty_element_breaks_the_service(api: Api) -> None:
    answer = api.get("/v1/voucherlist", **(ALL | {"voucherStatus": "open,,paid"}))
    assert answer.status_code == 500


def test_a_blank_after_the_comma_is_trimmed(api: Api) -> None:
    assert api.rows(voucherType="invoice, creditnote") == api.rows(voucherType="invoice,creditnote")


def test_a_filter_may_not_occur_twice(api: Api) -> None:
    answer = api.get("/v1/voucherlist?voucherType=invoice&voucherType=creditnote&voucherStatus=any")
    assert answer.status_code == 400


def test_unknown_parameters_are_ignored(api: Api) -> None:
    assert api.rows(onlyOpen="true", voucherdateFrom="2030-01-01") == api.rows()


def test_invoice_and_salesinvoice_are_different(api: Api) -> None:
    rows = by(api.rows(), "voucherType")
    assert {row["id"] for row in api.rows(voucherType="invoice")} == {row["id"] for row in rows["invoice"]}
    assert {row["id"] for row in api.rows(voucherType="salesinvoice")} == {row["id"] for row in rows["salesinvoice"]}


def test_open_returns_overdue_documents_shown_as_overdue(api: Api) -> None:
    shown = by(api.rows(voucherStatus="open"), "voucherStatus")
    assert set(shown) == {"open", "overdue"}
    assert {row["id"] for row in api.rows(voucherStatus="overdue")} == {row["id"] for row in shown["overdue"]}
    today = api.running.sandbox.current_day().isoformat()
    assert all(row["dueDate"][:10] < today for row in shown["overdue"])
    assert all(row.get("dueDate", "9")[:10] >= today for row in shown["open"])


def test_paid_and_paidoff_belong_to_their_types(api: Api) -> None:
    assert {row["voucherType"] for row in api.rows(voucherStatus="paidoff")} <= {
        "creditnote",
        "salescreditnote",
        "purchasecreditnote",
    }
    assert not {"creditnote", "quotation"} & {row["voucherType"] for row in api.rows(voucherStatus="paid")}


@pytest.mark.parametrize("name", ["voucherDate", "createdDate", "updatedDate"])
def test_date_filters_are_german_days_both_included(api: Api, name: str) -> None:
    days = sorted({row[name][:10] for row in api.rows() if name in row})
    first, last = days[len(days) // 3], days[len(days) // 2]
    expected = {row["id"] for row in api.rows() if name in row and first <= row[name][:10] <= last}
    assert {row["id"] for row in api.rows(**{f"{name}From": first, f"{name}To": last})} == expected
    assert expected


def test_a_moment_late_in_the_utc_day_belongs_to_the_next_german_day(api: Api) -> None:
    organisation = api.running.world.organisations[api.id]
    voucher = next(item for item in organisation.vouchers.values() if item.day)
    old = voucher.updated
    # 23:30 UTC on a winter day is half past midnight in Germany.
    voucher.updated = old.replace(year=2026, month=2, day=10, hour=23, minute=30)
    try:
        found = {row["id"] for row in api.rows(updatedDateFrom="2026-02-11", updatedDateTo="2026-02-11")}
        assert voucher.id in found
        assert voucher.id not in {row["id"] for row in api.rows(updatedDateTo="2026-02-10")}
    finally:
        voucher.updated = old


def test_documents_without_a_date_are_outside_every_date_filter(api: Api) -> None:
    undated = [row["id"] for row in api.rows(voucherStatus="unchecked") if "voucherDate" not in row]
    assert undated
    assert not set(undated) & {row["id"] for row in api.rows(voucherDateFrom="2000-01-01")}


def test_size_up_to_250(api: Api) -> None:
    answer = api.get("/v1/voucherlist", **(ALL | {"size": "251"}))
    assert answer.status_code == 400
    assert answer.json()["message"] == "parameter 'size' must be equal or lower than 250"
    assert api.get("/v1/voucherlist", **(ALL | {"size": "nonsense"})).json()["size"] == 25


def test_window_of_ten_thousand(api: Api) -> None:
    assert api.get("/v1/voucherlist", **(ALL | {"page": "39"})).status_code == 200
    answer = api.get("/v1/voucherlist", **(ALL | {"page": "40"}))
    assert answer.status_code == 400
    assert answer.json()["message"] == "Maximum search window size exceeded"


def test_pages_make_up_the_whole(api: Api) -> None:
    first = api.get("/v1/voucherlist", **(ALL | {"size": "40", "sort": "createdDate,ASC"})).json()
    pages = [
        api.get("/v1/voucherlist", **(ALL | {"size": "40", "page": str(page), "sort": "createdDate,ASC"})).json()
        for page in range(first["totalPages"])
    ]
    assert [page["last"] for page in pages] == [False] * (len(pages) - 1) + [True]
    assert [page["first"] for page in pages] == [True] + [False] * (len(pages) - 1)
    assert [row["id"] for page in pages for row in page["content"]] == [
        row["id"] for row in api.rows(sort="createdDate,ASC")
    ]
    beyond = api.get("/v1/voucherlist", **(ALL | {"page": "30"})).json()
    assert (beyond["content"], beyond["last"], beyond["totalElements"]) == ([], True, first["totalElements"])


def test_default_order_is_newest_document_first(api: Api) -> None:
    page = api.get("/v1/voucherlist", **ALL).json()
    days = [row["voucherDate"] for row in page["content"] if "voucherDate" in row]
    assert days == sorted(days, reverse=True)
    assert page["sort"] == [
        {
            "property": "voucherdate",
            "direction": "DESC",
            "ignoreCase": False,
            "nullHandling": "NATIVE",
            "ascending": False,
        }
    ]


@pytest.mark.parametrize("name", ["voucherDate", "voucherNumber", "createdDate", "updatedDate"])
def test_a_sort_without_direction_ascends(api: Api, name: str) -> None:
    values = [row[name] for row in api.rows(sort=name) if name in row]
    assert values == sorted(values)
    assert [row[name] for row in api.rows(sort=f"{name},DESC") if name in row] == sorted(values, reverse=True)


@pytest.mark.parametrize("sort", ["dueDate", "voucherDate,UP", "contactName,ASC"])
def test_other_sorts_are_refused(api: Api, sort: str) -> None:
    answer = api.get("/v1/voucherlist", **(ALL | {"sort": sort}))
    assert (answer.status_code, answer.json()["message"]) == (400, "parameter 'sort' is invalid")


def test_total_elements_stops_at_ten_thousand(api: Api) -> None:
    organisation = api.running.world.organisations[api.id]
    before = dict(organisation.vouchers)
    sample = next(iter(before.values()))
    try:
        organisation.vouchers.update({str(at): replace(sample, id=str(at)) for at in range(10_050)})
        page = api.get("/v1/voucherlist", **ALL).json()
        assert (page["totalElements"], page["totalPages"], page["numberOfElements"]) == (10_000, 40, 250)
    finally:
        organisation.vouchers = before


def test_the_number_must_match_whole_in_any_case_and_encoded(api: Api) -> None:
    row = next(row for row in api.rows(voucherType="invoice") if row["voucherNumber"].startswith("RE"))
    assert [found["id"] for found in api.rows(voucherNumber=row["voucherNumber"].lower())] == [row["id"]]
    assert api.rows(voucherNumber=row["voucherNumber"][:-1]) == []
    voucher = api.running.world.organisations[api.id].vouchers[row["id"]]
    voucher.number = "A & B"
    try:
        assert api.rows(voucherNumber="A & B") == []
        assert [found["id"] for found in api.rows(voucherNumber="A &amp; B")] == [row["id"]]
    finally:
        voucher.number = row["voucherNumber"]


def test_contact_filter(api: Api) -> None:
    rows = by(api.rows(), "contactId")
    contact = next(key for key in rows if key)
    assert {row["id"] for row in api.rows(contactId=contact)} == {row["id"] for row in rows[contact]}


def test_rows_leave_absent_values_out(api: Api) -> None:
    rows = api.rows()
    assert all(value is not None for row in rows for value in row.values())
    drafts = [row for row in rows if row["voucherStatus"] == "draft"]
    assert drafts
    assert not any("openAmount" in row or "dueDate" in row for row in drafts)
    collective = [row for row in rows if "contactId" not in row]
    assert {"Sammelkunde", "Sammellieferant"} & {row["contactName"] for row in collective}
    assert any("voucherNumber" not in row and "voucherDate" not in row for row in rows)


def test_documented_nulls_can_be_switched_on(api: Api) -> None:
    api.control("settings", documented_nulls=True)
    try:
        assert any(row["contactId"] is None for row in api.rows())
    finally:
        api.control("settings", documented_nulls=False)


def test_changes_are_shown_to_the_second(api: Api) -> None:
    for row in api.rows()[:30]:
        assert row["updatedDate"][19:23] == ".000"
        assert row["updatedDate"][-6:] in ("+01:00", "+02:00")
        detail = api.read(row)
        assert detail["updatedDate"][:19] == row["updatedDate"][:19]


def test_a_trailing_slash_is_accepted(api: Api) -> None:
    assert api.get("/v1/voucherlist/", **ALL).json()["content"] == api.rows()
