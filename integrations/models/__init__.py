"""Connections, their timeline, fetches, the flight recorder, webhooks, statement files, support requests,
questions to clients."""

from integrations.models.connection import (
    AdviserAccess,
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
from integrations.models.question import ClientQuestion, QuestionFile
from integrations.models.recorder import CallEntry, SeenVoucher, VoucherChange
from integrations.models.statement import AccountStatement, StatementFile, TableMapping
from integrations.models.support import SupportMessage, SupportRequest
from integrations.models.sync import FetchWorker, RateBudget, SkippedRecord, SyncRun
from integrations.models.webhook import WebhookDelivery, WebhookSubscription

__all__ = [
    "AccountJudgement",
    "AccountStatement",
    "AdviserAccess",
    "CallEntry",
    "ClientQuestion",
    "Connection",
    "ConnectionEvent",
    "ConnectionSecret",
    "FeedAccount",
    "FetchWorker",
    "KeyReminder",
    "Provider",
    "QuestionFile",
    "RateBudget",
    "Reason",
    "SeenVoucher",
    "SkippedRecord",
    "StatementFile",
    "Status",
    "SupportMessage",
    "SupportRequest",
    "SyncRun",
    "TableMapping",
    "VoucherChange",
    "WebhookDelivery",
    "WebhookSubscription",
    "Webhooks",
]
