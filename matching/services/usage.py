"""What of vouchers and transactions is used up by the matches that stand. Plain arithmetic, no database.

A proposal is one unit: it stands with all its shares or not at all. Two rules keep money from being used twice:

* **Transaction.** The shares of a transaction, signed by their vouchers' direction, never add up to more than its
  amount. A credit note netted in a payment counts against the invoices, but a proposal as a whole always uses some of
  each of its transactions, never gives some back: so taking a match back can never break the rule for the others.
* **Voucher.** Several matches together never settle more than the voucher is worth. A single one may: the engine has
  weighed an overpayment, dunning costs or another currency, and says so in its evidence. (Only where transaction and
  voucher have the same currency can partial matches add up; otherwise one match takes the whole voucher.)
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Payable:
    """What a voucher can take: ``direction`` +1 for money in; ``amount`` positive in ``currency``."""

    direction: int
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Booked:
    """What a transaction can give: signed ``amount`` in ``currency``."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a transaction for a voucher; ``amount`` positive, in the transaction's currency."""

    voucher: int
    transaction: int
    amount: Decimal


class Conflict(Enum):
    """Why a proposal cannot stand beside the others."""

    PAIR = "pair"
    TRANSACTION = "transaction"
    VOUCHER = "voucher"
    DIRECTION = "direction"


@dataclass(slots=True)
class Usage:
    """The standing proposals of a client, or of the vouchers and transactions in question."""

    vouchers: Mapping[int, Payable]
    transactions: Mapping[int, Booked]
    _standing: dict[int, tuple[Share, ...]] = field(default_factory=dict)
    _of_voucher: dict[int, dict[int, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    _of_transaction: dict[int, dict[int, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    _pairs: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, proposal: int, shares: Iterable[Share]) -> None:
        """Let a proposal stand, whether it fits or not."""
        self._standing[proposal] = kept = tuple(shares)
        for voucher, amount in self._per_voucher(kept).items():
            self._of_voucher[voucher][proposal] = amount
        for transaction, amount in self._per_transaction(kept).items():
            self._of_transaction[transaction][proposal] = amount
        for share in kept:
            self._pairs[share.voucher, share.transaction] = proposal

    def remove(self, proposal: int) -> None:
        """Let a proposal stand no more; nothing happens where it did not."""
        for share in self._standing.pop(proposal, ()):
            self._of_voucher[share.voucher].pop(proposal, None)
            self._of_transaction[share.transaction].pop(proposal, None)
            self._pairs.pop((share.voucher, share.transaction), None)

    def conflict(
        self, shares: Iterable[Share], ignoring: Collection[int] = ()
    ) -> tuple[Conflict, int, tuple[int, ...]] | None:
        """Why ``shares`` cannot stand as well: the conflict, the voucher or transaction, the proposals in the way.

        Those in ``ignoring`` count as if they did not stand.
        """
        kept = tuple(shares)
        for share in kept:
            other = self._pairs.get((share.voucher, share.transaction))
            if other is not None and other not in ignoring:
                return Conflict.PAIR, share.voucher, (other,)
        for transaction, amount in self._per_transaction(kept).items():
            if amount <= 0:
                return Conflict.DIRECTION, transaction, ()
            others = _without(self._of_transaction.get(transaction, {}), ignoring)
            if sum(others.values(), amount) > abs(self.transactions[transaction].amount):
                return Conflict.TRANSACTION, transaction, tuple(others)
        for voucher, amount in self._per_voucher(kept).items():
            others = _without(self._of_voucher.get(voucher, {}), ignoring)
            if not others:
                continue
            together = [*kept, *(share for other in others for share in self._standing[other])]
            limit = max(self._worth(voucher, together), amount, *others.values())
            if sum(others.values(), amount) > limit:
                return Conflict.VOUCHER, voucher, tuple(others)
        return None

    def _worth(self, voucher: int, shares: list[Share]) -> Decimal:
        payable = self.vouchers[voucher]
        currencies = {self.transactions[share.transaction].currency for share in shares if share.voucher == voucher}
        return payable.amount if currencies == {payable.currency} else NOTHING

    def _per_voucher(self, shares: tuple[Share, ...]) -> dict[int, Decimal]:
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for share in shares:
            sums[share.voucher] += share.amount
        return sums

    def _per_transaction(self, shares: tuple[Share, ...]) -> dict[int, Decimal]:
        """What a proposal uses of each transaction, in the transaction's own direction."""
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for share in shares:
            sign = 1 if self.transactions[share.transaction].amount > 0 else -1
            sums[share.transaction] += sign * self.vouchers[share.voucher].direction * share.amount
        return sums


def _without(amounts: Mapping[int, Decimal], ignoring: Collection[int]) -> Mapping[int, Decimal]:
    if not ignoring:
        return amounts
    return {proposal: amount for proposal, amount in amounts.items() if proposal not in ignoring}
