"""What the whole table says about how it is written, before a single row is believed (first of two readings)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from integrations.statements.problems import Code
from integrations.statements.shapes import Place, ReadError
from integrations.statements.tables.banks import PROFILES
from integrations.statements.tables.columns import Found, normal_name
from integrations.statements.tables.dates import FORMATS, DateEvidence, is_date, read_day
from integrations.statements.tables.fitting import fitted
from integrations.statements.tables.locate import Located
from integrations.statements.tables.numbers import COMMA, POINT, NumberEvidence, is_negative, read_number
from integrations.statements.tables.profile import Profile, Sign
from integrations.statements.tables.text import Row, Text
from integrations.statements.values import decimal_text

DAYS: Final[tuple[str, ...]] = ("booking_date", "instant", "announced", "value_date")
_KNOWN_NAMES: Final = frozenset(
    normal_name(name) for profile in PROFILES for _, names in profile.columns.roles() for name in names
)
NUMBERS: Final[tuple[str, ...]] = ("amount", "debit", "credit", "balance", "fee", "original_amount")


_LONGEST_FOOTER: Final = 4  # its words, a day, an amount, the currency: what holds more was a row


def rows_below(text: Text, located: Located) -> Iterator[Row]:
    """The rows of a table, without the lines above it and those of another table below it."""
    for row in text.rows(located.separator, len(located.header)):
        if located.last_line and row.line > located.last_line:
            break
        if row.line >= located.first_line:
            yield row


def is_footer(row: Row, profile: Profile) -> bool:
    """Whether a row is a sum or a balance below the table; it may hold a day."""
    first = row.cells[0]
    return (
        bool(profile.footer)
        and not first[:1].isdigit()
        and normal_name(first).startswith(profile.footer)
        and sum(map(bool, row.cells)) <= _LONGEST_FOOTER
    )


def is_header(row: Row, names: tuple[str, ...]) -> bool:
    """Whether a row holds names of columns: ``names`` (normal ones, without empty ones) again, or those of a bank."""
    found = tuple(normal_name(cell) for cell in row.cells if cell)
    return found == names or len(_KNOWN_NAMES.intersection(found)) > 2


@dataclass(slots=True)
class Forms:
    """How the table is written. ``dates`` and ``decimals`` by role."""

    dates: dict[str, str] = field(default_factory=dict)
    decimals: dict[str, str] = field(default_factory=dict)
    sign: Sign = Sign.SIGNED
    debit_signed: bool = False  # the debit column carries its own minus
    amount_signed: bool = False  # some amount does: then one without it is money that came in
    # own account and currency as the rows write them, in the order in which they come
    groups: dict[tuple[str, str], int] = field(default_factory=dict)
    # names of columns stand among the rows: another table may begin there
    more_tables: bool = False


def examine(text: Text, located: Located, profile: Profile, found: Found) -> tuple[Forms, list[ReadError]]:
    """Read the table once for its forms. The problems say what can be read in two ways; then none of it counts."""
    days = {role: DateEvidence(profile.dates) for role in DAYS if role in found.at}
    numbers = {role: NumberEvidence() for role in NUMBERS if role in found.at}
    signs: Counter[tuple[str, bool]] = Counter()
    groups: dict[tuple[str, str], int] = {}
    example: dict[str, tuple[str, int]] = {}
    day_places = [(found.at[role], evidence) for role, evidence in days.items()]
    number_places = [(found.at[role], role, evidence) for role, evidence in numbers.items()]
    account, currency = found.at.get("account"), found.at.get("currency")
    names = header_names(located)
    more_tables = False
    for row in rows_below(text, located):
        cells, _ = fitted(row.cells, found)
        if cells is None or not any(is_date(cells[place]) for place, _ in day_places):
            more_tables = more_tables or is_header(row, names)
            continue
        if is_footer(row, profile):
            continue
        for place, day_evidence in day_places:
            day_evidence.see(cells[place])
        for place, role, evidence in number_places:
            value = cells[place]
            if value:
                evidence.see(value)
                signs[role, is_negative(value)] += value.strip("0,.-+ ") != ""
                example.setdefault(role, (value, row.line))
        group = (
            cells[account].strip("' ").upper() if account is not None else "",
            cells[currency].upper() if currency is not None else "",
        )
        groups[group] = groups.get(group, 0) + 1
    forms = Forms(groups=groups, sign=profile.sign, more_tables=more_tables)
    problems: list[ReadError] = []
    for role, day_evidence in days.items():
        problems += _decide_days(role, day_evidence, profile, forms, found)
    problems += _decide_numbers(numbers, profile, forms, found)
    problems += _decide_sign(signs, example, profile, forms, found)
    return forms, problems


def _decide_days(
    role: str, evidence: DateEvidence, profile: Profile, forms: Forms, found: Found
) -> Iterator[ReadError]:
    if profile.sure_dates:
        forms.dates[role] = profile.dates[0]
        return
    decided = evidence.decided()
    if decided is not None:
        forms.dates[role] = decided
        return
    readings = evidence.readings()
    if readings is None:
        forms.dates[role] = profile.dates[0] if profile.dates else FORMATS[0]
        return
    text, first, second = readings
    yield _ambiguous(found.named(role), text, read_day(text, first).isoformat(), read_day(text, second).isoformat())


def _decide_numbers(
    numbers: dict[str, NumberEvidence], profile: Profile, forms: Forms, found: Found
) -> Iterator[ReadError]:
    if profile.sure_decimal:
        forms.decimals = dict.fromkeys(numbers, profile.decimal)
        return
    decided = {role: evidence.sign(profile.decimal) for role, evidence in numbers.items()}
    sure = {sign for role, sign in decided.items() if sign and (numbers[role].comma or numbers[role].point)}
    for role, evidence in numbers.items():
        sign = decided[role]
        if evidence.comma == evidence.point == 0 and len(sure) == 1:
            # nothing in this column speaks for either, the other columns of the file do
            sign = next(iter(sure))
        if sign is None:
            text = evidence.open_example
            if not text:
                yield ReadError(Place(), Code.MIXED_DECIMALS, {"column": found.named(role)})
                continue
            comma, point = read_number(text, COMMA), read_number(text, POINT)
            yield _ambiguous(found.named(role), text, decimal_text(comma), decimal_text(point))
            continue
        forms.decimals[role] = sign


def _decide_sign(
    signs: "Counter[tuple[str, bool]]",
    example: dict[str, tuple[str, int]],
    profile: Profile,
    forms: Forms,
    found: Found,
) -> Iterator[ReadError]:
    forms.debit_signed = signs["debit", True] > 0
    forms.amount_signed = signs["amount", True] > 0
    if signs["debit", True] and signs["debit", False]:
        text = example["debit"][0]
        yield _ambiguous(found.named("debit"), text, "+", "−")
    if forms.sign is not Sign.UNKNOWN:
        return
    forms.sign = Sign.SIGNED
    alone = "amount" in found.at and "direction" not in found.at and "debit" not in found.at
    if alone and signs["amount", False] and not signs["amount", True]:
        text = example["amount"][0].lstrip("+")
        if any(value.startswith("+") for value, _ in (example["amount"],)):
            return
        yield _ambiguous(found.named("amount"), text, f"+{text}", f"−{text}")


def _ambiguous(column: str, value: str, first: str, second: str) -> ReadError:
    params = {"column": column, "value": value, "first": first, "second": second}
    return ReadError(Place(), Code.AMBIGUOUS, params)


def header_names(located: Located) -> tuple[str, ...]:
    """The normal names of the columns that have one."""
    return tuple(normal_name(cell) for cell in located.header if cell) if located.has_header else ()
