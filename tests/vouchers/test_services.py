"""Vouchers are taken over exactly, once, and never over an accountant's words."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Client
from vouchers.models import Contact, Voucher
from vouchers.services import (
    Outcome,
    attach_files,
    missing_files,
    reinstate,
    set_document,
    set_payments,
    settle,
    upsert_voucher,
    upsert_vouchers,
    withdraw,
)
from vouchers.shapes import FileData, PaymentItemData, VoucherData

pytestmark = pytest.mark.django_db

DATA = VoucherData(
    external_id=UUID("9d0b5a3e-0f0f-4b0e-8d55-2f3a5cc0a111"),
    type="purchaseinvoice",
    number="ER-1",
    date=date(2026, 2, 3),
    due_date=date(2026, 2, 17),
    contact_id=UUID("1c6f6f0a-73a1-4c44-a0c2-8a9f0e1b2c3d"),
    contact_name="Holz Brandt",
    total=Decimal("119.00"),
    open_amount=Decimal("0.00"),
    currency="EUR",
    status="paid",
    provider_updated_at=datetime(2026, 2, 20, 9, 0, tzinfo=UTC),
)
PAID = [PaymentItemData("partPaymentFinancialTransaction", date(2026, 2, 10), Decimal("119.00"))]

IDS = [uuid4() for _ in range(4)]
CONTACTS = [uuid4() for _ in range(2)]
AMOUNTS = st.decimals("0", "99999.99", places=2)
rows = st.builds(
    VoucherData,
    external_id=st.sampled_from(IDS),
    type=st.sampled_from(["invoice", "purchaseinvoice", "creditnote"]),
    number=st.sampled_from(["", "RE-1", "RE-2"]),
    date=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    due_date=st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    contact_id=st.none() | st.sampled_from(CONTACTS),
    contact_name=st.sampled_from(["Holz Brandt", "Holz Brandt GmbH", "Öztürk, Ayşe"]),
    total=AMOUNTS,
    open_amount=AMOUNTS,
    currency=st.just("EUR"),
    status=st.sampled_from(["paid", "paidoff"]),
    provider_updated_at=st.sampled_from([datetime(2026, 1, day, 9, tzinfo=UTC) for day in range(1, 5)]),
)
batches = st.lists(st.lists(rows, max_size=4, unique_by=lambda row: row.external_id), max_size=5)


def shown(voucher: Voucher) -> VoucherData:
    """The stored row in the form in which it was delivered."""
    voucher = Voucher.objects.select_related("contact").get(pk=voucher.pk)
    names = [name for name in VoucherData.__slots__ if name != "contact_id"]
    return VoucherData(
        contact_id=voucher.contact.external_id if voucher.contact else None,
        **{name: getattr(voucher, name) for name in names},
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=batches)
def test_every_delivery_has_the_outcome_it_must_have(
    kontor_client: Client, deliveries: list[list[VoucherData]]
) -> None:
    with transaction.atomic():
        known: dict[UUID, VoucherData] = {}
        for delivery in deliveries:
            for row, (voucher, outcome) in zip(delivery, upsert_vouchers(kontor_client, delivery), strict=True):
                before = known.get(row.external_id)
                expected = (
                    Outcome.CREATED if before is None else Outcome.UNCHANGED if before == row else Outcome.CHANGED
                )
                assert outcome is expected
                assert shown(voucher) == row
                if before is None:
                    Voucher.objects.filter(pk=voucher.pk).update(note=f"note on {row.external_id}")
                known[row.external_id] = row
            again = upsert_vouchers(kontor_client, delivery)
            assert {outcome for _, outcome in again} <= {Outcome.UNCHANGED}
        assert Voucher.objects.filter(client=kontor_client).count() == len(known)
        for voucher in Voucher.objects.all():
            assert voucher.note == f"note on {voucher.external_id}"
        transaction.set_rollback(True)


def test_unchanged_costs_one_query_and_no_write(kontor_client: Client) -> None:
    upsert_voucher(kontor_client, DATA)
    with CaptureQueriesContext(database) as queries:
        assert upsert_voucher(kontor_client, DATA)[1] is Outcome.UNCHANGED
    assert len(queries) == 1


def test_a_change_makes_the_details_unread(kontor_client: Client) -> None:
    voucher, _ = upsert_voucher(kontor_client, DATA)
    set_payments(voucher, PAID, date(2026, 2, 10), Decimal(0))
    set_document(voucher, "Bretter", [])
    assert settle(voucher)
    changed, outcome = upsert_voucher(
        kontor_client, replace(DATA, provider_updated_at=datetime(2026, 3, 1, tzinfo=UTC))
    )
    assert outcome is Outcome.CHANGED
    changed.refresh_from_db()
    assert (changed.payments_read, changed.document_read, changed.complete) == (False, False, False)
    assert (changed.remark, changed.payments.count()) == ("Bretter", 1)


def test_the_same_id_of_two_clients_is_two_vouchers(kontor_client: Client) -> None:
    other = Client.objects.create(number="10002", name="Other")
    assert upsert_voucher(kontor_client, DATA)[1] is upsert_voucher(other, DATA)[1] is Outcome.CREATED
    assert Contact.objects.count() == 2


def test_a_contact_is_renamed_with_its_newest_voucher(kontor_client: Client) -> None:
    upsert_voucher(kontor_client, DATA)
    upsert_voucher(kontor_client, replace(DATA, external_id=uuid4(), contact_name="Holz Brandt KG"))
    assert Contact.objects.get().name == "Holz Brandt KG"


@pytest.mark.django_db(transaction=True)
def test_several_at_once_create_one(kontor_client: Client) -> None:
    outcomes: list[Outcome] = []

    def deliver() -> None:
        try:
            outcomes.append(upsert_voucher(kontor_client, DATA)[1])
        finally:
            database.close()

    threads = [threading.Thread(target=deliver) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == [Outcome.CREATED] + [Outcome.UNCHANGED] * 5
    assert Voucher.objects.count() == 1


def test_payments_are_exactly_those_delivered(kontor_client: Client) -> None:
    voucher, _ = upsert_voucher(kontor_client, DATA)
    assert set_payments(voucher, PAID, date(2026, 2, 10), Decimal(0)) is Outcome.CHANGED
    before = list(voucher.payments.values())
    assert set_payments(voucher, PAID, date(2026, 2, 10), Decimal(0)) is Outcome.UNCHANGED
    assert list(voucher.payments.values()) == before
    two = [
        PaymentItemData("partPaymentFinancialTransaction", date(2026, 2, 10), Decimal("115.43")),
        PaymentItemData("cashDiscount", None, Decimal("3.57")),
    ]
    assert set_payments(voucher, two, date(2026, 2, 11), Decimal(0)) is Outcome.CHANGED
    assert [(item.position, item.amount) for item in voucher.payments.order_by("position")] == [
        (0, Decimal("115.43")),
        (1, Decimal("3.57")),
    ]
    voucher.refresh_from_db()
    assert (voucher.paid_on, voucher.payments_read) == (date(2026, 2, 11), True)


def test_files_come_go_and_are_missed(kontor_client: Client) -> None:
    voucher, _ = upsert_voucher(kontor_client, DATA)
    set_payments(voucher, [], None, Decimal(0))
    set_document(voucher, "", ["b", "a"])
    assert missing_files(voucher) == ["b", "a"]
    assert not settle(voucher)
    assert attach_files(voucher, [FileData("a", "a.pdf", "application/pdf", b"one")]) is Outcome.CHANGED
    assert attach_files(voucher, [FileData("a", "a.pdf", "application/pdf", b"one")]) is Outcome.UNCHANGED
    assert missing_files(voucher) == ["b"]
    attach_files(voucher, [FileData("b", "b.pdf", "application/pdf", b"one")])
    assert settle(voucher)
    files = list(voucher.files.order_by("position"))
    assert [file.external_id for file in files] == ["b", "a"]
    assert files[0].stored_id == files[1].stored_id
    assert attach_files(voucher, [FileData("a", "a.pdf", "application/pdf", b"two")]) is Outcome.CHANGED
    set_document(voucher, "", ["a"])
    assert list(voucher.files.values_list("external_id", flat=True)) == ["a"]


def test_withdrawn_and_back(kontor_client: Client) -> None:
    voucher, _ = upsert_voucher(kontor_client, DATA)
    assert withdraw(voucher, "voided", status="voided") is Outcome.CHANGED
    at = voucher.withdrawn_at
    assert withdraw(voucher, "voided", status="voided") is Outcome.UNCHANGED
    assert withdraw(voucher, "deleted") is Outcome.CHANGED
    voucher.refresh_from_db()
    assert (voucher.withdrawn_reason, voucher.withdrawn_at, voucher.status) == ("deleted", at, "voided")
    assert upsert_voucher(kontor_client, DATA)[1] is Outcome.CHANGED
    voucher.refresh_from_db()
    assert (voucher.withdrawn_at, voucher.withdrawn_reason, voucher.status) == (None, "", "paid")
    assert reinstate(voucher) is Outcome.UNCHANGED
    withdraw(voucher, "open", status="open")
    assert reinstate(voucher) is Outcome.CHANGED
    assert voucher.withdrawn_at is None
