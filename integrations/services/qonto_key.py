"""Checking a key of Qonto: what somebody pasted, and one call for each permission."""

import re

from django.utils.translation import gettext_lazy as _

from integrations.providers.qonto.client import QontoApi
from integrations.providers.qonto.reading import STATUSES
from integrations.qonto import api_for_key
from integrations.services.key_check import LONGEST_KEY, CheckResult, UnusableKey, check

# Names that people copy along with the two values, and everything that is neither.
_HEADER = re.compile(r"^\W*authorization\s*[:=]", re.IGNORECASE)
_NAMES = re.compile(
    r"\b(?:log-?in|slug|identifier|kennung|organi[sz]ation"
    r"|(?:api[ _-]*)?(?:secret|geheimer)(?:[ _-]*(?:key|schl(?:ü|ue)ssel))?)\s*[:=]",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s:;,=\u200b-\u200f\u2060\ufeff\"'`„“”‚‘’<>]+")
_PART = re.compile(r"[A-Za-z0-9._~+/-]+")


def clean_key(text: str) -> str:
    """``login:secret`` from what somebody pasted: one after the other, in two lines, with their names, in quotes.

    ``UnusableKey`` where it is not exactly two values.
    """
    if not text.strip():
        raise UnusableKey(_("No API key was given."))
    named = _NAMES.sub(" ", _HEADER.sub(" ", text))
    parts = [part for part in _BETWEEN.split(named) if part]
    if len(parts) != 2 or not all(map(_PART.fullmatch, parts)) or len(text) > LONGEST_KEY:
        raise UnusableKey(_("Qonto shows two values: the login and the secret key. Enter both, one after the other."))
    return ":".join(parts)


def check_key(
    key: str, *, known_organization: str = "", may_change_to: str = "", expired: bool = False, twice: bool = False
) -> CheckResult:
    """Check a key, see ``check``: three calls for a good key, one for a bad."""
    return check(
        lambda organization_id: api_for_key(key),
        QontoApi.organization,
        _try_permissions,
        known_organization=known_organization,
        may_change_to=may_change_to,
        expired=expired,
        twice=twice,
    )


def _try_permissions(api: QontoApi) -> None:
    """Look at one transaction of one account."""
    account = next((account for account in api.organization().accounts if not account.external), None)
    if account is not None:
        api.transactions(account, statuses=STATUSES, size=1)
