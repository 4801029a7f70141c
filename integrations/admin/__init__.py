"""Connections, fetches, bank statements and support requests in the admin, and what a client's page says of them."""

from integrations.admin import (
    bank_accounts,
    clients,
    connections,
    payout_reports,
    questions,
    rates,
    recorder,
    runs,
    statements,
    support,
)

__all__ = [
    "bank_accounts",
    "clients",
    "connections",
    "payout_reports",
    "questions",
    "rates",
    "recorder",
    "runs",
    "statements",
    "support",
]
