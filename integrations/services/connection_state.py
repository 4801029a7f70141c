"""The lowest writers of a connection: its state, its timeline, its next planned moment.

Every change names the state and the key it starts from; whoever comes second changes nothing.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from integrations.models import Connection, ConnectionEvent, Reason, Status, SyncRun
from integrations.services import notices
from integrations.services.call_log import keep_calls
from integrations.services.doubt import confirm_at, everybody_rejected, ripe
from integrations.services.key_check import CheckResult
from integrations.services.sync_times import next_morning, retry_at

UNREACHABLE_AFTER = 3
# A connection that is asked about at all: it has, or had, a working key.
IN_USE = (Status.ACTIVE, Status.FAILED)
IN_DOUBT = "in_doubt"
REJECTED = (Reason.KEY_REJECTED, Reason.KEY_EXPIRED)
CHANGED_MEANWHILE = _("The connection was changed at the same time. Please look again.")


class ConnectProblem(Exception):
    """Connecting did not change the state; the text is for the person at the form."""


class StateMoved(ConnectProblem):
    """Somebody else changed the connection at the same time."""


def move(
    connection: Connection,
    status: str,
    reason: str = "",
    result: CheckResult | None = None,
    *,
    actor: User | None = None,
    kind: str = ConnectionEvent.Kind.STATUS,
    detail: dict[str, str] | None = None,
    **fields: Any,
) -> None:
    """Change the state from the one that ``connection`` shows, with an entry in the timeline.

    ``StateMoved`` where the connection has left that state, or got another key, in the meantime; then nothing is
    written.
    """
    before, now = (connection.status, connection.reason), timezone.now()
    since = {} if before == (status, reason) else {"status_since": now}
    with transaction.atomic():
        here = Connection.objects.filter(
            pk=connection.pk, status=before[0], reason=before[1], key_fingerprint=connection.key_fingerprint
        )
        if not here.update(status=status, reason=reason, **since, **fields):
            raise StateMoved(CHANGED_MEANWHILE)
        record(connection, kind, reason, result, actor, detail, from_status=before[0], to_status=status)
        connection.refresh_from_db()
        notices.moved(connection, *before, actor)


def record(
    connection: Connection,
    kind: str,
    reason: str = "",
    result: CheckResult | None = None,
    actor: User | None = None,
    detail: dict[str, str] | None = None,
    **states: str,
) -> None:
    """Write an entry of the timeline."""
    ConnectionEvent.objects.create(
        connection=connection,
        kind=kind,
        reason=reason,
        actor=actor,
        request_id=(result.request_id if result else "")[:80],
        detail={**(result.detail if result else {}), **(detail or {})},
        **states,
    )


def log(connection: Connection, result: CheckResult) -> CheckResult:
    """Keep the calls of a check in the connection's log; returns the result."""
    keep_calls(connection.pk, None, result.calls)
    return result


def plan(connection: Connection, moment: datetime) -> None:
    """Look at the connection again at this moment."""
    Connection.objects.filter(pk=connection.pk).update(next_sync_at=moment)
    connection.refresh_from_db()


def fail(connection: Connection, reason: str, result: CheckResult, *, actor: User | None = None) -> None:
    """Active or failed becomes failed for this reason. It is looked at again the next morning, in case it recovers."""
    if connection.status not in IN_USE:
        return
    morning: dict[str, Any] = {"next_sync_at": next_morning(connection.pk, timezone.now()), "doubted_at": None}
    if connection.status == Status.FAILED and connection.reason == reason:
        record(connection, ConnectionEvent.Kind.CHECK, reason, result, actor)
        Connection.objects.filter(pk=connection.pk, status=Status.FAILED, reason=reason).update(**morning)
        connection.refresh_from_db()
        return
    move(connection, Status.FAILED, reason, result, actor=actor, **morning)


def note_rejection(connection: Connection, result: CheckResult, *, actor: User | None = None) -> bool:
    """The saved key was rejected. True where the connection has failed for it.

    The first 401 puts the connection in doubt, and it is asked about again some minutes later; the second one fails
    it (reference: keys 1.3), unless everybody is rejected: then it is an outage. A definite rejection fails at once.
    ``StateMoved`` where the connection was changed meanwhile.
    """
    if connection.status not in IN_USE:
        return False
    now = timezone.now()
    known = connection.status == Status.FAILED and connection.reason in REJECTED
    if result.definite or known:
        fail(connection, result.reason, result, actor=actor)
        return True
    if connection.doubted_at is None:
        with transaction.atomic():
            first = Connection.objects.filter(
                pk=connection.pk,
                status=connection.status,
                key_fingerprint=connection.key_fingerprint,
                doubted_at=None,
            ).update(doubted_at=now, next_sync_at=confirm_at(now))
            if first:
                record(connection, ConnectionEvent.Kind.CALL_FAILED, IN_DOUBT, result, actor)
            elif not Connection.objects.filter(pk=connection.pk, doubted_at__isnull=False).exists():
                raise StateMoved(CHANGED_MEANWHILE)
        connection.refresh_from_db()
        return False
    if not ripe(connection, now):
        plan(connection, confirm_at(connection.doubted_at))
        return False
    if everybody_rejected(now, connection.provider, connection):
        return note_outage(connection, result, actor=actor)
    fail(connection, result.reason, result, actor=actor)
    return True


def note_outage(connection: Connection, result: CheckResult, *, actor: User | None = None) -> bool:
    """Count an outage; the third in a row fails the connection, every one before it only puts off the next look.

    True where this one made the connection fail. What failed already keeps its reason, and is asked about ever more
    seldom, at the latest every morning. A doubt ends, unless it is everybody who is rejected: whoever was rejected
    just before the service fell silent proves little.
    """
    outages = connection.outages + 1
    again = retry_at(connection.pk, timezone.now(), outages)
    planned: dict[str, Any] = {"next_sync_at": again} if connection.status in IN_USE else {}
    if not result.reason:
        planned["doubted_at"] = None
    if outages >= UNREACHABLE_AFTER and connection.status in (Status.ACTIVATE, Status.ACTIVE):
        move(connection, Status.FAILED, Reason.UNREACHABLE, result, actor=actor, outages=outages, **planned)
        return True
    record(connection, ConnectionEvent.Kind.CALL_FAILED, "", result, actor)
    Connection.objects.filter(pk=connection.pk, outages=connection.outages).update(outages=outages, **planned)
    connection.refresh_from_db()
    return False


def put_off(connection: Connection, result: CheckResult) -> None:
    """A fetch ended for a reason that passes, though the service answers: try again later, ever more seldom."""
    record(connection, ConnectionEvent.Kind.CALL_FAILED, "", result)
    plan(connection, retry_at(connection.pk, timezone.now(), max(failed_in_a_row(connection), 1)))


def failed_in_a_row(connection: Connection) -> int:
    """How many fetches have failed since the last one that was done."""
    last_done = connection.runs.filter(state=SyncRun.State.DONE).order_by("-queued_at").first()
    failed = connection.runs.filter(state=SyncRun.State.FAILED)
    return (failed.filter(queued_at__gt=last_done.queued_at) if last_done else failed).count()


def well(connection: Connection, result: CheckResult) -> dict[str, Any]:
    """What a good check sets."""
    assert result.profile is not None  # noqa: S101 - a good result has a profile
    return {
        "organization_id": result.profile.organization_id,
        "organization_name": result.profile.company_name[:200],
        "provider_connection_id": result.profile.connection_id[:80],
        "outages": 0,
        "doubted_at": None,
        # Subscriptions belong to the key: they are looked at anew.
        "webhooks_checked_at": None,
        "next_sync_at": next_morning(connection.pk, timezone.now()),
    }
