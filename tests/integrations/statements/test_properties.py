"""Statements made at random read back as they were written, whatever the version."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .builder import OTHER_IBAN, Booking, Payment, document, one, statement
from .reading import keys, lines, problems, statements

# the machine may be busy: a slow example is no failure
at_leisure = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

amounts = st.decimals(min_value="0.01", max_value="999999999", places=2).map(str)
days = st.integers(0, 40).map(lambda number: (date(2026, 1, 15) + timedelta(days=number)).isoformat())
# any text that XML can hold and that is not a placeholder
texts = st.text(st.characters(max_codepoint=0x2FFF, categories=("L", "N", "P", "S", "Zs")), max_size=40).map(
    lambda text: f"T{text}X"
)
versions = st.sampled_from(["02", "04", "08"])
directions = st.sampled_from(["CRDT", "DBIT"])


@st.composite
def bookings(draw: st.DrawFn) -> Booking:
    direction = draw(directions)
    parts = draw(st.lists(amounts, min_size=1, max_size=3))
    other = (draw(texts), draw(st.sampled_from(["", OTHER_IBAN])))
    payments = tuple(
        Payment(
            amount=part,
            lines=tuple(draw(st.lists(texts, max_size=3))),
            end_to_end=draw(st.sampled_from(["", "NOTPROVIDED", "RE-1", "RE-2"])),
            debtor=other if direction == "CRDT" else ("", ""),
            creditor=other if direction == "DBIT" else ("", ""),
        )
        for part in parts
    )
    return Booking(
        amount=str(sum(map(Decimal, parts))),
        direction=direction,
        booked=draw(days),
        valued=draw(days),
        reference=draw(st.sampled_from(["", "NONREF", "4711", "4712"])),
        payments=payments,
    )


@at_leisure
@given(items=st.lists(bookings(), max_size=8), version=versions, namespace=st.booleans())
def test_what_was_written_is_read(items: list[Booking], version: str, namespace: bool) -> None:
    closing = Decimal("100.00") + sum(item.signed for item in items)
    content = one(*items, version=version, namespace=namespace, opening="100.00", closing=str(closing))
    assert not problems(content)
    (read,) = statements(content)
    assert read.entries == len(items)
    assert read.transactions == sum(len(item.payments) for item in items)
    assert read.credit_total - read.debit_total == sum(item.signed for item in items)
    assert read.difference == 0
    found = lines(content)
    written = [(item, payment) for item in items for payment in item.payments]
    assert len(found) == len(written)
    for line, (item, payment) in zip(found, written, strict=True):
        sign = 1 if item.direction == "CRDT" else -1
        assert line.amount == sign * Decimal(payment.amount or 0)
        assert line.booking_date.isoformat() == item.booked
        assert line.purpose_lines == payment.lines
        assert line.counterparty == " ".join((payment.debtor[0] or payment.creditor[0]).split())
        assert line.end_to_end_id == payment.end_to_end.replace("NOTPROVIDED", "")


@at_leisure
@given(items=st.lists(bookings(), max_size=8), version=versions, namespace=st.booleans())
def test_keys_are_unique_and_stable(items: list[Booking], version: str, namespace: bool) -> None:
    found = keys(one(*items, version=version, namespace=namespace))
    assert len(set(found)) == len(found)
    assert found == keys(one(*items, version="08", number="another"))


@at_leisure
@given(items=st.lists(bookings(), max_size=8), order=st.randoms(use_true_random=False))
def test_the_order_of_the_entries_does_not_matter(items: list[Booking], order: Random) -> None:
    shuffled = list(items)
    order.shuffle(shuffled)
    assert sorted(keys(one(*items))) == sorted(keys(one(*shuffled)))


@at_leisure
@given(items=st.lists(bookings(), min_size=1, max_size=8), cut=st.integers(0, 40), until=st.integers(0, 40))
def test_overlapping_deliveries_bring_each_payment_once(items: list[Booking], cut: int, until: int) -> None:
    # two exports of whole days that overlap: everything up to one day, and everything from another day on
    first_day, last_day = (date(2026, 1, 15) + timedelta(days=n) for n in sorted((cut, until)))
    early = [item for item in items if item.booked <= last_day.isoformat()]
    late = [item for item in items if item.booked >= first_day.isoformat()]
    both = set(keys(one(*early, number="A"))) | set(keys(one(*late, number="B")))
    assert both == set(keys(one(*items)))


@at_leisure
@given(items=st.lists(bookings(), max_size=6), split=st.integers(0, 6))
def test_pages_of_a_statement_count_as_one(items: list[Booking], split: int) -> None:
    pages = [
        statement(*some, number="P").replace("<Acct>", f"<StmtPgntn><PgNb>{number}</PgNb></StmtPgntn><Acct>", 1)
        for number, some in enumerate((items[:split], items[split:]), start=1)
    ]
    assert Counter(keys(document(*pages))) == Counter(keys(one(*items)))
