"""After a run of the engine: drafts of external transactions, by what the client's accounts cover."""

import logging
from typing import Any

from accounts.models import Client
from integrations.services.coverage import coverage_of
from matching.services.external_drafts import draft_missing
from matching.services.payouts import link_payouts

logger = logging.getLogger(__name__)


def draft_external(client: Client) -> int:
    """Bring the drafts of a client in line with vouchers, matches and statements; answers how many changed."""
    return draft_missing(client, coverage_of(client))


def after_matching(sender: Any, *, client: Client, **_: Any) -> None:
    """Follow a run of the engine: new lines may be payouts, or show what was thought external.

    What goes wrong is told to us; the run itself stands.
    """
    try:
        link_payouts(client)
        draft_external(client)
    except Exception:
        logger.exception("Payouts or drafts of external transactions of client %s were not looked for.", client.pk)
