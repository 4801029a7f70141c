"""The shapes that go into the engine and come out of it.

Money is `Decimal` in the currency named beside it, dates are calendar dates (of the document or of the
booking). Everything is frozen: the engine never changes what it was given.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import overload

MONEY_IN = frozenset({"invoice", "salesinvoice", "downpaymentinvoice", "purchasecreditnote"})
"""Voucher types whose payment arrives on the account; all others leave it."""

BANK_PAYMENTS = frozenset({"manualPayment", "partPaymentFinancialTransaction"})
"""Payment item types that may stand for a booking of a bank account."""

SET_OFF = "partPaymentCreditNote"
"""Payment item type of what was set off against a credit note, on both vouchers."""

CREDIT_NOTES = frozenset({"creditnote", "salescreditnote", "purchasecreditnote"})

EVIDENCE_CODES: Mapping[str, str] = {
    "number_in_text": "the voucher's number stands in the text as it is; params: number, found",
    "number_rewritten": "the number with other separators, without prefix or zeros; params: number, found",
    "number_torn": "the number, torn apart by blanks or a line break; params: number, found",
    "number_typo": "the number with one wrong, missing or doubled character; params: number, found",
    "number_in_list": "the number is part of a list or range in the text; params: number, found",
    "number_missing": "no number of the voucher stands in the text; params: number",
    "number_series": "numbers of this kind are the contact's; the voucher has none of its own; params: number, contact",
    "number_cut": "the text ends inside the number; params: number, found",
    "other_number": "the text names another voucher of the client; params: number, found",
    "amount_equal": "a payment item or the total equals the booking; params: expected, booked",
    "amount_less_discount": "the booking is the total less a usual discount; params: expected, booked, percent",
    "amount_plus_dunning": "the booking is the total plus a dunning fee; params: expected, booked, difference",
    "amount_plus_tax": "overpaid: the total and value added tax on it again; params: expected, booked, difference, "
    "percent",
    "amount_rounded_up": "overpaid: the next round amount; params: expected, booked, difference",
    "amount_twice": "overpaid: twice the total at once; params: expected, booked, difference",
    "amount_less_fee": "the booking is the total less a bank or provider fee; params: expected, booked, difference",
    "amount_rounded": "a difference of cents or whole units; params: expected, booked, difference",
    "amount_converted": "equals at the day's rate; params: expected, currency, booked, rate",
    "amount_original": "the text names the original amount; params: expected, currency, booked, found",
    "amount_differs": "the booking differs from what is expected; params: expected, booked, difference",
    "amount_rare": "no other voucher or booking has this amount; params: booked",
    "amount_common": "the amount occurs again and again; params: booked, count",
    "sum_equal": "the vouchers add up to the booking; params: expected, booked, count",
    "credit_note_set_off": "a credit note set off against the invoice this pays; params: number, booked",
    "part_worded": "the text calls the booking an instalment, a deposit or a rest",
    "batch_count": "the text names as many payments as the set has; params: count",
    "payout_of_provider": "the payout of a payment provider, marketplace or card terminal; params: found",
    "payout_fee_learned": "sales less the fee of other payouts; params: percent, fixed, expected, booked, difference",
    "payout_fee_usual": "sales less a usual fee; params: percent, fixed, expected, booked, difference",
    "payout_extra": "deducted beside the fee, as other times or by an invoice; params: difference",
    "payout_deduction": "deducted once beside the fee, not known from elsewhere; params: difference",
    "payout_refund": "refunds taken off the payout; params: booked",
    "payout_run": "the provider's sales of these days, each once; params: count, first, last",
    "payout_marked": "the vouchers name the provider as the way of payment; params: count, found",
    "instalment": "one of several payments of the voucher; params: position, count",
    "payment_date_equal": "the payment item carries the booking's date; params: expected, booked",
    "payment_next_bank_day": "the payment item's date has no bank business, the booking is of the next bank day; "
    "params: expected, booked",
    "payment_date_near": "a few days from the payment item's date; params: expected, booked, days",
    "payment_date_far": "the payment item carries another date; params: expected, booked, days",
    "date_near": "booked when such a voucher is usually paid; params: expected, booked, days",
    "date_after": "booked some time after the document, or before it; params: expected, booked, days",
    "due_date_met": "booked on the day on which the voucher was due; params: expected, booked",
    "date_far": "booked unusually early or late; params: expected, booked, days",
    "document_date_in_text": "the text names the document's date; params: found",
    "period_in_text": "the text names the month of the document or the one before; params: found",
    "other_period": "the text names another month than that of the document; params: found",
    "name_equal": "the contact's name stands in the booking; params: contact, found",
    "name_similar": "a name like the contact's stands in the booking; params: contact, found, similarity",
    "name_differs": "the booking names somebody else; params: contact, found",
    "contact_silent": "the booking names nobody, or the voucher has a collective contact; params: contact",
    "iban_known": "the account number belongs to the contact; params: contact, iban",
    "iban_foreign": "the account number belongs to another contact; params: contact, iban, other",
    "creditor_known": "the creditor or mandate belongs to the contact; params: contact, creditor",
    "customer_number": "a customer number known for the contact; params: contact, found",
    "returned": "the booking came back later; params: date",
    "alias_known": "a word of the booking under which the contact is known; params: contact, found",
    "paid_again": "the same payment was made again later, this is the first; params: date",
    "paid_before": "the same payment was made before; params: date",
    "paid_otherwise": "the voucher's remark says that it was paid in another way; params: found",
    "no_voucher_expected": "wages, taxes, fees and the like need no voucher; params: found",
    "found_elsewhere": "what speaks for the pair is found with other pairs as well",
    "interchangeable": "another one is equal in everything visible; which of them makes no difference",
    "other_candidate": "another booking or voucher fits as well; params: voucher, transaction, probability",
    "policy_single_signal": "not automatic: amount and day alone, neither name nor number",
    "policy_needs_number": "not automatic: what else fits is enough only with the number in the text",
    "policy_needs_party": "not automatic: what else fits is enough only with the contact in the booking",
    "policy_needs_amount": "not automatic: what else fits is enough only with the same amount",
    "policy_needs_day": "not automatic: what else fits is enough only with a fitting day",
    "policy_recurring_amount": "not automatic: the amount occurs again, so it tells too little",
    "policy_other_number": "not automatic: the text names another number",
    "policy_barred": "not automatic: the booking came back or is of a kind that needs no voucher",
    "policy_set_guessed": "not automatic: a set that adds up, but nothing says which vouchers or bookings it is",
    "policy_fee_unknown": "not automatic: no known fee explains what is missing of a payout's sales",
    "policy_deduction": "not automatic: what a payout leaves beside the fee stands in the provider's statement only",
    "policy_open_cents": "not automatic: how the last cents of a payout are shared among its sales is open",
    "policy_unsure": "not automatic: the probability is below what such grounds need",
    "policy_better_explained": "not automatic: another match uses or explains the voucher or the booking",
    "policy_client_threshold": "not automatic: the firm demands more certainty; params: threshold",
    "policy_client_amount": "not automatic: more than the firm allows without a person; params: limit",
    "policy_client_kind": "not automatic: the firm wants to see matches of this shape; params: kind",
    "policy_client_difference": "not automatic: the firm wants to see this difference; params: kind",
}
"""The closed list of evidence codes and what their params carry. Params are strings: amounts with a point and
two decimals, dates as ISO dates. A code that was found in a text also carries field, start and end: the
transaction's field and the half-open range of characters, so that a page can mark it. Codes that begin with
policy_ say why a suggestion was not booked without a person; every suggestion has at least one."""


class Permission(StrEnum):
    """What may happen with a proposal without a person."""

    NOTHING = "nothing"
    SUGGEST = "suggest"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class PaymentItem:
    """One payment that the accounting system knows of a voucher; `amount` in the voucher's currency."""

    type: str
    date: datetime.date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Voucher:
    """A document: `total` is gross, positive, in `currency`; `contact` is the name of the party."""

    id: str
    type: str
    number: str
    date: datetime.date | None
    due_date: datetime.date | None
    total: Decimal
    currency: str
    contact: str
    status: str = "paid"
    open_amount: Decimal = Decimal(0)
    payments: tuple[PaymentItem, ...] = ()
    remark: str = ""

    @property
    def direction(self) -> int:
        """+1 where the payment comes in, -1 where it goes out."""
        return 1 if self.type in MONEY_IN else -1


@dataclass(frozen=True, slots=True)
class Transaction:
    """A booking of a bank account: `amount` is signed (minus: money out), in `currency`.

    `is_reversal`: the bank itself says that this gives an earlier booking back.
    """

    id: str
    account: str
    booking_date: datetime.date
    value_date: datetime.date | None
    amount: Decimal
    currency: str
    counterparty: str
    counterparty_iban: str
    purpose: str
    end_to_end_id: str = ""
    mandate_id: str = ""
    creditor_id: str = ""
    code: str = ""
    is_reversal: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for or against a proposal; `weight` is its share of the log odds, negative when against."""

    code: str
    supports: bool
    weight: float
    params: dict[str, str] = field(default_factory=dict)


class Reasons(Sequence[Evidence]):
    """Reasons that are put into words whenever they are read, and not kept.

    Most are read once, to be stored elsewhere: kept as words, those of a large client would take more room than all
    its rows.
    """

    __slots__ = ("_tell",)

    def __init__(self, tell: Callable[[], Sequence[Evidence]]) -> None:
        """`tell` says the same each time."""
        self._tell = tell

    @overload
    def __getitem__(self, index: int) -> Evidence: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Evidence]: ...

    def __getitem__(self, index: int | slice) -> Evidence | Sequence[Evidence]:
        return tuple(self._tell())[index]

    def __len__(self) -> int:
        return len(self._tell())

    def __iter__(self) -> Iterator[Evidence]:
        return iter(self._tell())

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Reasons | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(e.code for e in self))

    def __repr__(self) -> str:
        return repr(tuple(self))


@dataclass(frozen=True, slots=True)
class Allocation:
    """How much of a transaction settles a voucher; `amount` is positive, in the transaction's currency."""

    voucher: str
    transaction: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class RunnerUp:
    """The next best explanation beside a proposal."""

    allocations: tuple[Allocation, ...]
    probability: float
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Allocations that belong together, with their reasons.

    `kind`: single (one voucher, one booking), collective (several vouchers, one booking), partial (one voucher,
    several bookings), netted (a collective payment with credit notes in it), payout (sales that a provider
    paid out, less its fee).
    """

    allocations: tuple[Allocation, ...]
    probability: float
    permission: Permission
    evidence: Sequence[Evidence]
    runner_up: RunnerUp | None
    kind: str


@dataclass(frozen=True, slots=True)
class Learned:
    """What people have confirmed for this client: identifiers and the contact names they belong to.

    `aliases`: names of counterparties as the bank writes them, without case, accents and doubled blanks.
    """

    ibans: Mapping[str, frozenset[str]] = field(default_factory=dict)
    creditors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    mandates: Mapping[str, frozenset[str]] = field(default_factory=dict)
    aliases: Mapping[str, frozenset[str]] = field(default_factory=dict)
    customer_numbers: Mapping[str, frozenset[str]] = field(default_factory=dict)
