"""Where the Lexware Office client meets this application: keys, budgets and settings."""

import requests
from django.conf import settings
from django.utils.crypto import salted_hmac

from integrations.models import Connection
from integrations.providers.lexware.client import LexwareApi
from integrations.providers.pace import Clock
from integrations.rate_budget import DatabaseBudget


def fingerprint(api_key: str) -> str:
    """Return 64 hexadecimal digits that name a key without giving it away; the same key, the same digits."""
    return salted_hmac("integrations.lexware.key", api_key.strip(), algorithm="sha256").hexdigest()


def api_for(
    connection: Connection,
    *,
    patience: float | None = None,
    clock: Clock | None = None,
    session: requests.Session | None = None,
) -> LexwareApi:
    """Return the client for a connection's saved key; ``ConnectionSecret.DoesNotExist`` when none is saved.

    ``clock`` and ``session`` let whoever works on many connections at once decide how to wait and which line to use.
    """
    key = connection.secret.api_key
    return api_for_key(key, organization_id=connection.organization_id, patience=patience, clock=clock, session=session)


def api_for_key(
    api_key: str,
    *,
    organization_id: str = "",
    patience: float | None = None,
    repeats: bool = True,
    clock: Clock | None = None,
    session: requests.Session | None = None,
) -> LexwareApi:
    """Return the client for a key.

    The budget belongs to the organization (reference: rate limit 2.1). While the organization is unknown, the key has
    a budget of its own: ask for its profile, then come back with the organization's id. ``patience``: where somebody
    sits and waits, the seconds after which a call gives up its place in the queue (``RateLimited``). Without
    ``repeats`` the first failure of a call is its last, and silence is one after seconds.
    """
    budget = DatabaseBudget(organization_id or f"key:{fingerprint(api_key)}")
    if patience is not None:
        budget.longest_wait = patience / settings.LEXWARE_TIME_SCALE
    return LexwareApi(
        api_key,
        base_url=settings.LEXWARE_API_URL,
        budget=budget,
        clock=clock,
        session=session,
        time_scale=settings.LEXWARE_TIME_SCALE,
        repeats=repeats,
    )
