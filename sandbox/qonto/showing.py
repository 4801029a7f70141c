"""The JSON of accounts, transactions, attachments and errors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sandbox.http import Answer, Response, json_response
from sandbox.qonto.model import Account, Attachment, Organization, Transaction


def moment(value: datetime | None) -> str | None:
    """Write a moment as the service does: UTC, thousandths of a second."""
    if value is None:
        return None
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def euros(cents: int | None) -> float | None:
    """Write cents as the number beside them."""
    return None if cents is None else cents / 100


def account(item: Account, now: datetime) -> dict[str, Any]:
    """An account as the organization shows it; external ones have no numbers of their own."""
    return {
        "id": item.id,
        "slug": item.slug,
        "name": item.name,
        "iban": "" if item.external and not item.iban else item.iban,
        "bic": "" if item.external else item.bic,
        "currency": item.currency,
        "balance": euros(item.balance),
        "balance_cents": item.balance,
        "authorized_balance": euros(item.balance),
        "authorized_balance_cents": item.balance,
        "status": item.status,
        "main": item.main,
        "is_external_account": item.external,
        "updated_at": moment(now),
    }


def organization(item: Organization, now: datetime) -> dict[str, Any]:
    """An organization with its accounts."""
    return {
        "organization": {
            "id": item.id,
            "slug": item.slug,
            "name": item.name,
            "legal_name": item.name,
            "legal_country": "DE",
            "legal_form": "GmbH",
            "locale": "de",
            "bank_accounts": [account(one, now) for one in item.accounts.values()],
        }
    }


def transaction(item: Transaction, owner: Account, office: Organization, *, attachments: bool) -> dict[str, Any]:
    """A transaction; ``attachments``: with the documents beside it."""
    local = item.local_cents if item.local_cents is not None else abs(item.cents)
    party = {
        "counterparty_account_number": item.counterparty_iban or None,
        "counterparty_account_number_format": "IBAN",
        "counterparty_bank_identifier": None,
        "counterparty_bank_identifier_format": "SWIFT_BIC",
    }
    shown: dict[str, Any] = {
        "id": item.id,
        "transaction_id": item.key,
        "bank_account_id": owner.id,
        "amount": euros(abs(item.cents)),
        "amount_cents": abs(item.cents),
        "side": "debit" if item.cents < 0 else "credit",
        "currency": owner.currency,
        "local_amount": euros(local),
        "local_amount_cents": local,
        "local_currency": item.local_currency or owner.currency,
        "settled_balance": euros(item.settled_balance),
        "settled_balance_cents": item.settled_balance,
        "operation_type": item.kind,
        "subject_type": item.kind.capitalize(),
        "label": item.label,
        "clean_counterparty_name": item.label.title() or None,
        "reference": item.reference,
        "note": item.note,
        "emitted_at": moment(item.emitted),
        "settled_at": moment(item.settled),
        "created_at": moment(item.created),
        "updated_at": moment(item.updated),
        "status": item.status,
        "vat_amount": None,
        "vat_amount_cents": None,
        "vat_rate": None,
        "attachment_ids": list(item.attachments),
        "attachment_required": True,
        "attachment_lost": False,
        "label_ids": [],
        "category": "other",
        "card_last_digits": None,
        "is_external_transaction": False,
    }
    if item.kind in ("transfer", "income", "direct_debit"):
        shown[item.kind] = party
    if attachments:
        found = [office.attachments[identity] for identity in item.attachments]
        shown["attachments"] = [about(one, "") for one in found]
    return {**shown, **item.instead}


def about(item: Attachment, url: str) -> dict[str, Any]:
    """A document; its size is a text, as the service writes it."""
    return {
        "id": item.id,
        "created_at": moment(item.created),
        "file_name": item.name,
        "file_size": str(len(item.content)),
        "file_content_type": item.content_type,
        "url": url,
    }


def error(status: int, code: str, detail: str, *, parameter: str = "") -> Response:
    """Answer with an error as the service does."""
    said: dict[str, Any] = {"code": code, "detail": detail}
    if parameter:
        said["source"] = {"parameter": parameter}
    return json_response({"errors": [said]}, status)


def refuse(status: int, code: str, detail: str, *, parameter: str = "") -> Answer:
    """The exception that ends a call with an error."""
    return Answer(error(status, code, detail, parameter=parameter))
