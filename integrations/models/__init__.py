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
from integrations.models.key_life import KeyReminder
from integrations.models.recorder import CallEntry, SeenVoucher, VoucherChange
from integrations.models.statement import StatementFile
from integrations.models.support import SupportRequest
from integrations.models.sync import FetchWorker, RateBudget, SkippedRecord, SyncRun
from integrations.models.webhook import WebhookDelivery, WebhookSubscription

__all__ = [
    "CallEntry",
    "Connection",
    "ConnectionEvent",
    "ConnectionSecret",
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
    "VoucherChange",
    "WebhookDelivery",
    "WebhookSubscription",
    "Webhooks",
]
