"""Articles, templates and reference data are served as the reference says (11, 13, 14)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from sandbox.resources.articles import valid_gtin
from sandbox.world.stock import check_digit
from tests.sandbox.api import Api, fast

ARTICLE: dict[str, Any] = {
    "title": "Wartung Stanzautomat",
    "type": "SERVICE",
    "unitName": "Stunde",
    "price": {"netPrice": 95, "leadingPrice": "NET", "taxRate": 19},
}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with fast() as running:
        yield Api(running)


def details(answer: requests.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 406, answer.text
    return [(detail["field"], detail["violation"]) for detail in answer.json()["details"]]


def priced(**price: Any) -> dict[str, Any]:
    return ARTICLE | {"price": price}


def test_an_article_lives(api: Api) -> None:
    made = api.post("/v1/articles", ARTICLE)
    assert (made.status_code, made.headers["Location"]) == (201, made.json()["resourceUri"])
    path = f"/v1/articles/{made.json()['id']}"
    article = api.get(path).json()
    assert article["price"] == {"netPrice": 95.0, "grossPrice": 113.05, "leadingPrice": "NET", "taxRate": 19}
    # Unlike elsewhere, absent texts are null here (measured).
    assert [article[name] for name in ("description", "articleNumber", "gtin", "note")] == [None] * 4
    assert api.put(path, article | {"note": "Anfahrt extra"}).status_code == 200
    assert api.get(path).json()["note"] == "Anfahrt extra"
    stale = api.put(path, article | {"note": "zu spät"})
    assert (stale.status_code, stale.json()["error"]) == (409, "Conflict")
    assert details(api.put(path, ARTICLE)) == [("version", "NOTNULL")]
    now = api.get(path).json()
    assert api.put(path, ARTICLE | {"version": now["version"]}).status_code == 200
    assert api.get(path).json()["note"] is None, "what a change leaves out is emptied"
    deleted = api.send("DELETE", path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert [api.send(verb, path, ARTICLE).status_code for verb in ("GET", "PUT", "DELETE")] == [404] * 3
    types = [event.type for event in api.running.sandbox.events.all() if event.resource_id == article["id"]]
    assert types == ["article.created", "article.changed", "article.changed", "article.deleted"]


def test_the_other_price_is_computed_whatever_was_sent(api: Api) -> None:
    body = priced(grossPrice=11.9, netPrice=77, leadingPrice="GROSS", taxRate=19)
    identity = api.create("/v1/articles", body)
    assert api.get(f"/v1/articles/{identity}").json()["price"]["netPrice"] == 10


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {},
            [("title", "NOTEMPTY"), ("unitName", "NOTEMPTY"), ("type", "NOTNULL"), ("price", "NOTNULL")],
        ),
        (priced(netPrice=1, leadingPrice="NET"), [("price.taxRate", "NOTNULL")]),
        (priced(netPrice=1, taxRate=7), [("price.leadingPrice", "NOTNULL")]),
        (priced(netPrice=1, leadingPrice="GROSS", taxRate=7), [("price.grossPrice", "NOTNULL")]),
        (priced(netPrice=-1, leadingPrice="NET", taxRate=7), [("price.netPrice", "MIN")]),
        (priced(netPrice=1, leadingPrice="NET", taxRate=16), [("price.taxRate", "TAXRATE")]),
        (ARTICLE | {"gtin": "12345670"}, [("gtin", "VALIDGTIN")]),
        (ARTICLE | {"gtin": "9783648170633"}, [("gtin", "VALIDGTIN")]),
    ],
)
def test_refusals_name_the_field(api: Api, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert details(api.post("/v1/articles", body)) == expected


def test_a_type_that_does_not_exist_is_a_bad_request(api: Api) -> None:
    refused = api.post("/v1/articles", ARTICLE | {"type": "product"})
    assert (refused.status_code, refused.json()["message"]) == (400, "Value must be one of: [PRODUCT, SERVICE]")


def test_a_number_belongs_to_one_article(api: Api) -> None:
    identity = api.create("/v1/articles", ARTICLE | {"articleNumber": "W-100"})
    again = api.post("/v1/articles", ARTICLE | {"articleNumber": "W-100"})
    assert details(again) == [("materialNumber", "MATERIAL_NUMBER_ALREADY_EXISTS")]
    own = ARTICLE | {"articleNumber": "W-100", "version": 1}
    assert api.put(f"/v1/articles/{identity}", own).status_code == 200


def test_articles_are_found_by_number_gtin_and_type(api: Api) -> None:
    everything = api.get("/v1/articles", size=250).json()
    assert [row["title"] for row in everything["content"]] == sorted(
        (row["title"] for row in everything["content"]), key=str.lower
    )
    assert everything["sort"][0]["property"] == "title"
    one = next(row for row in everything["content"] if row["gtin"])
    for name in ("articleNumber", "gtin"):
        assert [row["id"] for row in api.get("/v1/articles", **{name: one[name]}).json()["content"]] == [one["id"]]
        assert api.get("/v1/articles", **{name: one[name][:-1]}).json()["content"] == []
    services = api.get("/v1/articles", type="SERVICE").json()["content"]
    assert {row["type"] for row in services} == {"SERVICE"}
    assert api.get("/v1/articles", type="service").status_code == 400
    assert details(api.get("/v1/articles", size=24)) == [("size", "MIN")]
    assert details(api.get("/v1/articles", size=251)) == [("size", "MAX")]
    assert api.get("/v1/articles", query="nothing like it").json() == api.get("/v1/articles").json()


@given(st.text("0123456789", min_size=11, max_size=13), st.integers(1, 9))
def test_a_gtin_ends_in_its_check_digit(digits: str, off: int) -> None:
    right = check_digit(digits)
    assert valid_gtin(digits + right)
    assert not valid_gtin(digits + str((int(right) + off) % 10))


def test_known_gtins() -> None:
    assert valid_gtin("9783648170632")
    assert valid_gtin("036000291452")
    assert not valid_gtin("40170725"), "eight digits are refused (measured)"


def test_templates_can_be_listed_and_read(api: Api) -> None:
    page = api.get("/v1/recurring-templates").json()
    rows = page["content"]
    assert [row["updatedDate"] for row in rows] == sorted((row["updatedDate"] for row in rows), reverse=True)
    assert "version" not in rows[0]
    full = api.get(f"/v1/recurring-templates/{rows[0]['id']}").json()
    assert full["recurringTemplateSettings"] == rows[0]["recurringTemplateSettings"]
    assert full["totalPrice"]["totalGrossAmount"] == rows[0]["totalPrice"]["totalGrossAmount"]
    assert full["version"] >= 0
    for sort, name in (("nextExecutionDate,ASC", "nextExecutionDate"), ("lastExecutionDate,DESC", "lastExecutionDate")):
        days = [
            row["recurringTemplateSettings"].get(name, "")
            for row in api.get("/v1/recurring-templates", sort=sort).json()["content"]
        ]
        assert days == sorted(days, reverse=sort.endswith("DESC"))
    assert len(api.get("/v1/recurring-templates", size=1).json()["content"]) == 1
    assert api.get("/v1/recurring-templates", sort="title,ASC").status_code == 400
    assert api.get(f"/v1/recurring-templates/{api.id}").status_code == 404
    assert api.post("/v1/recurring-templates", {}).status_code == 404


def test_every_category_that_the_world_uses_is_listed_with_the_right_side(api: Api) -> None:
    kinds = {row["id"]: row["type"] for row in api.get("/v1/posting-categories").json()}
    for row in api.rows(voucherType="salesinvoice,salescreditnote,purchaseinvoice,purchasecreditnote"):
        side = "income" if row["voucherType"].startswith("sales") else "outgo"
        assert {kinds[item["categoryId"]] for item in api.read(row)["voucherItems"]} <= {side}


def test_vouchers_of_the_world_can_be_read_and_sent_back(api: Api) -> None:
    """What the sandbox shows, it takes: no voucher of the world breaks a rule that is applied to clients."""
    for row in api.rows(voucherType="salesinvoice,salescreditnote,purchaseinvoice,purchasecreditnote"):
        voucher = api.read(row)
        if voucher["voucherStatus"] in ("voided", "unchecked"):
            continue
        body = {name: part for name, part in voucher.items() if name not in ("voucherStatus", "contactName")}
        answer = api.put(f"/v1/vouchers/{row['id']}", body)
        assert answer.status_code == 200, (voucher, answer.text)
        after = api.read(row)
        for name in ("voucherItems", "totalGrossAmount", "totalTaxAmount", "files", "voucherStatus", "dueDate"):
            assert after.get(name) == voucher.get(name)


def test_lists_that_others_refer_to(api: Api) -> None:
    layouts = api.get("/v1/print-layouts").json()
    assert [layout["default"] for layout in layouts].count(True) == 1
    terms = api.get("/v1/payment-conditions").json()
    assert [item["organizationDefault"] for item in terms].count(True) == 1
    countries = {item["countryCode"]: item["taxClassification"] for item in api.get("/v1/countries").json()}
    assert len(countries) > 250
    assert [countries[code] for code in ("DE", "AT", "CH", "GB", "ES", "ES_CN", "GR_69")] == [
        "de",
        "intraCommunity",
        "thirdPartyCountry",
        "thirdPartyCountry",
        "intraCommunity",
        "thirdPartyCountry",
        "thirdPartyCountry",
    ]
    assert list(countries.values()).count("intraCommunity") == 26
