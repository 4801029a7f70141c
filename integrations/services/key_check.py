"""Whether an API key is good for what Kontor needs: the organization behind it and every permission."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from cryptography.fernet import InvalidToken
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.lexware import api_for_key
from integrations.models import Connection, ConnectionSecret, Reason
from integrations.providers.calls import CallRecord
from integrations.providers.errors import (
    KeyRejected,
    PermissionMissing,
    PlanWithoutApi,
    ProviderError,
    RateLimited,
    Unavailable,
)
from integrations.providers.lexware.client import BOOKKEEPING_TYPES, SALES_PATHS, LexwareApi
from integrations.providers.lexware.types import Profile
from vouchers.models import VoucherType

T = TypeVar("T")

# Documents that are read in one place, and so with one permission.
KINDS: tuple[tuple[str, ...], ...] = (BOOKKEEPING_TYPES, *((kind,) for kind in SALES_PATHS))
NOWHERE = "00000000-0000-4000-8000-000000000000"
LONGEST_KEY = 4096
# One page with enough rows to find a voucher and a sales document in it; costs what a page of one row costs.
SAMPLE_SIZE = 25
# In place of an organization's id: whichever organization the key belongs to.
ANY_ORGANIZATION = "*"

Calls = list[tuple[datetime, CallRecord]]


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


def clean_key(text: str) -> str:
    """The key in what somebody pasted: without blanks, line breaks, quotes and a leading "Bearer".

    ``UnusableKey`` where nothing is left, or something that cannot be sent in a header.
    """
    key = re.sub(
        r"[\s\u200b-\u200f\u2060\ufeff]+",
        "",
        re.sub(r"^\W*(authorization\s*:\s*)?bearer[\s:]+", "", text, flags=re.IGNORECASE),
    )
    key = key.strip("\"'`„“”‚‘’<>")
    if not key:
        raise UnusableKey(_("No API key was given."))
    if not key.isascii() or not key.isprintable() or len(key) > LONGEST_KEY:
        raise UnusableKey(_("This is not an API key of Lexware Office. Copy it again, nothing before or after it."))
    return key


def saved_key(connection: Connection) -> str | None:
    """The connection's API key, None where none is saved.

    ``InvalidToken`` where it was encrypted with a key that is not among ``FERNET_KEYS`` any more.
    """
    secret = ConnectionSecret.objects.filter(connection=connection).first()
    return secret.api_key if secret else None


def check_saved(connection: Connection, today: date, *, twice: bool = False) -> CheckResult:
    """Check the saved key. A missing key, or one that cannot be decrypted any more, counts as rejected."""
    try:
        key = saved_key(connection)
    except InvalidToken:
        return CheckResult(reason=Reason.KEY_REJECTED, detail={"code": "key_not_decryptable"})
    if key is None:
        return CheckResult(reason=Reason.KEY_REJECTED, detail={"code": "no_key_saved"})
    expired = connection.key_expires_on is not None and connection.key_expires_on < today
    return check_key(key, known_organization=connection.organization_id, expired=expired, twice=twice)


def check_key(
    key: str, *, known_organization: str = "", may_change_to: str = "", expired: bool = False, twice: bool = False
) -> CheckResult:
    """Ask for the profile, then make one cheap call for each permission: eight calls for a good key, one for a bad.

    ``known_organization``: the organization connected before; another one is refused unless it is ``may_change_to``
    (an id, or ``ANY_ORGANIZATION``). ``expired``: the key's known end has passed, so that a rejection needs no other
    explanation. ``twice``: somebody waits for the answer, so that a rejected key is asked for once more at once; a
    second rejection is definite, a single one is not. Missing business features refuse nothing.
    """
    calls: Calls = []
    profile: Profile | None = None
    try:
        api = _listened_to(key, known_organization, calls)
        profile = _profile(api, twice=twice)
        other = known_organization and profile.organization_id != known_organization
        if other and may_change_to not in (ANY_ORGANIZATION, profile.organization_id):
            detail = {"organization": profile.company_name, "organization_id": profile.organization_id}
            return CheckResult(profile, Reason.ORGANIZATION_CHANGED, detail=detail, calls=calls)
        api = _listened_to(key, profile.organization_id, calls)
        try:
            _try_permissions(api)
        except KeyRejected:
            # It was accepted a moment ago: either it was revoked just now, or this is an outage.
            _profile(api, twice=twice)
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


def _listened_to(key: str, organization_id: str, calls: Calls) -> LexwareApi:
    api = api_for_key(key, organization_id=organization_id)
    api.on_call = lambda record: calls.append((timezone.now(), record))
    return api


def _profile(api: LexwareApi, *, twice: bool) -> Profile:
    try:
        return api.profile()
    except KeyRejected:
        if not twice:
            raise
        return api.profile()


def _try_permissions(api: LexwareApi) -> None:
    """One call for each permission: the list, payments, every kind of document, files.

    Where the list shows nothing to ask for, an id that exists nowhere is asked for: "not found" comes only to those who
    may look. Raises what says something about the key or the service.
    """
    pages = api.voucherlist(types=list(VoucherType.values), statuses=["any"], sort="updatedDate,DESC", size=SAMPLE_SIZE)
    rows = next(iter(pages)).rows
    _attempt(partial(api.payments, rows[0].id if rows else NOWHERE))
    receipts: list[str] = []
    for types in KINDS:
        row = next((row for row in rows if row.type in types), None)
        document = _attempt(partial(api.document, row.type if row else types[0], row.id if row else NOWHERE))
        if document and types is BOOKKEEPING_TYPES:
            receipts.extend(document.file_ids)
    _attempt(partial(api.file, receipts[0] if receipts else NOWHERE))


def _attempt(call: Callable[[], T]) -> T | None:
    """Make a call; what concerns one record alone is no answer, and no problem."""
    try:
        return call()
    except (KeyRejected, PlanWithoutApi, PermissionMissing, RateLimited, Unavailable):
        raise
    except ProviderError:
        return None
