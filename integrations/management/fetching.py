"""What the commands that fetch vouchers share: the figures of a run and its words."""

import time
from typing import Any

from django.utils.translation import gettext as _

from accounts.operator_command import Progress
from integrations.models import Connection, SyncRun
from integrations.services.fetch_work import ProgressHook
from integrations.services.progress import phase_words
from integrations.services.progress_now import progress_of
from integrations.services.sync_queue import LIVE
from integrations.words import fetch_problem

LOOK_SECONDS = 2.0


def on_bar(bar: Progress, connection: Connection) -> ProgressHook:
    """Shows a connection's fetch on the bar: the phase in words, and now and then the time left is looked up."""
    looked_at, left = 0.0, ""

    def show(phase: str, done: int, total: int) -> None:
        nonlocal looked_at, left
        if bar.shows and time.monotonic() - looked_at >= LOOK_SECONDS:
            live = connection.runs.filter(state__in=LIVE).select_related("connection").first()
            progress = progress_of(live)
            looked_at, left = time.monotonic(), progress.left if progress else ""
        bar(phase_words(phase), done, total, left)

    return show


def figures(run: SyncRun) -> dict[str, Any]:
    """The JSON answer about a finished run; a failed one also has ``error``."""
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at and run.started_at else 0.0
    answer: dict[str, Any] = {
        "created": run.created,
        "changed": run.changed,
        "unchanged": run.unchanged,
        "withdrawn": run.withdrawn,
        "skipped": [
            {"id": skipped.external_id, "reason": skipped.reason} for skipped in run.skipped.order_by("external_id")
        ],
        "requests": run.requests,
        "rate_limited": run.rate_limited,
        "seconds": round(seconds, 3),
    }
    if run.state == SyncRun.State.FAILED:
        answer["error"] = run.error
    return answer


def summary(run: SyncRun) -> str:
    """A run in one line."""
    line = _(
        "%(created)s new, %(changed)s changed, %(unchanged)s unchanged, %(withdrawn)s withdrawn, %(skipped)s skipped; "
        "%(requests)s requests, %(seconds)s s"
    ) % {**(data := figures(run)), "skipped": len(data["skipped"]), "seconds": f"{data['seconds']:.1f}"}
    return line if run.state != SyncRun.State.FAILED else f"{problem(run)} ({line})"


def problem(run: SyncRun) -> str:
    """Why a run failed, for an operator."""
    if run.error == "not_connected":
        return _("The client is not connected.")
    words = fetch_problem(run.error, run.connection.provider)
    return f"{words.what} {words.staff}"
