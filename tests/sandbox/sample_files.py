"""Which of other people's sample files the sandbox is compared with, and why it leaves the others."""

from __future__ import annotations

# Single answers, by the kind of answer.
DOCUMENTED = {
    "vendor-docs-2025/article.json": "articles",
    "vendor-docs-2021/contacts-retrieve-a-contact.json": "contacts",
    "vendor-docs-2021/contacts-contact-properties*.json": "contacts",
    "vendor-docs-2021/credit-notes-retrieve-*.json": "credit-notes",
    "vendor-docs-2021/credit-notes-credit-*.json": "credit-notes",
    "vendor-docs-2021/delivery-notes-retrieve-*.json": "delivery-notes",
    "vendor-docs-2021/delivery-notes-delivery-*.json": "delivery-notes",
    "vendor-docs-2021/down-payment-invoices-*.json": "down-payment-invoices",
    "vendor-docs-2021/dunnings-retrieve-*.json": "dunnings",
    "vendor-docs-2021/dunnings-dunnings-*.json": "dunnings",
    "vendor-docs-2021/invoices-retrieve-*.json": "invoices",
    "vendor-docs-2021/invoices-invoices-*.json": "invoices",
    "vendor-docs-2021/order-confirmations-retrieve-*.json": "order-confirmations",
    "vendor-docs-2021/order-confirmations-order-*.json": "order-confirmations",
    "vendor-docs-2021/quotations-retrieve-*.json": "quotations",
    "vendor-docs-2021/quotations-quotations-*.json": "quotations",
    "vendor-docs-2021/recurring-templates-recurring-*.json": "recurring-templates",
    "vendor-docs-2021/vouchers-retrieve-*.json": "vouchers",
    "vendor-docs-2021/vouchers-voucher-*.json": "vouchers",
    "vendor-docs-2025/voucher-three-*.json": "vouchers",
    "pirabyte-*/vouchers/1_*.json": "vouchers",
    "vendor-docs-202[15]/payments-*.json": "payments",
    "vendor-docs-2021/event-subscriptions-event-*.json": "event-subscriptions",
    "vendor-docs-2021/event-subscriptions-retrieve-an-*.json": "event-subscriptions",
}
# Lists and what there is one of, by the call that answers so.
LISTS = {
    "vendor-docs-202[15]/voucherlist-*.json": "/v1/voucherlist",
    "vendor-docs-2021/contacts-filtering-*.json": "/v1/contacts",
    "vendor-docs-2021/vouchers-filtering-*.json": "/v1/vouchers",
    "pirabyte-*/vouchers/2_*.json": "/v1/vouchers",
    "vendor-docs-2025/recurring-templates-page.json": "/v1/recurring-templates",
    "vendor-docs-2021/recurring-templates-retrieve-all-*.json": "/v1/recurring-templates",
    "vendor-docs-2021/event-subscriptions-retrieve-all-*.json": "/v1/event-subscriptions",
    "vendor-docs-2021/countries-*.json": "/v1/countries",
    "vendor-docs-2021/payment-conditions-*.json": "/v1/payment-conditions",
    "vendor-docs-2021/posting-categories-*.json": "/v1/posting-categories",
    "pirabyte-*/posting-categories/*.json": "/v1/posting-categories",
    "vendor-docs-2025/print-layouts.json": "/v1/print-layouts",
    "vendor-docs-2021/profile-*.json": "/v1/profile",
    "pirabyte-*/profile/*.json": "/v1/profile",
    "vendor-docs-2021/samples-accessing-*.json": "/v1/ping",
}
CREATED = ("vendor-docs-2021/*-create-*.json",)
UPLOADED = ("vendor-docs-202[15]/files-upload-*.json",)
RENDERED = ("vendor-docs-2021/*-render-*.json",)
ERRORS = (
    "vendor-docs-202[15]/error-*.json",
    "vendor-docs-2025/gateway-errors.json",
    "pirabyte-*/exceptions/*.json",
    "measured-benethos/error-*.json",
    "measured-zierhut/error-*.json",
)
MEASURED = ("measured-*/*.json", "recorded-2023-*/*.json")
REQUESTS = ("postman/*.json",)
LEFT: dict[str, tuple[str, ...]] = {
    "interfaces for partners, which private keys cannot use": (
        "pirabyte-*/finance-accounts/*",
        "pirabyte-*/financial-transactions/*",
        "pirabyte-*/partner-integrations/*",
        "pirabyte-*/voucher-assignments/*",
    ),
    "partly invented by the author of a client": ("pirabyte-*/contacts/*",),
    "schemas of another program's messages": ("openintegrationhub/*",),
    "no answers of the service": ("README.md", "webhook-public-key.pem", "*/*webhook-callback*.json"),
}
# What the documentation prints and the sandbox never answers: the live service was not seen to do so, or nobody can
# write it through the service and no company of the demo world has it.
LACKING: dict[str, tuple[str, ...]] = {
    "/v1/profile": ("features[]", "subscriptionStatus"),
    "dunnings": ("files.documentFileId",),
    "down-payment-invoices": ("address.supplement", "paymentConditions.paymentDiscountConditions.*"),
    "recurring-templates": (
        "address.supplement",
        "lineItems[[][]].description",
        "lineItems[[][]].id",
        "paymentConditions.paymentDiscountConditions.*",
    ),
    "/v1/recurring-templates": ("content[[][]].paymentConditions.paymentDiscountConditions.*",),
}
