"""The writers of connections: their four states, their key, their timeline.

Every change names the state it starts from; whoever comes second changes nothing. No request is sent inside a
transaction.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Client, User
from integrations.lexware import fingerprint
from integrations.models import (
    Connection,
    ConnectionEvent,
    ConnectionSecret,
    Provider,
    Reason,
    Status,
    SyncRun,
)
from integrations.services.key_check import CheckResult, UnusableKey, check_key, check_saved, clean_key
from integrations.services.sync_queue import enqueue
from integrations.services.sync_times import next_morning, retry_at

KEY_LIFE_YEARS = 2
UNREACHABLE_AFTER = 3

__all__ = [
    "CheckResult",
    "ConnectProblem",
    "NotReachable",
    "OldKeyKept",
    "StateMoved",
    "UnusableKey",
    "begin",
    "check",
    "connect",
    "disconnect",
    "fail",
    "get_or_create",
    "note_outage",
    "put_off",
    "recheck",
]


class ConnectProblem(Exception):
    """Connecting did not change the state; the text is for the person at the form."""


class NotReachable(ConnectProblem):
    """Lexware Office did not answer, so nothing is known about the key."""


class OldKeyKept(ConnectProblem):
    """The new key was refused for ``reason``; the connection stays active with the old one, which still works."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("The new API key was not accepted. The connection keeps working with the old one."))
        self.reason = reason


class StateMoved(ConnectProblem):
    """Somebody else changed the connection at the same time."""


def get_or_create(client: Client) -> Connection:
    """The client's connection to Lexware Office; one in state none where there is none yet."""
    return Connection.objects.get_or_create(client=client, provider=Provider.LEXWARE)[0]


def begin(client: Client, actor: User | None = None) -> Connection:
    """The client starts to connect: none becomes activate. In every other state nothing changes."""
    connection = get_or_create(client)
    if connection.status == Status.NONE:
        _move(connection, Status.ACTIVATE, actor=actor)
    return connection


def connect(
    connection: Connection,
    api_key: str,
    *,
    actor: User | None = None,
    sync: bool = True,
    key_expires_on: date | None = None,
) -> Connection:
    """Check a key and, if it is good, keep it encrypted and make the connection active.

    A refused key makes the connection failed with the reason, and is not kept; an old key stays. ``key_expires_on``:
    the last day of the key; without it 24 months from today are proposed, the longest life there is (reference: keys
    1.3). With ``sync`` the first fetch is queued together with the change.

    ``UnusableKey``: nothing that could be a key was given. ``NotReachable``: the service did not answer; the state
    stays as it was, until the third time in a row. ``OldKeyKept``: the connection is active and stays so, because its
    old key works. ``StateMoved``: somebody else was faster.
    """
    key = clean_key(api_key)
    if connection.status == Status.NONE:
        _move(connection, Status.ACTIVATE, actor=actor)
    today = timezone.localdate()
    same_key = bool(connection.key_fingerprint) and connection.key_fingerprint == fingerprint(key)
    ends = key_expires_on or (connection.key_expires_on if same_key else None)
    result = check_key(key, known_organization=_binding_organization(connection), expired=bool(ends and ends < today))
    if result.outage:
        if _outage(connection, result, actor=actor):
            return connection
        raise NotReachable(_("Lexware Office is not reachable at the moment. Please try again in a few minutes."))
    if result.reason:
        return _refuse(connection, result, actor=actor, same_key=same_key)
    with transaction.atomic():
        _accept(connection, key, result, ends or _proposed_end(today), actor=actor)
        if sync:
            enqueue(connection, SyncRun.Trigger.CONNECT)
    return connection


def check(connection: Connection) -> CheckResult:
    """Ask Lexware Office about the saved key, without changing anything."""
    return check_saved(connection, timezone.localdate())


def recheck(connection: Connection, actor: User | None = None) -> Connection:
    """Check the saved key now and let the state follow: a good key makes a failed connection active again.

    An outage changes nothing before the third in a row. In the states none and activate there is nothing to check.
    """
    if connection.status not in (Status.ACTIVE, Status.FAILED):
        return connection
    result = check(connection)
    if result.outage:
        _outage(connection, result, actor=actor)
    elif result.reason:
        fail(connection, result.reason, result, actor=actor)
    elif connection.status == Status.FAILED:
        with transaction.atomic():
            _move(connection, Status.ACTIVE, actor=actor, **_well(connection, result))
            enqueue(connection, SyncRun.Trigger.SCHEDULE)
    else:
        _record(connection, ConnectionEvent.Kind.CHECK, actor=actor)
        Connection.objects.filter(pk=connection.pk, outages__gt=0).update(outages=0)
    return connection


def fail(connection: Connection, reason: str, result: CheckResult, *, actor: User | None = None) -> None:
    """Active or failed becomes failed for this reason. It is looked at again the next morning, in case it recovers."""
    if connection.status not in (Status.ACTIVE, Status.FAILED):
        return
    if connection.status == Status.FAILED and connection.reason == reason:
        _record(connection, ConnectionEvent.Kind.CHECK, reason, result, actor)
        _plan(connection, next_morning(connection.pk, timezone.now()))
        return
    _move(
        connection,
        Status.FAILED,
        reason,
        result,
        actor=actor,
        next_sync_at=next_morning(connection.pk, timezone.now()),
    )


def note_outage(connection: Connection, result: CheckResult) -> None:
    """A fetch ended because the service did not answer: try again later, fail after the third time in a row."""
    if connection.status == Status.ACTIVE:
        _outage(connection, result, actor=None)


def put_off(connection: Connection, result: CheckResult) -> None:
    """A fetch ended for a reason that passes, though the service answers: try again later, ever more seldom."""
    _record(connection, ConnectionEvent.Kind.CALL_FAILED, "", result)
    last_done = connection.runs.filter(state=SyncRun.State.DONE).order_by("-queued_at").first()
    failed = connection.runs.filter(state=SyncRun.State.FAILED)
    if last_done:
        failed = failed.filter(queued_at__gt=last_done.queued_at)
    _plan(connection, retry_at(connection.pk, timezone.now(), max(failed.count(), 1)))


def disconnect(connection: Connection, actor: User | None = None) -> Connection:
    """Remove the key at once; vouchers, history and the organization's name stay. A fetch that is under way stops."""
    if connection.status == Status.NONE:
        return connection
    with transaction.atomic():
        _move(
            connection,
            Status.NONE,
            actor=actor,
            key_last_four="",
            key_fingerprint="",
            key_expires_on=None,
            outages=0,
            success_seen=False,
            next_sync_at=None,
        )
        ConnectionSecret.objects.filter(connection=connection).delete()
        connection.runs.filter(state__in=[SyncRun.State.QUEUED, SyncRun.State.RUNNING]).update(
            state=SyncRun.State.FAILED, error="disconnected", finished_at=timezone.now()
        )
    return connection


def _accept(connection: Connection, key: str, result: CheckResult, ends: date, *, actor: User | None) -> None:
    """Keep the key and make the connection active; to be called in a transaction."""
    renewed = connection.status == Status.ACTIVE
    _move(
        connection,
        Status.ACTIVE,
        actor=actor,
        kind=ConnectionEvent.Kind.CHECK if renewed else ConnectionEvent.Kind.STATUS,
        key_last_four=key[-4:],
        key_fingerprint=fingerprint(key),
        key_expires_on=ends,
        success_seen=connection.success_seen and renewed,
        **_well(connection, result),
    )
    ConnectionSecret.objects.update_or_create(
        connection=connection, defaults={"api_key": key, "saved_at": timezone.now()}
    )


def _refuse(connection: Connection, result: CheckResult, *, actor: User | None, same_key: bool) -> Connection:
    """A key was definitely refused. An active connection fails only if its own key does not work either."""
    if connection.status == Status.ACTIVE and not same_key:
        old = check(connection)
        if not old.reason:
            _record(connection, ConnectionEvent.Kind.CHECK, result.reason, result, actor)
            raise OldKeyKept(result.reason)
    if connection.status == Status.FAILED:
        _record(connection, ConnectionEvent.Kind.CHECK, result.reason, result, actor)
        if connection.reason == result.reason:
            return connection
    _move(connection, Status.FAILED, result.reason, result, actor=actor)
    return connection


def _outage(connection: Connection, result: CheckResult, *, actor: User | None) -> bool:
    """Count an outage; the third in a row fails the connection, every one before it only puts off the next fetch.

    True where this one made the connection fail.
    """
    outages = connection.outages + 1
    again = retry_at(connection.pk, timezone.now(), outages)
    planned: dict[str, Any] = {"next_sync_at": again} if connection.status in (Status.ACTIVE, Status.FAILED) else {}
    if outages >= UNREACHABLE_AFTER and connection.status in (Status.ACTIVATE, Status.ACTIVE):
        _move(connection, Status.FAILED, Reason.UNREACHABLE, result, actor=actor, outages=outages, **planned)
        return True
    _record(connection, ConnectionEvent.Kind.CALL_FAILED, "", result, actor)
    Connection.objects.filter(pk=connection.pk, outages=connection.outages).update(outages=outages, **planned)
    connection.refresh_from_db()
    return False


def _well(connection: Connection, result: CheckResult) -> dict[str, Any]:
    """What a good check sets."""
    assert result.profile is not None  # noqa: S101 - a good result has a profile
    return {
        "organization_id": result.profile.organization_id,
        "organization_name": result.profile.company_name[:200],
        "outages": 0,
        "next_sync_at": next_morning(connection.pk, timezone.now()),
    }


def _binding_organization(connection: Connection) -> str:
    """The organization a new key must belong to; none as long as nothing of it is here that could be mixed."""
    return connection.organization_id if connection.client.vouchers.exists() else ""


def _move(
    connection: Connection,
    status: str,
    reason: str = "",
    result: CheckResult | None = None,
    *,
    actor: User | None = None,
    kind: str = ConnectionEvent.Kind.STATUS,
    **fields: Any,
) -> None:
    """Change the state from the one that ``connection`` shows, with an entry in the timeline.

    ``StateMoved`` where the connection has left that state in the meantime; then nothing is written.
    """
    before, now = (connection.status, connection.reason), timezone.now()
    since = {} if before == (status, reason) else {"status_since": now}
    with transaction.atomic():
        moved = Connection.objects.filter(pk=connection.pk, status=before[0], reason=before[1]).update(
            status=status, reason=reason, **since, **fields
        )
        if not moved:
            raise StateMoved(_("The connection was changed at the same time. Please look again."))
        _record(connection, kind, reason, result, actor, from_status=before[0], to_status=status)
    connection.refresh_from_db()


def _record(
    connection: Connection,
    kind: str,
    reason: str = "",
    result: CheckResult | None = None,
    actor: User | None = None,
    **states: str,
) -> None:
    ConnectionEvent.objects.create(
        connection=connection,
        kind=kind,
        reason=reason,
        actor=actor,
        request_id=(result.request_id if result else "")[:80],
        detail=dict(result.detail) if result else {},
        **states,
    )


def _plan(connection: Connection, moment: datetime) -> None:
    Connection.objects.filter(pk=connection.pk).update(next_sync_at=moment)
    connection.refresh_from_db()


def _proposed_end(today: date) -> date:
    """24 months from today."""
    try:
        return today.replace(year=today.year + KEY_LIFE_YEARS)
    except ValueError:
        return date(today.year + KEY_LIFE_YEARS, 2, 28)
