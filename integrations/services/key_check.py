"""Checking a key with its provider, whoever that is: what is asked, and what the answer says about the key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from django.utils import timezone

from integrations.models import Connection, ConnectionSecret, Reason
from integrations.providers.calls import CallRecord
from integrations.providers.errors import (
    KeyRejected,
    PermissionMissing,
    PlanWithoutApi,
    ProviderError,
    Unavailable,
)

LONGEST_KEY = 4096
# In place of an organization's id: whichever organization the key belongs to.
ANY_ORGANIZATION = "*"

Calls = list[tuple[datetime, CallRecord]]


class Profile(Protocol):
    """Whose key it is. ``connection_id`` is the provider's name for the link, empty where it has none."""

    @property
    def organization_id(self) -> str:
        """The provider's id of the organization."""

    @property
    def company_name(self) -> str:
        """Its name."""

    @property
    def connection_id(self) -> str:
        """The provider's name for the link."""


class Listened(Protocol):
    """A provider's client, as far as a check needs it."""

    on_call: Callable[[CallRecord], None] | None


ApiT = TypeVar("ApiT", bound=Listened)


class UnusableKey(ValueError):
    """What was typed in cannot be a key; the text says why."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found.

    ``reason``: why the key is refused, empty when it is good or when nothing is known. ``outage``: nothing is known,
    because the service did not answer as it should. ``definite``: whether ``reason`` is beyond doubt; a single 401 is
    not. ``detail`` is free of secrets. ``calls``: what was asked, for the log.
    """

    profile: Profile | None = None
    reason: str = ""
    outage: bool = False
    definite: bool = True
    request_id: str = ""
    detail: dict[str, str] = field(default_factory=dict)
    calls: Calls = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether the key may be used."""
        return not self.reason and not self.outage


def saved_key(connection: Connection) -> str | None:
    """The connection's API key, None where none is saved.

    ``InvalidToken`` where it was encrypted with a key that is not among ``FERNET_KEYS`` any more.
    """
    secret = ConnectionSecret.objects.filter(connection=connection).first()
    return secret.api_key if secret else None


def check(
    open_api: Callable[[str], ApiT],
    profile_of: Callable[[ApiT], Profile],
    try_permissions: Callable[[ApiT], None],
    *,
    known_organization: str = "",
    may_change_to: str = "",
    expired: bool = False,
    twice: bool = False,
) -> CheckResult:
    """Ask whose key it is, then make one cheap call for each permission.

    ``open_api``: the provider's client for the key, with the budget of this organization (empty while it is unknown).
    ``try_permissions`` raises what says something about the key or the service. ``known_organization``: the
    organization connected before; another one is refused unless it is ``may_change_to`` (an id, or
    ``ANY_ORGANIZATION``). ``expired``: the key's known end has passed, so that a rejection needs no other explanation.
    ``twice``: somebody waits for the answer, so that a rejected key is asked for once more at once; a second rejection
    is definite, a single one is not.
    """
    calls: Calls = []
    profile: Profile | None = None

    def listened_to(organization_id: str) -> ApiT:
        api = open_api(organization_id)
        api.on_call = lambda record: calls.append((timezone.now(), record))
        return api

    try:
        profile = _profile(profile_of, listened_to(known_organization), twice=twice)
        other = known_organization and profile.organization_id != known_organization
        if other and may_change_to not in (ANY_ORGANIZATION, profile.organization_id):
            detail = {"organization": profile.company_name, "organization_id": profile.organization_id}
            return CheckResult(profile, Reason.ORGANIZATION_CHANGED, detail=detail, calls=calls)
        api = listened_to(profile.organization_id)
        try:
            try_permissions(api)
        except KeyRejected:
            # It was accepted a moment ago: either it was revoked just now, or this is an outage.
            _profile(profile_of, api, twice=twice)
            raise Unavailable("accepted, then rejected, then accepted", status=401) from None
    except ProviderError as error:
        reason = reason_of(error, expired=expired)
        return CheckResult(
            profile,
            reason,
            outage=not reason,
            definite=twice or not isinstance(error, KeyRejected),
            request_id=error.request_id,
            detail=error_detail(error),
            calls=calls,
        )
    return CheckResult(profile, calls=calls)


def reason_of(error: ProviderError, *, expired: bool = False) -> str:
    """Why a connection fails after this error; empty where the error says nothing about the key."""
    if isinstance(error, KeyRejected):
        return Reason.KEY_EXPIRED if expired else Reason.KEY_REJECTED
    if isinstance(error, PlanWithoutApi):
        return Reason.PLAN_WITHOUT_API
    if isinstance(error, PermissionMissing):
        return Reason.PERMISSION_MISSING
    return ""


def error_detail(error: ProviderError) -> dict[str, str]:
    """What the timeline keeps of an error; the error itself is free of secrets."""
    return {
        "code": error.code,
        "status": str(error.status or ""),
        "path": error.path,
        "message": error.message[:300],
    }


def _profile(ask: Callable[[ApiT], Profile], api: ApiT, *, twice: bool) -> Profile:
    try:
        return ask(api)
    except KeyRejected:
        if not twice:
            raise
        return ask(api)
