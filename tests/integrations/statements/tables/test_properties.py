"""Whatever is written in the form of a bank reads back as it was, or is asked about: nothing lost, nothing changed."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.statements.problems import Code, Severity
from integrations.statements.shapes import Entry, Opened, ReadError, Statement
from integrations.statements.tables import read_table
from integrations.statements.tables.banks import PROFILES
from integrations.statements.tables.profile import Profile

from .writer import OWN, Line, Style, header_of, write

# the machine may be busy: a slow example is no failure
at_leisure = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])

# these keep name and purpose in one column
TOGETHER = frozenset(
    {"targobank", "comdirect", "comdirect-card", "commerzbank", "sparda-2024", "dkb-card", "dkb-card-2022"}
)

amounts = st.integers(-99_999_999, 99_999_999).filter(bool).map(lambda cents: Decimal(cents) / 100)
days = st.integers(0, 700).map(lambda number: date(2024, 11, 3) + timedelta(days=number))
# letters that Windows-1252 has, and everything that divides cells
words = st.text(st.sampled_from("abc äöüßéXYZ 0123 ;,\"'/+-.|"), min_size=0, max_size=24).map(
    lambda text: f"T{' '.join(text.split())}X"
)
lines = st.builds(Line, day=days, amount=amounts, name=words, purpose=words)
styles = st.builds(
    Style,
    separator=st.sampled_from([";", ",", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    grouping=st.booleans(),
    cut_zeros=st.booleans(),
    quoted=st.booleans(),
    above=st.sampled_from([(), ("Umsätze", "", "Zeitraum;01.01.2024 - 31.12.2026", "")]),
)


def read(content: bytes) -> tuple[str, list[Entry], list[Statement], list[ReadError]]:
    records = list(read_table(content))
    opened = records[0]
    assert isinstance(opened, Opened)
    return (
        opened.format,
        [record for record in records if isinstance(record, Entry)],
        [record for record in records if isinstance(record, Statement)],
        [record for record in records if isinstance(record, ReadError)],
    )


def by_name(profile: Profile) -> str:
    return f"{profile.name}-{PROFILES.index(profile)}"


@pytest.mark.parametrize("profile", PROFILES, ids=by_name)
@at_leisure
@given(items=st.lists(lines, min_size=1, max_size=6), style=styles, order=st.randoms(use_true_random=False))
def test_what_was_written_is_read(profile: Profile, items: list[Line], style: Style, order: Random) -> None:
    if profile.header:
        style = Style(encoding=style.encoding, newline=style.newline, grouping=style.grouping)
    header = header_of(profile)
    order.shuffle(header)
    content = write(profile, items, style, header)
    format_name, entries, statements, problems = read(content)
    assert format_name == profile.format
    assert [problem for problem in problems if problem.severity is Severity.ERROR] == []
    assert [(entry.booking_date, entry.signed) for entry in entries] == [(item.day, item.amount) for item in items]
    (statement,) = statements
    assert statement.credit_total - statement.debit_total == sum(item.amount for item in items)
    assert statement.difference in (None, 0)
    if "account" in dict(profile.columns.roles()):
        assert statement.header.account == OWN
    if profile.name not in TOGETHER:
        assert [entry.details[0].counterparty for entry in entries] == [item.name for item in items]
        assert [entry.details[0].purpose for entry in entries] == [item.purpose for item in items]


@pytest.mark.parametrize("profile", PROFILES, ids=by_name)
@at_leisure
@given(items=st.lists(lines, min_size=1, max_size=6), decimal=st.sampled_from([",", "."]))
def test_the_other_decimal_sign_is_noticed(profile: Profile, items: list[Line], decimal: str) -> None:
    _, entries, _, problems = read(write(profile, items, Style(decimal=decimal)))
    assert [entry.signed for entry in entries] == [item.amount for item in items]
    assert not [problem for problem in problems if problem.severity is Severity.ERROR]


@at_leisure
@given(items=st.lists(lines, min_size=2, max_size=6, unique_by=lambda item: item.amount), gone=st.data())
def test_a_missing_row_breaks_the_chain_of_balances(items: list[Line], gone: st.DataObject) -> None:
    profile = next(profile for profile in PROFILES if profile.name == "vr")
    rows = write(profile, items, Style()).splitlines(keepends=True)
    if len(items) < 3:
        return
    del rows[gone.draw(st.integers(2, len(items) - 1))]
    problems = read(b"".join(rows))[3]
    assert Code.BALANCE_CHAIN in {problem.code for problem in problems}


@at_leisure
@given(content=st.binary(max_size=400), profile=st.sampled_from(PROFILES), items=st.lists(lines, max_size=3))
def test_nothing_breaks_it(content: bytes, profile: Profile, items: list[Line]) -> None:
    file = write(profile, items, Style())
    for source in (content, file + content, file.replace(b";", content[:3] or b";", 3), file[: len(content)]):
        records = list(read_table(source))
        assert isinstance(records[0], Opened)
        assert any(isinstance(record, Statement | ReadError) for record in records)
