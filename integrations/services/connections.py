"""What people and schedules do to connections: begin, connect, check, renew, disconnect.

Every change names the state it starts from; whoever comes second changes nothing. No request is sent inside a
transaction.
"""

from dataclasses import replace
from datetime import date, timedelta
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
from integrations.services import subscriptions
from integrations.services.connection_state import (
    CHANGED_MEANWHILE,
    IN_USE,
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
)
from integrations.services.doubt import everybody_rejected, scaled
from integrations.services.key_check import (
    ANY_ORGANIZATION,
    CheckResult,
    UnusableKey,
    check_key,
    check_saved,
    clean_key,
)
from integrations.services.key_end import WrongEnd, latest_end, possible_end
from integrations.services.organization_change import (
    FROM_THE_BEGINNING,
    leave_organization,
    others_of_organization,
)
from integrations.services.sync_queue import enqueue
from integrations.services.sync_times import next_morning, retry_at

# A key that was just refused is not asked about again; the authorization server has a limit of its own, and who runs
# into it stays blocked (reference: authorisation server 2.4).
REFUSAL_REMEMBERED = timedelta(minutes=1)
MOST_REFUSALS = 10
REJECTED = (Reason.KEY_REJECTED, Reason.KEY_EXPIRED)

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


class NotReachable(ConnectProblem):
    """Lexware Office did not answer, so nothing is known about the key."""


class TooManyKeys(ConnectProblem):
    """So many keys were refused within a minute that Lexware Office is not asked about another one now."""


class OldKeyKept(ConnectProblem):
    """The new key was refused for ``reason``; the connection stays active with its old one.

    ``in_doubt``: the old one was rejected as well, which is looked at again in some minutes before it is believed.
    """

    def __init__(self, reason: str, *, in_doubt: bool = False) -> None:
        super().__init__(
            _("The new API key was not accepted. Whether the old one still works is being looked into.")
            if in_doubt
            else _("The new API key was not accepted. The connection keeps working with the old one.")
        )
        self.reason = reason
        self.in_doubt = in_doubt


def get_or_create(client: Client) -> Connection:
    """The client's connection to Lexware Office; one in state none where there is none yet."""
    return Connection.objects.get_or_create(client=client, provider=Provider.LEXWARE)[0]


def begin(client: Client, actor: User | None = None) -> Connection:
    """The client starts to connect: none becomes activate. In every other state nothing changes."""
    connection = get_or_create(client)
    if connection.status == Status.NONE:
        move(connection, Status.ACTIVATE, actor=actor)
    return connection


def connect(
    connection: Connection,
    api_key: str,
    *,
    actor: User | None = None,
    sync: bool = True,
    key_expires_on: date | None = None,
    may_change_to: str = "",
) -> Connection:
    """Check a key and, if it is good, keep it encrypted and make the connection active.

    A refused key makes the connection failed with the reason, and is not kept; an old key stays. ``key_expires_on``:
    the last day of the key; without it 24 months from today are proposed, the longest life there is (reference: keys
    1.3). ``may_change_to``: the id of the organization that somebody has confirmed to have moved to, or
    ``ANY_ORGANIZATION``; a key of another organization than before is refused without it. With ``sync`` the first
    fetch is queued together with the change.

    ``UnusableKey``: nothing that could be a key was given. ``WrongEnd``: a key cannot end that late. ``NotReachable``:
    the service did not answer; the state stays as it was, until the third time in a row. ``OldKeyKept``: the
    connection is active and stays so. ``TooManyKeys``: too many refused ones within a minute. ``StateMoved``: somebody
    else was faster.
    """
    key = clean_key(api_key)
    today = timezone.localdate()
    if key_expires_on is not None and key_expires_on > latest_end(today):
        possible_end(key_expires_on, today)
    if connection.status == Status.NONE:
        move(connection, Status.ACTIVATE, actor=actor)
    name = fingerprint(key)
    same_key = bool(connection.key_fingerprint) and connection.key_fingerprint == name
    ends = key_expires_on or (connection.key_expires_on if same_key else None)
    remembered = _remembered(connection, name)
    if remembered and not (may_change_to and remembered.reason == Reason.ORGANIZATION_CHANGED):
        return _refuse(connection, remembered, actor=actor, own=same_key, again=True)
    result = check_key(
        key,
        known_organization=_binding_organization(connection),
        may_change_to=may_change_to,
        expired=bool(ends and ends < today),
        twice=True,
    )
    log(connection, result)
    result = replace(result, detail={**result.detail, "key": name[:16]})
    if result.reason in REJECTED and everybody_rejected(timezone.now()):
        result = replace(result, reason="", outage=True)
    if result.outage:
        if note_outage(connection, result, actor=actor):
            return connection
        raise NotReachable(_("Lexware Office is not reachable at the moment. Please try again in a few minutes."))
    if result.reason:
        return _refuse(connection, result, actor=actor, own=same_key)
    with transaction.atomic():
        _accept(connection, key, result, ends or latest_end(today), actor=actor)
        if sync:
            enqueue(connection, SyncRun.Trigger.CONNECT)
    return connection


def check(connection: Connection) -> CheckResult:
    """Ask Lexware Office about the saved key, without changing anything but the log of calls."""
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
            move(connection, Status.ACTIVE, actor=actor, **_well(connection, result))
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


def _remembered(connection: Connection, name: str) -> CheckResult | None:
    """Why this key was refused a moment ago, if it was. ``TooManyKeys`` where many were."""
    since = timezone.now() - scaled(REFUSAL_REMEMBERED)
    refused = connection.events.filter(at__gte=since, detail__has_key="key")
    refused = refused.exclude(reason__in=["", Reason.UNREACHABLE])
    events = list(refused.order_by("-at", "-pk")[:MOST_REFUSALS])
    found = next((event for event in events if event.detail.get("key") == name[:16]), None)
    if found:
        return CheckResult(reason=found.reason, request_id=found.request_id, detail=dict(found.detail))
    if len(events) == MOST_REFUSALS:
        raise TooManyKeys(_("Too many keys were refused within a minute. Please wait a minute, then try again."))
    return None


def _accept(connection: Connection, key: str, result: CheckResult, ends: date, *, actor: User | None) -> None:
    """Keep the key and make the connection active; to be called in a transaction."""
    assert result.profile is not None  # noqa: S101 - a good result has a profile
    renewed = connection.status == Status.ACTIVE
    former = connection.organization_id
    moved_on = bool(former) and former != result.profile.organization_id
    detail = {}
    if moved_on:
        detail = {"former": connection.organization_name, "organization": result.profile.company_name}
    if shared := others_of_organization(connection, result.profile.organization_id):
        detail["also_connected"] = str(len(shared))
    move(
        connection,
        Status.ACTIVE,
        actor=actor,
        kind=ConnectionEvent.Kind.CHECK if renewed else ConnectionEvent.Kind.STATUS,
        detail=detail,
        key_last_four=key[-4:],
        key_fingerprint=fingerprint(key),
        key_expires_on=ends,
        success_seen=connection.success_seen and renewed,
        **(FROM_THE_BEGINNING if moved_on else {}),
        **_well(connection, result),
    )
    ConnectionSecret.objects.update_or_create(
        connection=connection, defaults={"api_key": key, "saved_at": timezone.now()}
    )
    if moved_on:
        leave_organization(connection)


def _refuse(
    connection: Connection, result: CheckResult, *, actor: User | None, own: bool, again: bool = False
) -> Connection:
    """A key was refused at the form. An active connection fails only if its own key does not work either.

    ``own``: it is the saved key. ``again``: it was refused a moment ago, and nobody was asked now.
    """
    if result.reason == Reason.ORGANIZATION_CHANGED:
        result = replace(result, detail={**result.detail, "connected": connection.organization_name})
    if connection.status == Status.ACTIVE:
        if again:
            raise OldKeyKept(result.reason, in_doubt=connection.doubted_at is not None)
        saved = replace(result, definite=False) if own else check(connection)
        if saved.reason in REJECTED and not saved.definite:
            record(connection, ConnectionEvent.Kind.CHECK, result.reason, result, actor)
            if not note_rejection(connection, saved, actor=actor):
                raise OldKeyKept(result.reason, in_doubt=True)
            return connection
        if not saved.reason:
            record(connection, ConnectionEvent.Kind.CHECK, result.reason, result, actor)
            raise OldKeyKept(result.reason)
    if connection.status == Status.FAILED:
        if not again:
            record(connection, ConnectionEvent.Kind.CHECK, result.reason, result, actor)
        if connection.reason == result.reason:
            return connection
    move(connection, Status.FAILED, result.reason, result, actor=actor)
    return connection


def _well(connection: Connection, result: CheckResult) -> dict[str, Any]:
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


def _binding_organization(connection: Connection) -> str:
    """The organization a new key must belong to; none as long as nothing of it is here that could be mixed."""
    return connection.organization_id if connection.client.vouchers.exists() else ""
