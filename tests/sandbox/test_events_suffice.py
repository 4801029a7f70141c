"""Whoever reads just what events name has, in the end, what the service has: no change goes unannounced."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.control import control
from sandbox.http import Request, Response, to_json
from sandbox.moving import move
from sandbox.noticing import RESOURCES
from sandbox.service import serve
from sandbox.state import Sandbox
from sandbox.webhooks.subscriptions import Subscription
from sandbox.webhooks.types import EVENT_TYPES
from sandbox.world.model import TYPES_WITH_PAYMENTS
from tests.sandbox.api import ALL, TODAY

ACTIONS: dict[str, dict[str, Any]] = {
    "pay": {},
    "unpay": {},
    "void": {},
    "draft": {},
    "delete": {},
    "change": {"remark": "anders"},
}
PATHS = {kind: f"{name}s" for kind, name in RESOURCES.items()}
Voucher = tuple[dict[str, Any], dict[str, Any] | None]

step = st.one_of(
    st.tuples(
        st.just("add"), st.sampled_from(TYPES_WITH_PAYMENTS), st.sampled_from(["open", "draft", "blank", "paid"])
    ),
    st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 9), st.just("")),
    st.tuples(st.just("part"), st.integers(0, 9), st.just("")),
    st.tuples(st.just("total"), st.integers(0, 9), st.just("")),
    st.tuples(st.just("move"), st.sampled_from(["touch", "add", "remove"]), st.just("")),
)


class World:
    """One organisation of a sandbox that nobody is told anything by, and a client that listens."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(kind="empty", today=TODAY, time_scale=1e9)
        self.sandbox.settings.webhooks = "hold"
        self.id, self.token = next(iter(self.sandbox.main_keys.items()))
        key = self.sandbox.keys[self.token]
        for event in EVENT_TYPES:
            self.sandbox.webhooks.subscriptions.add(
                Subscription(key, self.id, event, "http://nowhere.invalid/", self.sandbox.now())
            )
        self.known: dict[str, Voucher] = {}

    def post(self, path: str, **body: Any) -> Response:
        base = f"/control/organizations/{self.id}/vouchers"
        return control(self.sandbox, Request.parse("POST", base + path, {}, to_json(body)))

    def get(self, path: str) -> Any:
        response, _ = serve(self.sandbox, Request.parse("GET", path, {"Authorization": f"Bearer {self.token}"}))
        return json.loads(response.body) if response.status == 200 else None

    def rows(self) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in ALL.items())
        return list(self.get(f"/v1/voucherlist?{query}")["content"])

    def payments(self, identity: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.get(f"/v1/payments/{identity}")
        return found

    def do(self, what: str, which: Any, how: str) -> None:
        if what == "add":
            paid = {"paid_on": TODAY.isoformat()} if how == "paid" else {"status": how}
            self.post("", type=which, total="50.00", **paid)
            return
        if what == "move":
            move(self.sandbox, self.sandbox.world.organisations[self.id], which)
            return
        rows = self.rows()
        if rows:
            path = f"/{rows[which % len(rows)]['id']}"
            if what == "part":
                self.post(f"{path}/pay", amount="1.00")
            elif what == "total":
                self.post(f"{path}/change", total="70.00")
            else:
                self.post(f"{path}/{what}", **ACTIONS[what])

    def listen(self) -> None:
        """Read what each event names, as it says, and forget what is gone."""
        for delivery in self.sandbox.webhooks.all():
            event = json.loads(delivery.body)
            identity, name = event["resourceId"], event["eventType"].partition(".")[0]
            paths = [f"{name}s"] if name != "payment" else ["vouchers", *PATHS.values()]
            found = next((item for path in paths if (item := self.get(f"/v1/{path}/{identity}"))), None)
            if found is None:
                self.known.pop(identity, None)
            else:
                self.known[identity] = (found, self.payments(identity))
        self.sandbox.webhooks.forget()


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(st.lists(step, max_size=6), max_size=4))
def test_events_name_everything_that_changes(steps: list[list[tuple[str, Any, str]]]) -> None:
    world = World()
    for together in steps:
        for what, which, how in together:
            world.do(what, which, how)
        world.listen()
    there = {}
    for row in world.rows():
        # What text recognition has not read yet is announced when it has.
        if row["voucherStatus"] != "blank":
            document = world.get(f"/v1/{PATHS.get(row['voucherType'], 'vouchers')}/{row['id']}")
            there[row["id"]] = (document, world.payments(row["id"]))
    known = {identity: item for identity, item in world.known.items() if item[0]["voucherStatus"] != "blank"}
    assert known == there
