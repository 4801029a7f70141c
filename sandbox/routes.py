"""The table of routes of the service. A new resource adds its module here."""

from __future__ import annotations

from sandbox.http import Router
from sandbox.resources import account, downloads, event_subscriptions, payments, sales_documents, voucherlist, vouchers

SERVICE = Router(
    route
    for module in (account, voucherlist, vouchers, sales_documents, payments, downloads, event_subscriptions)
    for route in module.ROUTES
)
