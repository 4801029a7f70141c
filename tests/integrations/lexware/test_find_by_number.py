"""Looking for one document by its number, in one request."""

import requests
import responses

from integrations.providers.lexware.client import LexwareApi
from sandbox.server import start
from tests.integrations.lexware.conftest import KEY, URL, FakeBudget, FakeClock

PAGE = {"content": [], "first": True, "last": True, "totalPages": 1, "totalElements": 0, "number": 0}


@responses.activate
def test_the_number_is_encoded_as_the_filter_wants_it(clock: FakeClock) -> None:
    asked = responses.get(f"{URL}/v1/voucherlist", json=PAGE)
    api = LexwareApi(KEY, base_url=URL, budget=FakeBudget(), clock=clock)
    assert api.find_by_number("A&B <7>").rows == ()
    assert asked.call_count == 1
    assert "voucherNumber=A%26amp%3BB+%26lt%3B7%26gt%3B" in asked.calls[0].request.url
    assert asked.calls[0].request.params["voucherType"] == asked.calls[0].request.params["voucherStatus"] == "any"


def test_the_service_finds_it_whatever_its_state() -> None:
    with start(time_scale=400, world="empty") as running:
        organization = running.organizations[0]
        base = f"{running.control_url}/organizations/{organization['organization_id']}/vouchers"
        for number, paid in (("R&D 7", None), ("r&d 7", "2026-02-11"), ("R&D 77", None)):
            body = {"type": "purchaseinvoice", "number": number, "total": "12.00", "date": "2026-02-02"}
            assert requests.post(base, json=body | ({"paid_on": paid} if paid else {}), timeout=10).ok
        api = LexwareApi(organization["key"], base_url=running.url, budget=FakeBudget(), time_scale=400)
        found = api.find_by_number("R&D 7")
    assert {(row.number, row.status == "paid") for row in found.rows} == {("R&D 7", False), ("r&d 7", True)}
    assert api.requests == 1
