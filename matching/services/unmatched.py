"""Why nothing is proposed for a voucher or a bank transaction, and what comes nearest. Reads, never writes.

The engine says nothing of what it does not propose: a suggestion always has reasons, silence has none. What is said
here is read from the rows: what fits in amount and why it is not free, and else what is nearest in amount.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import Q, QuerySet

from matching.engine import types as engine
from matching.engine.purpose import no_voucher_word, paid_elsewhere
from matching.models import Allocation, OwnTransfer, Proposal, Transaction
from matching.services.external_prefill import KIND_OF, NO_BANK
from vouchers.models import MONEY_IN_TYPES, Voucher

# So far from the payment's day a line of the same amount, or one of another amount, is still worth a word.
SAME, NEAR, AROUND = timedelta(days=120), timedelta(days=45), timedelta(days=10)
# What differs by more than this part of the amount is not near.
NEARLY = Decimal("0.10")
MOST = 3
Row = TypeVar("Row", Transaction, Voucher)
LIVE = Q(standing=True) | Q(proposal__state=Proposal.State.SUGGESTED)


@dataclass(frozen=True, slots=True)
class Why:
    """One thing to say; ``code`` is one of ``matching.unmatched_words.WORDS``.

    ``line`` or ``voucher``: what it is about. ``other``: the voucher that has taken the line, or the line that has
    taken the voucher. ``difference``: what the amount would have to change by, never negative. ``days``: how far away.
    """

    code: str
    line: Transaction | None = None
    voucher: Voucher | None = None
    other: Transaction | Voucher | None = None
    difference: Decimal = Decimal(0)
    days: int = 0
    first: date | None = None
    last: date | None = None
    found: str = ""


def why_no_payment(voucher: Voucher) -> list[Why]:
    """Why no bank transaction is proposed for a voucher; empty where one is, and where it is withdrawn."""
    if voucher.withdrawn_at is not None or Allocation.objects.filter(LIVE, voucher=voucher).exists():
        return []
    if not voucher.payments_read:
        return [Why("payments_unread")]
    items = [item for item in voucher.payments.order_by("position") if item.type in KIND_OF]
    if items and all(item.type in NO_BANK for item in items):
        return [Why("no_bank")]
    said = [Why("remark", found=voucher.remark)] if paid_elsewhere(voucher.remark) else []
    wanted = {item.amount for item in items} | {voucher.total}
    days = [item.date for item in items if item.date] or [voucher.paid_on or voucher.date]
    first, last = min(days), max(days)
    mine = Transaction.objects.filter(client=voucher.client_id).select_related("account").defer("raw", "details")
    if not mine.filter(booking_date__range=(first - AROUND, last + AROUND)).exclude(account=None).exists():
        said.append(Why("no_lines", first=first - AROUND, last=last + AROUND))
    mine = mine.filter(currency=voucher.currency, account__isnull=False)
    mine = mine.filter(amount__gt=0) if voucher.direction > 0 else mine.filter(amount__lt=0)
    signed = [voucher.direction * amount for amount in wanted]
    equal = mine.filter(amount__in=signed, booking_date__range=(first - SAME, last + SAME))
    rows = sorted(equal, key=lambda row: (_away(row.booking_date, days), row.pk))[:MOST]
    found = [_about_line(row, voucher, _away(row.booking_date, days)) for row in rows]
    if not found:
        most = NEARLY * voucher.total
        near = mine.filter(amount__range=(min(signed) - most, max(signed) + most))
        free = _free(near.filter(booking_date__range=(first - NEAR, last + NEAR)), "transaction")
        best = min(free, key=lambda row: (_short(row.amount, signed), row.pk), default=None)
        if best is not None and _short(best.amount, signed) <= most:
            found = [Why("near_line", line=best, difference=_short(best.amount, signed))]
        else:
            found = [Why("no_equal_line", first=first - SAME, last=last + SAME)]
    return [*said, *found]


def why_no_voucher(line: Transaction) -> list[Why]:
    """Why no voucher is proposed for a bank transaction; empty where one is, and where it needs none for sure."""
    if line.withdrawn_at is not None or Allocation.objects.filter(LIVE, transaction=line).exists():
        return []
    word = no_voucher_word(_as_engine(line))
    said = [Why("no_voucher_expected", found=word)] if word else []
    types = Q(type__in=MONEY_IN_TYPES) if line.amount > 0 else ~Q(type__in=MONEY_IN_TYPES)
    mine = Voucher.objects.filter(types, client=line.client_id, currency=line.currency)
    amount = abs(line.amount)
    day = line.booking_date
    about = Q(date__range=(day - SAME, day + SAME)) | Q(paid_on__range=(day - SAME, day + SAME))
    equal = mine.filter(about, Q(total=amount) | Q(payments__amount=amount)).distinct()
    rows = sorted(equal, key=lambda row: (_away(day, [row.paid_on or row.date]), row.pk))[:MOST]
    found = [_about_voucher(row, line, _away(day, [row.paid_on or row.date])) for row in rows]
    if not found and not word:
        near = mine.filter(total__range=(amount / (1 + NEARLY), amount / (1 - NEARLY)), withdrawn_at=None)
        free = _free(near.filter(paid_on__range=(day - NEAR, day + NEAR)), "voucher")
        best = min(free, key=lambda row: (_short(amount, [row.total]), row.pk), default=None)
        if best is not None:
            found = [Why("near_voucher", voucher=best, difference=_short(amount, [best.total]))]
        else:
            found = [Why("no_equal_voucher")]
    return [*said, *found]


def needs_no_voucher(line: Transaction) -> bool:
    """Whether texts and codes say that no voucher belongs to it: wages, taxes, loans, cash, the bank's own bookings."""
    return bool(no_voucher_word(_as_engine(line)))


def _about_line(line: Transaction, voucher: Voucher, days: int) -> Why:
    if line.withdrawn_at is not None:
        return Why("line_withdrawn", line=line)
    standing = Allocation.objects.filter(transaction=line, standing=True).select_related("voucher").first()
    if standing is not None:
        return Why("line_taken", line=line, other=standing.voucher)
    own = OwnTransfer.objects.exclude(state=OwnTransfer.State.REJECTED).filter(Q(outgoing=line) | Q(incoming=line))
    if own.exists():
        return Why("line_own_transfer", line=line)
    return Why("line_rejected" if _rejected(line, voucher) else "line_unlikely", line=line, days=days)


def _about_voucher(voucher: Voucher, line: Transaction, days: int) -> Why:
    if voucher.withdrawn_at is not None:
        return Why("voucher_withdrawn", voucher=voucher)
    standing = Allocation.objects.filter(voucher=voucher, standing=True).select_related("transaction").first()
    if standing is not None:
        return Why("voucher_taken", voucher=voucher, other=standing.transaction)
    if not voucher.payments_read:
        return Why("voucher_unread", voucher=voucher)
    return Why("voucher_rejected" if _rejected(line, voucher) else "voucher_unlikely", voucher=voucher, days=days)


def _as_engine(line: Transaction) -> engine.Transaction:
    """The texts and codes of a line, for the engine's words."""
    return engine.Transaction(
        id=str(line.pk),
        account="",
        booking_date=line.booking_date,
        value_date=line.value_date,
        amount=line.amount,
        currency=line.currency,
        counterparty=line.counterparty,
        counterparty_iban=line.counterparty_iban,
        purpose=line.purpose,
        end_to_end_id=line.end_to_end_id,
        mandate_id=line.mandate_id,
        creditor_id=line.creditor_id,
        code=line.code,
        is_reversal=line.is_reversal,
    )


def _rejected(line: Transaction, voucher: Voucher) -> bool:
    refused = Allocation.objects.filter(transaction=line, voucher=voucher, proposal__state=Proposal.State.REJECTED)
    return refused.exists()


def _free(rows: QuerySet[Row], name: str) -> QuerySet[Row]:
    return rows.exclude(pk__in=Allocation.objects.filter(standing=True).values(name))


def _away(day: date, days: Iterable[date]) -> int:
    return min(abs((day - other).days) for other in days)


def _short(amount: Decimal, wanted: Iterable[Decimal]) -> Decimal:
    return min(abs(amount - other) for other in wanted)
