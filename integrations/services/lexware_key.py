"""Checking an API key of Lexware Office: what somebody pasted, and one call for each permission."""

import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from integrations.lexware import api_for_key
from integrations.providers.errors import (
    KeyRejected,
    PermissionMissing,
    PlanWithoutApi,
    ProviderError,
    RateLimited,
    Unavailable,
)
from integrations.providers.lexware.client import BOOKKEEPING_TYPES, SALES_PATHS, LexwareApi
from integrations.services.key_check import LONGEST_KEY, CheckResult, UnusableKey, check
from vouchers.models import VoucherType

T = TypeVar("T")

# Documents that are read in one place, and so with one permission.
KINDS: tuple[tuple[str, ...], ...] = (BOOKKEEPING_TYPES, *((kind,) for kind in SALES_PATHS))
NOWHERE = "00000000-0000-4000-8000-000000000000"
# One page with enough rows to find a voucher and a sales document in it; costs what a page of one row costs.
SAMPLE_SIZE = 25


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


def check_key(
    key: str, *, known_organization: str = "", may_change_to: str = "", expired: bool = False, twice: bool = False
) -> CheckResult:
    """Check a key, see ``check``: eight calls for a good key, one for a bad. Missing features refuse nothing."""
    return check(
        lambda organization_id: api_for_key(key, organization_id=organization_id),
        LexwareApi.profile,
        _try_permissions,
        known_organization=known_organization,
        may_change_to=may_change_to,
        expired=expired,
        twice=twice,
    )


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
