"""Amounts, days and moments out of the provider's JSON."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers import values
from integrations.providers.values import GERMANY

cents = st.integers(min_value=-(10**13) + 1, max_value=10**13 - 1).map(lambda number: Decimal(number).scaleb(-2))
german_days = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
# 1990 to 2100, in milliseconds
moments = st.integers(min_value=631152000000, max_value=4133894400000).map(
    lambda number: datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=number)
)
offsets = st.integers(min_value=-12 * 4, max_value=14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


def written(moment: datetime) -> str:
    """The provider's format, with milliseconds and the offset of Germany."""
    return moment.astimezone(GERMANY).isoformat(timespec="milliseconds")


@given(cents)
def test_an_amount_is_the_same_as_number_and_as_text(amount: Decimal) -> None:
    for text in (f'{{"a": {amount}}}', f'{{"a": "{amount}"}}', f'{{"a": " {amount} "}}'):
        fields = simplejson.loads(text, use_decimal=True)
        assert str(values.amount(fields, "a")) == str(amount)


@given(st.integers(min_value=-(10**11), max_value=10**11))
def test_a_whole_amount_needs_no_decimals(amount: int) -> None:
    assert values.amount({"a": amount}, "a") == Decimal(amount)


@pytest.mark.parametrize("fields", [{}, {"a": None}])
def test_absent_and_null_are_the_same(fields: dict[str, None]) -> None:
    assert values.amount(fields, "a") is None
    assert values.day(fields, "a") is None
    assert values.moment(fields, "a") is None
    assert values.uuid(fields, "a") is None
    assert values.whole(fields, "a") is None
    assert values.flag(fields, "a") is False
    assert values.text(fields, "a", "") == ""
    with pytest.raises(ValueError, match="a: nothing is not a text"):
        values.text(fields, "a")


@pytest.mark.parametrize(
    "value",
    ["", "1.337,00", "12,50", "1e5", "NaN", "EUR 5", "٣", True, [], {}, Decimal("NaN"), 10**12, Decimal("1E+30"), "+5"],
)
def test_what_is_no_amount_is_never_taken_for_zero(value: object) -> None:
    with pytest.raises(ValueError, match=r"^a: "):
        values.amount({"a": value}, "a")


@given(german_days)
def test_local_midnight_is_that_day_in_summer_and_winter(day: date) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=GERMANY)
    assert values.day({"d": written(midnight)}, "d") == day


@given(german_days, st.sampled_from(["+01:00", "+02:00", "+0100", "+0200"]))
def test_midnight_with_the_other_season_s_offset_is_still_that_day(day: date, offset: str) -> None:
    assert values.day({"d": f"{day.isoformat()}T00:00:00.000{offset}"}, "d") == day


@given(moments, offsets)
def test_a_moment_is_the_same_in_every_offset(moment: datetime, offset: timedelta) -> None:
    text = moment.astimezone(timezone(offset)).isoformat(timespec="milliseconds")
    found = values.moment({"m": text}, "m")
    assert found == moment
    assert found is not None
    assert found.utcoffset() == timedelta(0)


@given(moments)
def test_a_moment_s_day_is_the_one_on_a_german_calendar(moment: datetime) -> None:
    assert values.day({"d": written(moment)}, "d") == moment.astimezone(GERMANY).date()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-28T23:30:00.000+00:00", date(2026, 3, 29)),
        ("2026-03-29T00:59:59.999+01:00", date(2026, 3, 29)),
        ("2026-03-29T21:59:59.999Z", date(2026, 3, 29)),
        ("2026-03-29T22:00:00.000Z", date(2026, 3, 30)),
        ("2026-10-25T22:59:59Z", date(2026, 10, 25)),
        ("2026-10-25T23:00:00Z", date(2026, 10, 26)),
        ("2017-01-03T13:15:45+0100", date(2017, 1, 3)),
        ("2026-02-10", date(2026, 2, 10)),
    ],
)
def test_days_around_midnight_and_the_change_of_clocks(text: str, day: date) -> None:
    assert values.day({"d": text}, "d") == day


@pytest.mark.parametrize("value", ["", "10.02.2026", "2026-02-30", "2026-02-10T00:00:00", "2026-13-01", 20260210, True])
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"^d: .* is not a date"):
        values.day({"d": value}, "d")


@pytest.mark.parametrize("value", ["0001-01-01", "0202-05-03", "9999-12-31", "9999-12-31T00:00:00.000+01:00"])
def test_a_mistyped_year_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"^d: .* is not a plausible date"):
        values.day({"d": value}, "d")


@pytest.mark.parametrize("value", [-1, 10**10, "1", True, Decimal("1.5")])
def test_what_is_no_count_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"^n: .* is not a plausible whole number"):
        values.whole({"n": value}, "n")


@pytest.mark.parametrize("value", ["2026-02-10", "0001-01-01T00:00:00+14:00", "2026-02-10T25:00:00Z", 1])
def test_what_is_no_moment_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"^m: .* is not a moment"):
        values.moment({"m": value}, "m")


@pytest.mark.parametrize("value", ["../profile", "a/b", "a b", "", "ä", "x" * 81, "a%2fb", 5, None])
def test_an_id_cannot_lead_to_another_path(value: object) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        values.identifier(value, "id")


def test_a_text_can_be_stored_by_every_database() -> None:
    assert values.text({"t": "Mü\0ller\ud83d"}, "t") == "Müller?"
