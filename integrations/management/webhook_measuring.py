"""One measured connection with webhooks: from a payment to its match, and how quickly deliveries are answered."""

import json
import statistics
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import IO, Any

import requests
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import Client
from accounts.services import add_client
from integrations.models import Connection, SyncRun, WebhookDelivery, Webhooks
from integrations.services import connections, subscriptions
from matching.models import Proposal
from matching.services.intake import TransactionData, account_for, import_transactions
from vouchers.models import Voucher

PATIENCE = 120.0
LOOK_SECONDS = 0.05
CALLERS = 4


def measure_webhooks(read_line: Callable[[], str], out: IO[str]) -> None:
    """Do the job that comes as one JSON line; write the figures as one JSON line."""
    job = json.loads(read_line())
    today = timezone.localdate()
    client = add_client(
        name="Messung GmbH", email="messung@messung.example", number="1", closed_through=today.year - 2, today=today
    )
    connection = connections.connect(connections.get_or_create(client), job["key"])
    _wait("first fetch", lambda: connection.runs.filter(state=SyncRun.State.DONE).exists())
    subscriptions.check(connection.pk)
    connection.refresh_from_db()
    if connection.webhooks != Webhooks.ON:
        raise CommandError("The sandbox refused the webhooks.")
    ways = [_way(connection, job, today, number) for number in range(job["rounds"])]
    figures = {**_ways(ways), **_answers(job)}
    out.write(json.dumps(figures) + "\n")
    out.flush()


def _way(connection: Connection, job: dict[str, Any], today: date, number: int) -> dict[str, float]:
    """Book a payment at the provider; the seconds until it is told, fetched and matched."""
    name, total = f"RE-{7100 + number}", f"{200 + number}.{10 + number}"
    contact = "Holzhandel Petersen"
    _import_line(connection.client, name, Decimal(total), contact, today)
    organization = f"{job['control']}/organizations/{job['organization']}"
    made = _control(f"{organization}/vouchers", type="purchaseinvoice", number=name, total=total, contact=contact)
    external_id = made["voucher"]["id"]
    told = WebhookDelivery.objects.filter(connection=connection, resource_id=external_id)
    # What is told of the new voucher is followed before: only the payment is measured.
    _wait("hint of the voucher", lambda: told.exists() and not told.exclude(state=WebhookDelivery.State.DONE).exists())
    began = time.time()
    _control(f"{organization}/vouchers/{external_id}/pay")
    paid = told.filter(event_type="payment.changed")
    seconds = {}
    for step, query in {
        "told": paid,
        "fetched": Voucher.objects.filter(client=connection.client, external_id=external_id),
        "matched": Proposal.objects.filter(allocations__voucher__external_id=external_id),
    }.items():
        _wait(step, query.exists)
        seconds[step] = time.time() - began
    return seconds


def _ways(ways: list[dict[str, float]]) -> dict[str, Any]:
    figures: dict[str, Any] = {"payments": len(ways)}
    for step in ("told", "fetched", "matched"):
        seconds = [way[step] for way in ways]
        figures[f"seconds_until_{step}"] = round(statistics.median(seconds), 2)
        figures[f"slowest_{step}"] = round(max(seconds), 2)
    return figures


def _answers(job: dict[str, Any]) -> dict[str, Any]:
    """Deliver signed events, several at once; the milliseconds until each is answered."""
    forged = [
        _control(
            f"{job['control']}/webhooks/forge",
            organization=job["organization"],
            event_type="voucher.changed",
            resource=str(uuid.uuid4()),
            signature="right",
        )
        for _ in range(job["deliveries"])
    ]
    parts = [forged[start::CALLERS] for start in range(CALLERS)]
    with ThreadPoolExecutor(CALLERS) as pool:
        found = [answer for part in pool.map(lambda part: _deliver(job["address"], part), parts) for answer in part]
    milliseconds = sorted(seconds * 1000 for _, seconds in found)
    return {
        "deliveries": len(found),
        "at_once": CALLERS,
        "not_204": sum(status != 204 for status, _ in found),
        **{f"answer_p{share}_ms": round(_quantile(milliseconds, share), 1) for share in (50, 95, 99)},
        "answer_slowest_ms": round(milliseconds[-1], 1),
    }


def _deliver(address: str, forged: list[dict[str, Any]]) -> list[tuple[int, float]]:
    found = []
    with requests.Session() as line:
        for one in forged:
            headers = {"Content-Type": "application/json", "X-Lxo-Signature": one["signature"]}
            began = time.perf_counter()
            answer = line.post(address, one["body"].encode(), headers=headers, timeout=30)
            found.append((answer.status_code, time.perf_counter() - began))
    return found


def _quantile(ordered: list[float], share: int) -> float:
    return ordered[min(len(ordered) * share // 100, len(ordered) - 1)]


def _import_line(client: Client, number: str, total: Decimal, contact: str, day: date) -> None:
    line = TransactionData(
        key=number,
        booking_date=day,
        value_date=day,
        amount=-total,
        currency="EUR",
        counterparty=contact,
        purpose=f"{number} vielen Dank",
    )
    import_transactions(account_for(client, iban="DE02120300000000202051", bank="Messbank"), [line])


def _wait(what: str, look: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not look():
        if time.monotonic() > end:
            raise CommandError(f"Waited in vain: {what}.")
        time.sleep(LOOK_SECONDS)


def _control(address: str, **body: Any) -> dict[str, Any]:
    answer = requests.post(address, json=body, timeout=60)
    if not answer.ok:
        raise CommandError(f"The sandbox refused: {answer.text}")
    return dict(answer.json())
