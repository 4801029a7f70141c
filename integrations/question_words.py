"""What a question is about, in a few words, for the client and for the firm."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.display import day, money
from integrations.models import ClientQuestion

# What ``subject_of`` looks at, to be read together with the questions.
RELATED = ("voucher", "transaction", "proposal")
PAIRS = ("proposal__allocations__voucher", "proposal__allocations__transaction")


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
    pairs = list(proposal.allocations.all())
    documents = dict.fromkeys(pair.voucher.number or _("without number") for pair in pairs)
    payers = dict.fromkeys(pair.transaction.counterparty or _("without name") for pair in pairs)
    first = pairs[0].transaction if pairs else None
    return Subject(
        _("Payment and document"),
        f"{', '.join(payers)} – {', '.join(documents)}" if pairs else _("Do these belong together?"),
        money(first.amount, first.currency) if first else "",
        day(first.booking_date) if first else "",
        reverse("admin:matching_proposal_change", args=[proposal.pk]),
    )
