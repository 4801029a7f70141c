"""The table of routes of the service. A new resource adds its module here."""

from __future__ import annotations

from sandbox.http import Router
from sandbox.resources import (
    account,
    articles,
    contacts,
    downloads,
    event_subscriptions,
    payments,
    recurring_templates,
    reference_data,
    sales_documents,
    sales_writing,
    uploads,
    voucher_writing,
    voucherlist,
    vouchers,
)

MODULES = (
    account,
    voucherlist,
    voucher_writing,
    vouchers,
    sales_documents,
    sales_writing,
    uploads,
    payments,
    downloads,
    event_subscriptions,
    articles,
    contacts,
    recurring_templates,
    reference_data,
)
SERVICE = Router(route for module in MODULES for route in module.ROUTES)
