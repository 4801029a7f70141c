"""One measured client: bank lines that fit its payments, a first fetch by the worker, an idle fetch in this process."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import IO, Any

import requests
from django.conf import settings
from django.db import connection as database
from django.utils import timezone

from accounts.models import Client
from accounts.services import add_client
from integrations.models import Connection, SyncRun
from integrations.services import connections, sync
from matching.models import Proposal
from matching.services.intake import TransactionData, account_for, import_transactions

ALLOWED_PER_SECOND = 2.0
VOUCHER_TABLES = frozenset(
    {"vouchers_voucher", "vouchers_paymentitem", "vouchers_voucherfile", "vouchers_rawanswer", "vouchers_contact"}
)
SIGN = {"salesinvoice": 1, "invoice": 1, "downpaymentinvoice": 1, "purchasecreditnote": 1}
WRITES = re.compile(r'^\s*(?:INSERT(?: OR IGNORE)? INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)


def measure_client(read_line: Callable[[], str], out: IO[str]) -> None:
    """Do the job that comes as one JSON line; write the figures as one JSON line."""
    job = json.loads(read_line())
    today = timezone.localdate()
    client = add_client(
        name="Messung GmbH", email="messung@messung.example", number="1", closed_through=today.year - 2, today=today
    )
    truth = requests.get(f"{job['control']}/organizations/{job['organization']}/truth", timeout=300).json()
    _import_bank_lines(client, truth["vouchers"])
    connection = connections.connect(connections.get_or_create(client), job["key"], sync=False)
    figures = {**_first(connection, job["scale"]), **_idle(connection)}
    out.write(json.dumps(figures) + "\n")
    out.flush()


def _import_bank_lines(client: Client, vouchers: list[dict[str, Any]]) -> None:
    account = account_for(client, iban="DE02120300000000202051", bank="Messbank")
    lines = []
    for voucher in vouchers:
        for position, payment in enumerate(voucher["payments"]):
            day = date.fromisoformat(payment["date"])
            lines.append(
                TransactionData(
                    key=f"{voucher['id']}-{position}",
                    booking_date=day,
                    value_date=day,
                    amount=Decimal(payment["amount"]) * SIGN.get(voucher["type"], -1),
                    currency="EUR",
                    counterparty=voucher["contact"],
                    purpose=f"{voucher['number'] or ''} vielen Dank",
                )
            )
    import_transactions(account, lines)


def _first(connection: Connection, scale: float) -> dict[str, Any]:
    """A first fetch by the worker; seconds are those of the service's clock."""
    began = time.time()
    run = sync.enqueue(connection, SyncRun.Trigger.CONNECT)
    matched: float | None = None
    while run.state in (SyncRun.State.QUEUED, SyncRun.State.RUNNING) or matched is None:
        if matched is None and Proposal.objects.filter(client=connection.client, state="automatic").exists():
            matched = time.time()
        if run.state == SyncRun.State.FAILED or time.time() - began > 7200:
            break
        time.sleep(0.05)
        run.refresh_from_db()
    seconds = _since(began, run.finished_at) * scale
    standing = connection.client.vouchers.filter(complete=True).count()
    calls = max(run.requests, 1)
    first_call = connection.calls.filter(run=run).order_by("at").first()
    last_call = connection.calls.filter(run=run).order_by("-at").first()
    busy = (last_call.at - first_call.at).total_seconds() * scale if first_call and last_call else seconds
    return {
        "state": run.state,
        "complete": standing,
        "requests": run.requests,
        "requests_per_voucher": round(calls / max(standing, 1), 2),
        "share_of_limit": round((calls - 1) / max(busy, 0.001) / ALLOWED_PER_SECOND, 3),
        "rate_limited": run.rate_limited,
        "seconds_to_list": round(_since(began, run.listed_at) * scale, 1),
        "seconds_to_payments": round(_since(began, run.payments_at) * scale, 1),
        "seconds_to_match": round((matched - began) * scale, 1) if matched else None,
        "seconds_to_end": round(seconds, 1),
    }


def _since(began: float, moment: Any) -> float:
    return moment.timestamp() - began if moment else float("nan")


def _idle(connection: Connection) -> dict[str, Any]:
    """Nothing changed: what is asked, and what is written where."""
    connection.refresh_from_db()
    written: Counter[str] = Counter()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if (found := WRITES.match(sql)) and context["cursor"].rowcount:
            written[found.group(1)] += max(context["cursor"].rowcount, 0)
        return answer

    with ExitStack() as stack:
        stack.enter_context(database.execute_wrapper(watch))
        run = sync.run_now(connection, SyncRun.Trigger.MANUAL)
    vouchers = sum(count for table, count in written.items() if table in VOUCHER_TABLES)
    return {
        "idle_requests": run.requests,
        "idle_voucher_rows": vouchers,
        "idle_other_rows": sum(written.values()) - vouchers,
        "database": settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1],
    }
