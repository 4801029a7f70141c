"""A small HTTP side for the tests of the sandbox."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import requests

from sandbox.server import RunningSandbox, start

TODAY = date(2026, 11, 20)
ALL = {"voucherType": "any", "voucherStatus": "any", "size": "250"}
RESOURCES = {
    "invoice": "invoices",
    "downpaymentinvoice": "down-payment-invoices",
    "creditnote": "credit-notes",
    "quotation": "quotations",
    "deliverynote": "delivery-notes",
}


def fast(**changes: Any) -> RunningSandbox:
    """Start a sandbox whose rate limit is never felt, on a fixed day."""
    options: dict[str, Any] = {"time_scale": 100_000, "today": TODAY}
    return start(**(options | changes))


@dataclass
class Api:
    """One organisation's side of a running sandbox."""

    running: RunningSandbox
    position: int = 0

    @property
    def organization(self) -> dict[str, str]:
        return self.running.organizations[self.position]

    @property
    def id(self) -> str:
        return self.organization["organization_id"]

    def get(
        self, path: str, *, key: str | None = None, accept: str | None = None, **parameters: Any
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.organization['key'] if key is None else key}"}
        if accept:
            headers["Accept"] = accept
        return requests.get(self.running.url + path, params=parameters, headers=headers, timeout=10)

    def send(self, method: str, path: str, body: Any = None, **parameters: Any) -> requests.Response:
        """Write JSON."""
        headers = {"Authorization": f"Bearer {self.organization['key']}"}
        url = self.running.url + path
        return requests.request(method, url, json=body, params=parameters, headers=headers, timeout=10)

    def post(self, path: str, body: Any = None, **parameters: Any) -> requests.Response:
        return self.send("POST", path, body, **parameters)

    def put(self, path: str, body: Any) -> requests.Response:
        return self.send("PUT", path, body)

    def create(self, path: str, body: Any, **parameters: Any) -> str:
        """Create something that is not refused; returns its id."""
        answer = self.post(path, body, **parameters)
        assert answer.status_code in (200, 201), answer.text
        identity: str = answer.json()["id"]
        return identity

    def upload(self, path: str, content: bytes, name: str = "beleg.pdf", **fields: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.organization['key']}"}
        files = {"file": (name, content)}
        return requests.post(self.running.url + path, files=files, data=fields, headers=headers, timeout=10)

    def rows(self, **parameters: Any) -> list[dict[str, Any]]:
        answer = self.get("/v1/voucherlist", **(ALL | parameters))
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()["content"]
        return rows

    def read(self, row: dict[str, Any]) -> dict[str, Any]:
        path = RESOURCES.get(row["voucherType"], "vouchers")
        document: dict[str, Any] = self.get(f"/v1/{path}/{row['id']}").json()
        return document

    def see(self, path: str = "") -> Any:
        return requests.get(f"{self.running.control_url}/organizations/{self.id}{path}", timeout=10).json()

    def control(self, path: str, **body: Any) -> requests.Response:
        return requests.post(f"{self.running.control_url}/{path}", json=body, timeout=10)

    def on(self, voucher: str, action: str, **body: Any) -> requests.Response:
        return self.control(f"organizations/{self.id}/vouchers/{voucher}/{action}", **body)

    def truth(self) -> dict[str, Any]:
        truth: dict[str, Any] = self.see("/truth")
        return truth

    def one(self, **wanted: Any) -> dict[str, Any]:
        """The first row of the truth with these values."""
        rows: list[dict[str, Any]] = self.truth()["vouchers"]
        for row in rows:
            if all(row[name] == value for name, value in wanted.items()):
                return row
        raise AssertionError(f"no voucher with {wanted}")


def by(rows: list[dict[str, Any]], name: str) -> dict[Any, list[dict[str, Any]]]:
    """Group rows by a value."""
    groups = defaultdict(list)
    for row in rows:
        groups[row.get(name)].append(row)
    return dict(groups)
