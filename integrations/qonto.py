"""Where the Qonto client meets this application: keys, budget and settings."""

import requests
from django.conf import settings

from integrations.models import Connection
from integrations.providers.pace import Clock
from integrations.providers.qonto.client import INTERVAL, QontoApi
from integrations.rate_budget import DatabaseBudget

# The limit counts by the address that calls, so that all organizations have one budget (reference: Qonto 5.6).
BUDGET = "qonto"


def api_for(connection: Connection, *, clock: Clock | None = None, session: requests.Session | None = None) -> QontoApi:
    """Return the client for a connection's saved key; ``ConnectionSecret.DoesNotExist`` when none is saved."""
    return api_for_key(connection.secret.api_key, clock=clock, session=session)


def api_for_key(key: str, *, clock: Clock | None = None, session: requests.Session | None = None) -> QontoApi:
    """Return the client for ``login:secret``. A sandbox is accelerated like the one of Lexware Office beside it."""
    return QontoApi(
        key,
        base_url=settings.QONTO_API_URL,
        budget=DatabaseBudget(BUDGET, interval=INTERVAL),
        clock=clock,
        session=session,
        time_scale=settings.LEXWARE_TIME_SCALE,
    )
