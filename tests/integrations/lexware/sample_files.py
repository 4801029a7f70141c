"""Which of other people's sample files this client reads, and why it leaves the others."""

import fnmatch
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import simplejson

from integrations.providers import errors

ID = "9d0b5a3e-0f0f-4b0e-8d55-2f3a5cc0a111"

PROFILES = ("vendor-docs-2021/profile-*.json", "pirabyte-*/profile/*.json")
PINGS = ("vendor-docs-2021/samples-accessing-*.json",)
PAGES = ("vendor-docs-2021/voucherlist-*.json", "vendor-docs-2025/voucherlist-page.json")
ROWS = ("measured-benethos/voucherlist-row-*.json",)
VOUCHERS = (
    "vendor-docs-2021/vouchers-retrieve-a-voucher.json",
    "vendor-docs-2021/vouchers-voucher-properties.json",
    "vendor-docs-2025/voucher-*.json",
    "measured-benethos/voucher-unchecked-*.json",
    "pirabyte-*/vouchers/1_*.json",
)
# A page of whole vouchers; each of them is what the client reads one by one.
VOUCHER_PAGES = ("vendor-docs-2021/vouchers-filtering-*.json", "pirabyte-*/vouchers/2_*.json")
SALES = {
    "invoice": ("vendor-docs-2021/invoices-retrieve-*.json", "vendor-docs-2021/invoices-invoices-*.json"),
    "creditnote": ("vendor-docs-2021/credit-notes-retrieve-*.json", "vendor-docs-2021/credit-notes-credit-*.json"),
    "downpaymentinvoice": ("vendor-docs-2021/down-payment-*.json",),
}
PAYMENTS = ("vendor-docs-2021/payments-*.json", "vendor-docs-2025/payments-*.json")
RECORDED = ("recorded-2023-*/get_invoices_id_*.json", "recorded-2023-*/get_files_id_*.json")
ERRORS: dict[str, tuple[int, type[errors.ProviderError]]] = {
    "vendor-docs-2021/error-codes-*.json": (406, errors.RequestRefused),
    "vendor-docs-2025/error-*.json": (406, errors.RequestRefused),
    "measured-benethos/error-article-*.json": (406, errors.RequestRefused),
    "measured-benethos/error-upload-*.json": (400, errors.RequestRefused),
    "measured-benethos/error-draft-file-*.json": (409, errors.NotDownloadable),
    "measured-zierhut/error-contact-*.json": (406, errors.RequestRefused),
    "measured-zierhut/error-rate-limit-*.json": (429, errors.RateLimited),
    "pirabyte-*/exceptions/*.json": (401, errors.KeyRejected),
    "recorded-2023-*/get_contacts_id_401_*.json": (401, errors.KeyRejected),
    "recorded-2023-*/post_invoices_401_*.json": (401, errors.KeyRejected),
}
GATEWAY = ("vendor-docs-2025/gateway-errors.json",)
SHAPES = ("measured-benethos/live-response-shapes-*.json", "measured-zierhut/key-lists-*.json")
NOT_ASKED_FOR = {
    "contacts": ("*/contacts-*.json", "pirabyte-*/contacts/*", "recorded-2023-*/get_contacts_id_200_*"),
    "schemas of contacts": ("openintegrationhub/*",),
    "articles": ("*/article.json",),
    "other sales documents": ("*/quotations-*", "*/order-confirmations-*", "*/delivery-notes-*", "*/dunnings-*"),
    "recurring templates": ("*/recurring-templates-*",),
    "reference data": ("*/countries-*", "*/payment-conditions-*", "*/*posting-categories*", "*/print-layouts.json"),
    "webhooks": ("*/event-subscriptions-*", "*/webhook-callback-payload.json", "webhook-public-key.pem"),
    "the deprecated way to a document's file": (
        "*/invoices-render-*",
        "*/credit-notes-render-*",
    ),
    "answers to writing": (
        "*/*-create-*",
        "*/files-upload-*",
        "*/voucher-action-result-*",
        "recorded-2023-*/post_invoices_201_*",
    ),
    "the interface for partners": (
        "pirabyte-*/finance-accounts/*",
        "pirabyte-*/financial-transactions/*",
        "pirabyte-*/partner-integrations/*",
        "pirabyte-*/voucher-assignments/*",
    ),
    "requests": ("postman/*",),
    "about the samples": ("README.md",),
}


def matching(folder: Path, patterns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The files of each pattern, with their text; a pattern without a file is an error of this test."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    for pattern in patterns:
        found = fnmatch.filter(names, pattern)
        assert found, f"{pattern} names no file"
        for name in found:
            yield name, (folder / name).read_text()


def loads(text: str) -> Any:
    return simplejson.loads(text, use_decimal=True)
