"""Payments for which no document is here, and nobody but the client can have one."""

from collections import Counter
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Client
from accounts.tax import sync_start
from integrations.models import ClientQuestion
from matching.models import Allocation, OwnTransfer, Proposal, Transaction, TransactionFile
from matching.services.unmatched import needs_no_voucher

# A document often reaches us some days after its payment: before that nobody is asked.
PATIENCE = timedelta(days=7)
# The same amount to the same party so often is a rent or a rate: one contract, no document for each payment.
RECURRING = 3
# Nobody works through more at once; what is older comes up when these are done.
LOOKED_AT = 1000


def without_document(client: Client, today: date) -> list[Transaction]:
    """Booked payments of the client's business accounts without a voucher, a document or an answer, newest first.

    Left out: what waits for an accountant's review, movements between own accounts, what a question has settled, what
    needs no voucher (wages, taxes, loans, cash, the bank's own bookings), and what recurs. One query.
    """
    found = list(_open(client, today).order_by("-booking_date", "-pk").defer("raw", "details")[:LOOKED_AT])
    often = Counter((line.counterparty, line.amount) for line in found)
    return [line for line in found if often[line.counterparty, line.amount] < RECURRING and not needs_no_voucher(line)]


def _open(client: Client, today: date) -> QuerySet[Transaction]:
    line = OuterRef("pk")
    matched = Allocation.objects.filter(Q(standing=True) | Q(proposal__state=Proposal.State.SUGGESTED))
    moved = OwnTransfer.objects.exclude(state=OwnTransfer.State.REJECTED)
    return Transaction.objects.filter(
        ~Exists(matched.filter(transaction=line)),
        ~Exists(moved.filter(outgoing=line)),
        ~Exists(moved.filter(incoming=line)),
        ~Exists(TransactionFile.objects.filter(transaction=line, stored__isnull=False)),
        ~Exists(ClientQuestion.objects.filter(transaction=line)),
        client=client,
        withdrawn_at=None,
        account__isnull=False,
        account__is_private=False,
        booking_date__gte=sync_start(client, today),
        booking_date__lte=today - PATIENCE,
    )
