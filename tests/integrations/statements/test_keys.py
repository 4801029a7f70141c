"""The same money has the same key, other money another one."""

from dataclasses import replace

import pytest

from integrations.statements.problems import Code

from .builder import OTHER_IBAN, Booking, Payment, booking, document, one, statement
from .reading import codes, keys, lines

PAYMENT = Payment(creditor=("Shop", OTHER_IBAN), lines=("Rechnung", "4711"), end_to_end="E-1", mandate="M-1")
PLAIN = Booking(payments=(PAYMENT,))
BY_BANK = replace(PLAIN, reference="2026030210583450000")


@pytest.mark.parametrize("item", [PLAIN, BY_BANK])
def test_the_same_file_gives_the_same_keys(item: Booking) -> None:
    assert keys(one(item)) == keys(one(item))


@pytest.mark.parametrize("item", [PLAIN, BY_BANK])
def test_version_statement_and_neighbours_do_not_matter(item: Booking) -> None:
    expected = keys(one(item))
    for version in ("02", "04", "08"):
        again = one(booking("99.00"), item, booking("98.00"), version=version, number="S-77", opening="5.00")
        assert expected[0] in keys(again)


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "10.01"},
        {"direction": "CRDT"},
        {"booked": "2026-03-03"},
        {"valued": "2026-03-03"},
        {"payments": (replace(PAYMENT, lines=("Rechnung", "4712")),)},
        {"payments": (replace(PAYMENT, end_to_end="E-2"),)},
        {"payments": (replace(PAYMENT, mandate="M-2"),)},
        {"payments": (replace(PAYMENT, creditor=("Shop", "DE13290599924484362331")),)},
    ],
)
def test_other_content_gives_another_key(change: dict[str, object]) -> None:
    assert keys(one(replace(PLAIN, **change))) != keys(one(PLAIN))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "10"},
        {"reference": "NONREF"},
        {"extra": "<AddtlNtryInf>LASTSCHRIFT</AddtlNtryInf>"},
        {"payments": (replace(PAYMENT, creditor=("SHOP GMBH", OTHER_IBAN)),)},
        {"payments": (replace(PAYMENT, lines=("rech", "nung 4711")),)},
    ],
)
def test_names_seams_and_booking_texts_do_not_matter(change: dict[str, object]) -> None:
    assert keys(one(replace(PLAIN, **change))) == keys(one(PLAIN))  # type: ignore[arg-type]


def test_the_banks_id_counts_with_day_direction_and_amount() -> None:
    polished = replace(BY_BANK, payments=(replace(PAYMENT, lines=("RECHNUNG NR 4711",)),))
    assert keys(one(polished)) == keys(one(BY_BANK))
    changes: list[dict[str, str]] = [{"amount": "3.50"}, {"booked": "2026-03-09"}, {"direction": "CRDT"}]
    found = {keys(one(replace(BY_BANK, **change)))[0] for change in changes}  # type: ignore[arg-type]
    assert len(found | {keys(one(BY_BANK))[0]}) == 4


def test_the_turnover_id_is_the_same_in_old_and_new_files() -> None:
    payment = replace(PAYMENT, turnover_id="2026-03-02-11.22.33.123456")
    old = replace(PLAIN, reference="NONREF", payments=(payment,))
    new = replace(old, reference="2026-03-02-11.22.33.123456")
    assert keys(one(old, version="02")) == keys(one(new, version="08"))


def test_accounts_do_not_share_keys() -> None:
    assert keys(one(PLAIN)) != keys(one(PLAIN, iban=OTHER_IBAN))


@pytest.mark.parametrize("item", [PLAIN, BY_BANK])
def test_twins_are_numbered(item: Booking) -> None:
    found = lines(one(item, booking("1.00"), item, item))
    twins = [line for line in found if line.amount == -10]
    assert [line.ordinal for line in twins] == [1, 2, 3]
    assert len({line.key for line in twins}) == 1
    assert len({line.numbered_key for line in twins}) == 3
    assert all(len(line.numbered_key) <= 80 for line in twins)


def test_twins_within_a_batch_are_numbered() -> None:
    half = Payment(amount="5.00", lines=("Gutschein",))
    found = lines(one(Booking(payments=(half, half))))
    assert [line.ordinal for line in found] == [1, 2]
    assert len({line.numbered_key for line in found}) == 2


def test_overlapping_periods_give_the_same_pairs() -> None:
    def day(number: int) -> list[Booking]:
        return [replace(PLAIN, booked=f"2026-03-{number:02}")] * 2 + [
            booking(f"{number}.00", booked=f"2026-03-{number:02}")
        ]

    days = {number: day(number) for number in range(1, 8)}
    first = keys(one(*(item for number in range(1, 6) for item in days[number]), number="A"))
    second = keys(one(*(item for number in range(3, 8) for item in days[number]), number="B"))
    assert len(set(first)) == len(first) == 15
    assert len(set(first) & set(second)) == 9
    assert len(set(first) | set(second)) == 21


def test_a_statement_that_is_in_the_file_twice_is_read_once() -> None:
    known = statement(PLAIN, opening="50.00", closing="40.00")
    assert len(lines(document(known, known))) == 1
    assert codes(document(known, known)) == [Code.REPEATED]


@pytest.mark.parametrize("number", ["S-1", "S-2"])
def test_without_balances_another_statement_is_read(number: str) -> None:
    """It may hold other entries under the same id; those that it repeats have the same keys."""
    content = document(statement(PLAIN), statement(PLAIN, booking("7.00"), number=number))
    assert [line.amount for line in lines(content)] == [-10, -10, -7]
    assert len(set(keys(content))) == 2
    assert not codes(content)
