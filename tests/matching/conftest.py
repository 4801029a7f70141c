"""Vouchers, bookings and proposals in one line each."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from django.utils import translation

from accounts.models import Client
from matching.models import Allocation, Proposal, Transaction
from matching.services.drafts import fingerprint
from matching.services.intake import TransactionData, account_for, import_transactions
from matching.services.usage import Share
from vouchers.models import Voucher
from vouchers.services import set_payments, upsert_voucher
from vouchers.shapes import PaymentItemData, VoucherData

IBAN = "DE02120300000000202051"
SPACE = UUID("6f0a7a52-5d0c-4c3e-9f0b-0a4c9a7d1e11")

MakeVoucher = Callable[..., Voucher]
MakeBooking = Callable[..., Transaction]
MakeProposal = Callable[..., Proposal]


@pytest.fixture
def voucher(kontor_client: Client) -> MakeVoucher:
    """Make a paid voucher with one payment of its total."""

    def make(
        number: str,
        total: str,
        *,
        type: str = "purchaseinvoice",
        contact: str = "Druckhaus Seeblick GmbH",
        paid: date = date(2025, 3, 14),
        client: Client = kontor_client,
        currency: str = "EUR",
        read: bool = True,
    ) -> Voucher:
        data = VoucherData(
            external_id=uuid5(SPACE, number),
            type=type,
            number=number,
            date=date(2025, 3, 3),
            due_date=date(2025, 3, 17),
            contact_id=uuid5(SPACE, contact),
            contact_name=contact,
            total=Decimal(total),
            open_amount=Decimal(0),
            currency=currency,
            status="paid",
            provider_updated_at=datetime(2025, 3, 15, 6, tzinfo=UTC),
        )
        made, _ = upsert_voucher(client, data)
        if read:
            item = PaymentItemData("partPaymentFinancialTransaction", paid, Decimal(total), currency)
            set_payments(made, [item], paid, Decimal(0))
        return made

    return make


@pytest.fixture
def booking(kontor_client: Client) -> MakeBooking:
    """Make a booked line of the client's account."""
    numbers = itertools.count(1)

    def make(
        amount: str,
        purpose: str = "",
        *,
        counterparty: str = "Druckhaus Seeblick GmbH",
        on: date = date(2025, 3, 14),
        client: Client = kontor_client,
        iban: str = IBAN,
        currency: str = "EUR",
    ) -> Transaction:
        account = account_for(client, iban=iban)
        key = f"booking-{next(numbers)}"
        line = TransactionData(key, on, on, Decimal(amount), currency, counterparty=counterparty, purpose=purpose)
        import_transactions(account, [line])
        return Transaction.objects.get(account=account, key=key)

    return make


@pytest.fixture
def proposal(kontor_client: Client) -> MakeProposal:
    """Make an open proposal of (voucher, transaction, amount) triples."""

    def make(*parts: tuple[Voucher, Transaction, str], probability: str = "0.9") -> Proposal:
        shares = tuple(Share(v.pk, t.pk, Decimal(amount)) for v, t, amount in parts)
        row = Proposal.objects.create(
            client=kontor_client,
            permission="suggest",
            probability=Decimal(probability),
            evidence=[{"code": "amount_equal", "supports": True, "weight": 2.0, "params": {}}],
            engine_version="test",
            fingerprint=fingerprint(kontor_client.pk, shares),
        )
        Allocation.objects.bulk_create(
            Allocation(proposal=row, voucher=v, transaction=t, amount=Decimal(amount)) for v, t, amount in parts
        )
        return row

    return make


@pytest.fixture
def english() -> Iterator[None]:
    """For tests that read sentences: the English ones."""
    with translation.override("en"):
        yield
