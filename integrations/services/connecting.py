"""Connecting: a key is entered, checked at once, and kept if it is good; a bad one says why.

No request is sent inside a transaction. What the authorization server is asked stays little, whoever types.
"""

from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from integrations.lexware import fingerprint
from integrations.models import Connection, ConnectionEvent, ConnectionSecret, Reason, Status, SyncRun
from integrations.services import subscriptions
from integrations.services.connection_state import (
    REJECTED,
    ConnectProblem,
    log,
    move,
    note_outage,
    note_rejection,
    record,
    well,
)
from integrations.services.doubt import everybody_rejected, scaled
from integrations.services.key_check import CheckResult
from integrations.services.key_end import latest_end, possible_end
from integrations.services.organization_change import FROM_THE_BEGINNING, others_of_organization
from integrations.services.providers import check_saved, door_of
from integrations.services.sync_queue import enqueue

# A key that was just refused is not asked about again; the authorization server has a limit of its own, and who runs
# into it stays blocked (reference: authorisation server 2.4).
REFUSAL_REMEMBERED = timedelta(minutes=1)
MOST_REFUSALS = 10


class NotReachable(ConnectProblem):
    """The provider did not answer, so nothing is known about the key."""


class TooManyKeys(ConnectProblem):
    """So many keys were refused within a minute that the provider is not asked about another one now."""


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
    door = door_of(connection)
    key = door.clean_key(api_key)
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
    result = door.check_key(
        key,
        known_organization=_binding_organization(connection),
        may_change_to=may_change_to,
        expired=bool(ends and ends < today),
        twice=True,
    )
    log(connection, result)
    result = replace(result, detail={**result.detail, "key": name[:16]})
    if result.reason in REJECTED and everybody_rejected(timezone.now(), connection.provider):
        result = replace(result, reason="", outage=True)
    if result.outage:
        if note_outage(connection, result, actor=actor):
            return connection
        known_as = {"provider": connection.get_provider_display()}
        raise NotReachable(
            _("%(provider)s is not reachable at the moment. Please try again in a few minutes.") % known_as
        )
    if result.reason:
        return _refuse(connection, result, actor=actor, own=same_key)
    if ends is None and door.keys_end:
        ends = latest_end(today)
    with transaction.atomic():
        leaving = _accept(connection, key, result, ends, actor=actor)
        if sync:
            enqueue(connection, SyncRun.Trigger.CONNECT)
    if leaving is not None:
        leaving.remove()
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


def _accept(
    connection: Connection, key: str, result: CheckResult, ends: date | None, *, actor: User | None
) -> subscriptions.Leaving | None:
    """Keep the key and make the connection active; to be called in a transaction.

    After a move to another organization the answer is what is left to remove at the former one, after the commit.
    """
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
        **well(connection, result),
    )
    leaving = None
    if moved_on:
        leaving = replace(subscriptions.leave(connection), organization_id=former)
        door_of(connection).leave(connection)
    ConnectionSecret.objects.update_or_create(
        connection=connection, defaults={"api_key": key, "saved_at": timezone.now()}
    )
    return leaving


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
        saved = (
            replace(result, definite=False) if own else log(connection, check_saved(connection, timezone.localdate()))
        )
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


def _binding_organization(connection: Connection) -> str:
    """The organization a new key must belong to; none as long as nothing of it is here that could be mixed."""
    return connection.organization_id if door_of(connection).binds(connection) else ""
