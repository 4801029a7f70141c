"""What is read of the European Central Bank's files, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from integrations.exchange_rates.reading import NotReadable, read_rates

TODAY = date(2026, 3, 12)
HEAD = (
    '<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
    'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><Cube>'
)


def file(days: dict[str, dict[str, str]], head: str = "") -> bytes:
    cubes = "".join(
        f'<Cube time="{day}">' + "".join(f'<Cube currency="{c}" rate="{r}"/>' for c, r in rates.items()) + "</Cube>"
        for day, rates in days.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{HEAD}{cubes}</Cube></gesmes:Envelope>'.encode()


@given(
    some.dictionaries(
        some.dates(date(1999, 1, 4), TODAY), some.decimals("0.9", "1.7", places=4), min_size=1, max_size=20
    )
)
def test_what_was_written_is_read(rates: dict[date, Decimal]) -> None:
    reading = read_rates(file({day.isoformat(): {"USD": str(value)} for day, value in rates.items()}), TODAY)
    assert {rate.day: rate.units for rate in reading.rates} == rates
    assert reading.refused == ()


@pytest.mark.parametrize(
    ("day", "currency", "units"),
    [
        ("2026-03-13", "USD", "1.09"),
        ("1998-12-31", "USD", "1.09"),
        ("yesterday", "USD", "1.09"),
        ("2026-03-12", "EUR", "1.00"),
        ("2026-03-12", "usd", "1.09"),
        ("2026-03-12", "USD", "0"),
        ("2026-03-12", "USD", "-1.09"),
        ("2026-03-12", "USD", "1,09"),
        ("2026-03-12", "USD", "1e3"),
        ("2026-03-12", "USD", "NaN"),
        ("2026-03-12", "USD", "10900.00"),
    ],
)
def test_values_that_cannot_be_true_are_refused_and_the_others_kept(day: str, currency: str, units: str) -> None:
    days = {"2026-03-10": {"USD": "1.08", "GBP": "0.85"}, "2026-03-11": {"USD": "1.09"}}
    days.setdefault(day, {})[currency] = units
    reading = read_rates(file(days), TODAY)
    assert len(reading.refused) == 1
    assert {(rate.day.isoformat(), rate.currency) for rate in reading.rates} == {
        ("2026-03-10", "USD"), ("2026-03-10", "GBP"), ("2026-03-11", "USD"),
    }  # fmt: skip


def test_a_currency_may_be_worth_something_else_after_a_long_gap() -> None:
    later = TODAY - timedelta(days=31)
    reading = read_rates(file({later.isoformat(): {"ISK": "90"}, TODAY.isoformat(): {"ISK": "290"}}), TODAY)
    assert [rate.units for rate in reading.rates] == [Decimal(90), Decimal(290)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_xml"),
        (b"<html><body>Maintenance</body></html>", "no_rates"),
        (b"not xml", "no_xml"),
        (file({"2026-03-12": {"USD": "1.09"}})[:-20], "no_xml"),
        (file({"2026-03-12": {"USD": "&a;"}}, '<!DOCTYPE x [<!ENTITY a "1.09">]>'), "document_type"),
        (file({"2026-03-12": {"USD": "nothing"}}), "no_rates"),
    ],
)
def test_what_is_no_list_of_rates_is_refused_with_the_reason(content: bytes, code: str) -> None:
    with pytest.raises(NotReadable) as problem:
        read_rates(content, TODAY)
    assert problem.value.code == code
