"""Payments for which no document is here, and nobody but the client can have one."""

from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Client
from accounts.tax import sync_start
from integrations.models import ClientQuestion
from matching.models import Allocation, OwnTransfer, Proposal, Transaction, TransactionFile

# A document often reaches us some days after its payment: before that nobody is asked.
PATIENCE = timedelta(days=7)


def without_document(client: Client, today: date) -> QuerySet[Transaction]:
    """Booked payments of the client's business accounts without a voucher, a document or an answer, newest first.

    Left out: what waits for an accountant's review, movements between own accounts, and what was settled by a question.
    """
    line = OuterRef("pk")
    matched = Allocation.objects.filter(Q(standing=True) | Q(proposal__state=Proposal.State.SUGGESTED))
    moved = OwnTransfer.objects.exclude(state=OwnTransfer.State.REJECTED)
    lines = Transaction.objects.filter(
        client=client,
        withdrawn_at=None,
        account__isnull=False,
        account__is_private=False,
        booking_date__gte=sync_start(client, today),
        booking_date__lte=today - PATIENCE,
    )
    return lines.filter(
        ~Exists(matched.filter(transaction=line)),
        ~Exists(moved.filter(outgoing=line)),
        ~Exists(moved.filter(incoming=line)),
        ~Exists(TransactionFile.objects.filter(transaction=line, stored__isnull=False)),
        ~Exists(ClientQuestion.objects.filter(transaction=line)),
    ).order_by(F("booking_date").desc(), "-pk")
