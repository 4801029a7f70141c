"""Connections, their timeline, fetches, the flight recorder, webhooks, statement files, support requests."""

from integrations.models.connection import (
    Connection,
    ConnectionEvent,
    ConnectionSecret,
    Provider,
    Reason,
    Status,
    Webhooks,
)
from integrations.models.feed import FeedAccount
from integrations.models.judgement import AccountJudgement
from integrations.models.key_life import KeyReminder
from integrations.models.recorder import CallEntry, SeenVoucher, VoucherChange
from integrations.models.statement import AccountStatement, StatementFile, TableMapping
from integrations.models.support import SupportRequest
from integrations.models.sync import FetchWorker, RateBudget, SkippedRecord, SyncRun
from integrations.models.webhook import WebhookDelivery, WebhookSubscription

__all__ = [
    "AccountJudgement",
    "AccountStatement",
    "CallEntry",
    "Connection",
    "ConnectionEvent",
    "ConnectionSecret",
    "FeedAccount",
    "FetchWorker",
    "KeyReminder",
    "Provider",
    "RateBudget",
    "Reason",
    "SeenVoucher",
    "SkippedRecord",
    "StatementFile",
    "Status",
    "SupportRequest",
    "SyncRun",
    "TableMapping",
    "VoucherChange",
    "WebhookDelivery",
    "WebhookSubscription",
    "Webhooks",
]
