"""What a feed of an organization must hold when it is complete, told for demos and tests."""

from __future__ import annotations

import hashlib
from typing import Any

from sandbox.qonto.model import Organization
from sandbox.world.calendar import german_day


def truth_of(organization: Organization) -> dict[str, Any]:
    """The accounts that can be read, each settled line with its German day, and the documents beside the lines.

    ``transactions``: ``key``, ``cents`` (signed), ``day``, ``account`` (IBAN). ``pending``: keys of what is announced.
    ``documents``: ``transaction`` (key) and ``sha256`` of the bytes.
    """
    accounts = [one for one in organization.accounts.values() if one.iban and not one.external]
    readable = [one for one in accounts if one.status != "closed"]
    rows = [(account, item) for account in readable for item in account.transactions.values()]
    return {
        "accounts": [account.iban for account in readable],
        "transactions": [
            {
                "key": item.key,
                "cents": item.cents,
                "day": german_day(item.settled).isoformat(),
                "account": account.iban,
            }
            for account, item in rows
            if item.settled
        ],
        "pending": [item.key for _, item in rows if item.status == "pending"],
        "documents": [
            {"transaction": item.key, "sha256": hashlib.sha256(organization.attachments[one].content).hexdigest()}
            for _, item in rows
            if item.settled
            for one in item.attachments
        ],
    }
