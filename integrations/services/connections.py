"""What people and schedules do to connections: begin, connect, check, renew, disconnect.

Every change names the state it starts from; whoever comes second changes nothing. No request is sent inside a
transaction.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Client, User
from integrations.models import Connection, ConnectionEvent, ConnectionSecret, Provider, Status, SyncRun
from integrations.services import subscriptions
from integrations.services.connecting import NotReachable, OldKeyKept, TooManyKeys, connect
from integrations.services.connection_state import (
    CHANGED_MEANWHILE,
    IN_USE,
    REJECTED,
    ConnectProblem,
    StateMoved,
    fail,
    failed_in_a_row,
    log,
    move,
    note_outage,
    note_rejection,
    put_off,
    record,
    well,
)
from integrations.services.key_check import ANY_ORGANIZATION, CheckResult, UnusableKey
from integrations.services.key_end import WrongEnd, possible_end
from integrations.services.providers import check_saved
from integrations.services.sync_queue import enqueue
from integrations.services.sync_times import retry_at

__all__ = [
    "ANY_ORGANIZATION",
    "CheckResult",
    "ConnectProblem",
    "NotReachable",
    "OldKeyKept",
    "StateMoved",
    "TooManyKeys",
    "UnusableKey",
    "WrongEnd",
    "begin",
    "check",
    "connect",
    "disconnect",
    "fail",
    "get_or_create",
    "note_outage",
    "note_rejection",
    "put_off",
    "recheck",
    "set_key_end",
]


def get_or_create(client: Client, provider: str = Provider.LEXWARE) -> Connection:
    """The client's connection to a provider; one in state none where there is none yet."""
    return Connection.objects.get_or_create(client=client, provider=provider)[0]


def begin(client: Client, actor: User | None = None, provider: str = Provider.LEXWARE) -> Connection:
    """The client starts to connect: none becomes activate. In every other state nothing changes."""
    connection = get_or_create(client, provider)
    if connection.status == Status.NONE:
        move(connection, Status.ACTIVATE, actor=actor)
    return connection


def check(connection: Connection) -> CheckResult:
    """Ask the provider about the saved key, without changing anything but the log of calls."""
    return log(connection, check_saved(connection, timezone.localdate()))


def recheck(connection: Connection, actor: User | None = None, *, revoked: bool = False) -> Connection:
    """Check the saved key now and let the state follow: a good key makes a failed connection active again.

    ``revoked``: the provider says that the key was revoked; if it is rejected indeed, twice at once, that is definite.
    Otherwise a first rejection puts the connection in doubt and a second one, some minutes later, fails it. An outage
    changes nothing before the third in a row. In the states none and activate there is nothing to check.
    """
    if connection.status not in IN_USE:
        return connection
    result = log(connection, check_saved(connection, timezone.localdate(), twice=revoked))
    if result.outage:
        note_outage(connection, result, actor=actor)
    elif result.reason in REJECTED:
        note_rejection(connection, result, actor=actor)
    elif result.reason:
        fail(connection, result.reason, result, actor=actor)
    elif connection.status == Status.FAILED:
        with transaction.atomic():
            move(connection, Status.ACTIVE, actor=actor, **well(connection, result))
            enqueue(connection, SyncRun.Trigger.SCHEDULE)
    else:
        _still_well(connection, result, actor)
    return connection


def set_key_end(connection: Connection, day: date, actor: User | None = None) -> Connection:
    """Note the last day of the saved key, as somebody has looked it up; the timeline says what it was before.

    ``WrongEnd`` where no key can end on that day; ``StateMoved`` where there is no key (any more).
    """
    possible_end(day, timezone.localdate())
    before = connection.key_expires_on
    with transaction.atomic():
        here = Connection.objects.filter(
            pk=connection.pk, status__in=IN_USE, key_fingerprint=connection.key_fingerprint, key_expires_on=before
        ).exclude(key_fingerprint="")
        if not here.update(key_expires_on=day):
            raise StateMoved(CHANGED_MEANWHILE)
        if before != day:
            detail = {"before": before.isoformat() if before else "", "ends_on": day.isoformat()}
            record(connection, ConnectionEvent.Kind.KEY_END, actor=actor, detail=detail)
    connection.refresh_from_db()
    return connection


def disconnect(connection: Connection, actor: User | None = None) -> Connection:
    """Remove the key at once; vouchers, history and the organization's name stay. A fetch that is under way stops.

    The provider's subscriptions are removed afterwards, as far as that works within some seconds.
    """
    if connection.status == Status.NONE:
        return connection
    with transaction.atomic():
        move(
            connection,
            Status.NONE,
            actor=actor,
            key_last_four="",
            key_fingerprint="",
            key_expires_on=None,
            provider_connection_id="",
            doubted_at=None,
            outages=0,
            success_seen=False,
            next_sync_at=None,
        )
        leaving = subscriptions.leave(connection)
        ConnectionSecret.objects.filter(connection=connection).delete()
        connection.runs.filter(state__in=[SyncRun.State.QUEUED, SyncRun.State.RUNNING]).update(
            state=SyncRun.State.FAILED, error="disconnected", finished_at=timezone.now()
        )
    leaving.remove()
    connection.refresh_from_db()
    return connection


def _still_well(connection: Connection, result: CheckResult, actor: User | None) -> None:
    """An active connection's key works. Where it was in doubt, the interrupted fetch goes on."""
    assert result.profile is not None  # noqa: S101 - a good result has a profile
    doubted = connection.doubted_at is not None
    with transaction.atomic():
        here = Connection.objects.filter(
            pk=connection.pk, status=Status.ACTIVE, key_fingerprint=connection.key_fingerprint
        )
        if not here.update(outages=0, doubted_at=None, provider_connection_id=result.profile.connection_id[:80]):
            return
        record(connection, ConnectionEvent.Kind.CHECK, actor=actor)
        if doubted:
            failures = failed_in_a_row(connection)
            if failures <= 1:
                enqueue(connection, SyncRun.Trigger.SCHEDULE)
            else:
                # The key works, and still fetches are rejected again and again: not in a circle of some minutes.
                here.update(next_sync_at=retry_at(connection.pk, timezone.now(), failures))
    connection.refresh_from_db()
