"""What a question is about, in a few words, for the client and for the firm."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.display import day, money
from integrations.models import ClientQuestion


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing: its kind, its name, its amount and day, and its page in the admin."""

    kind: str
    name: str
    amount: str
    day: str
    admin: str


def subject_of(question: ClientQuestion) -> Subject:
    """The voucher, payment or proposal; no query where they were read together with the question."""
    if question.voucher is not None:
        voucher = question.voucher
        name = " ".join(part for part in (voucher.number or _("without number"), voucher.contact_name) if part)
        return Subject(
            pgettext("voucher", "Document"),
            name,
            money(voucher.total, voucher.currency),
            day(voucher.date),
            reverse("admin:vouchers_voucher_change", args=[voucher.pk]),
        )
    if question.transaction is not None:
        line = question.transaction
        return Subject(
            _("Payment"),
            line.counterparty or line.booking_text or _("without name"),
            money(line.amount, line.currency),
            day(line.booking_date),
            reverse("admin:matching_transaction_change", args=[line.pk]),
        )
    proposal = question.proposal
    assert proposal is not None  # noqa: S101 - a constraint of the table
    return Subject(
        _("Payment and document"),
        _("Do these belong together?"),
        "",
        "",
        reverse("admin:matching_proposal_change", args=[proposal.pk]),
    )
