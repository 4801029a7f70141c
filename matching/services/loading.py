"""From rows to what the arithmetic and the engine take."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Client
from matching.engine import types as engine
from matching.models import Allocation, Proposal, Transaction
from matching.services.matchable import matchable
from matching.services.usage import Booked, Payable, Share, Usage
from vouchers.models import MONEY_IN_TYPES, PaymentItem, Voucher

Pairs = frozenset[tuple[str, str]]
EXTERNAL = "external"
"""The kind of a proposal that joins a voucher with an external transaction; people make them, not the engine."""

SHARE = ("proposal_id", "voucher_id", "transaction_id", "amount")


def shares_of(proposal_ids: Collection[int]) -> dict[int, tuple[Share, ...]]:
    """The shares of each of these proposals."""
    found: dict[int, list[Share]] = {pk: [] for pk in proposal_ids}
    rows = Allocation.objects.filter(proposal__in=proposal_ids).order_by("pk")
    for proposal, voucher, booking, amount in rows.values_list(*SHARE):
        found[proposal].append(Share(voucher, booking, amount))
    return {pk: tuple(shares) for pk, shares in found.items()}


def usage_around(shares: Iterable[Share], *, without: int | None = None) -> Usage:
    """What stands on the vouchers and transactions of ``shares``, leaving out the proposal ``without``."""
    kept = tuple(shares)
    touching = Allocation.objects.filter(
        Q(voucher__in={share.voucher for share in kept}) | Q(transaction__in={share.transaction for share in kept}),
        standing=True,
    ).exclude(proposal=without)
    standing = shares_of(set(touching.values_list("proposal_id", flat=True)))
    everything = [*kept, *(share for some in standing.values() for share in some)]
    return _usage(
        Q(pk__in={share.voucher for share in everything}),
        Q(pk__in={share.transaction for share in everything}),
        standing,
    )


def usage_of(client: Client) -> Usage:
    """Everything that stands at a client."""
    mine = Q(client=client)
    ids = Proposal.objects.filter(mine, state__in=Proposal.STANDING).values_list("pk", flat=True)
    standing: dict[int, list[Share]] = {pk: [] for pk in ids}
    rows = Allocation.objects.filter(proposal__client=client, proposal__state__in=Proposal.STANDING).order_by("pk")
    for proposal, voucher, booking, amount in rows.values_list(*SHARE):
        standing[proposal].append(Share(voucher, booking, amount))
    return _usage(mine, mine, {pk: tuple(shares) for pk, shares in standing.items()})


def _usage(vouchers: Q, transactions: Q, standing: dict[int, tuple[Share, ...]]) -> Usage:
    payables = Voucher.objects.filter(vouchers).values_list("pk", "type", "total", "currency")
    booked = Transaction.objects.filter(transactions).values_list("pk", "amount", "currency")
    usage = Usage(
        vouchers={
            pk: Payable(1 if type_ in MONEY_IN_TYPES else -1, total, currency)
            for pk, type_, total, currency in payables
        },
        transactions={pk: Booked(amount, currency) for pk, amount, currency in booked},
    )
    for proposal, shares in standing.items():
        usage.add(proposal, shares)
    return usage


def engine_vouchers(client: Client) -> list[engine.Voucher]:
    """The vouchers that can be matched: not withdrawn, and with their payments read.

    A voucher whose payments have not been fetched yet would be judged without the best evidence there is.
    """
    ready = Voucher.objects.filter(client=client, withdrawn_at=None, payments_read=True)
    payments: dict[int, list[engine.PaymentItem]] = defaultdict(list)
    items = PaymentItem.objects.filter(voucher__client=client, voucher__withdrawn_at=None)
    for item in items.order_by("voucher_id", "position"):
        payments[item.voucher_id].append(engine.PaymentItem(item.type, item.date, item.amount))
    return [
        engine.Voucher(
            id=str(row.pk),
            type=row.type,
            number=row.number,
            date=row.date,
            due_date=row.due_date,
            total=row.total,
            currency=row.currency,
            contact=row.contact_name,
            status=row.status,
            open_amount=row.open_amount,
            payments=tuple(payments.get(row.pk, ())),
            remark=row.remark,
        )
        for row in ready.defer("note").order_by("pk")
    ]


def engine_transactions(client: Client) -> list[engine.Transaction]:
    """What can be matched: what is work, except external transactions that somebody has given their voucher."""
    rows = matchable(Transaction.objects.filter(client=client))
    rows = rows.exclude(external_payment__voucher__isnull=False)
    rows = rows.select_related("account").defer("raw").order_by("pk")
    return [
        engine.Transaction(
            id=str(row.pk),
            account=row.account.key if row.account else "",
            booking_date=row.booking_date,
            value_date=row.value_date,
            amount=row.amount,
            currency=row.currency,
            counterparty=row.counterparty,
            counterparty_iban=row.counterparty_iban,
            purpose=row.purpose,
            end_to_end_id=row.end_to_end_id,
            mandate_id=row.mandate_id,
            creditor_id=row.creditor_id,
            code=row.code,
            is_reversal=row.is_reversal,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """A match that stands: what the engine allowed when it proposed it, who made it stand, and its allocations."""

    fingerprint: str
    permission: str
    state: str
    upheld_by: str
    allocations: tuple[engine.Allocation, ...]


def standing(client: Client) -> list[Standing]:
    """The matches that stand at a client.

    Those with external transactions are left out: what they stand for is a payment that no bank line has shown, and
    the engine looks on for the line.
    """
    rows = Proposal.objects.filter(client=client, state__in=Proposal.STANDING).exclude(kind=EXTERNAL)
    rows = rows.defer("evidence", "runner_up").prefetch_related("allocations")
    return [
        Standing(
            row.fingerprint,
            row.permission,
            row.state,
            row.upheld_by,
            tuple(
                engine.Allocation(str(part.voucher_id), str(part.transaction_id), part.amount)
                for part in row.allocations.all()
            ),
        )
        for row in rows.order_by("pk")
    ]


def pairs_of(client: Client, which: Q) -> list[Pairs]:
    """The (voucher, transaction) pairs of each of the client's proposals that ``which`` selects."""
    ids = Proposal.objects.filter(which, client=client).values("pk")
    pairs: dict[int, set[tuple[str, str]]] = defaultdict(set)
    rows = Allocation.objects.filter(proposal__in=ids)
    for proposal, voucher, transaction in rows.values_list("proposal_id", "voucher_id", "transaction_id"):
        pairs[proposal].add((str(voucher), str(transaction)))
    return [frozenset(some) for some in pairs.values()]
