"""Writing many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

Django's own bulk writing prepares every value of every row through its expressions, which takes several times as long
as the database needs (docs/performance.md). What it does for a value of these kinds of columns is done here once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, Final, TypeVar

from django.db import connection, models

ASKED: Final = 1000
"""Keys, days or ids in one query, and rows in one statement."""

_T = TypeVar("_T")


def portions(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Slices of at most ``ASKED``."""
    return (items[start : start + ASKED] for start in range(0, len(items), ASKED))


def present(model: type[models.Model], fixed: Mapping[str, Any], name: str, values: Sequence[str]) -> set[str]:
    """Which of ``values`` stand in the text column ``name`` of rows with these ``fixed`` values; an index holds all.

    PostgreSQL looks each of them up in the index. Left to choose, and before it has counted a new table, it goes
    through all rows with the fixed values for every question.
    """
    if connection.vendor != "postgresql":
        rows = model._default_manager.filter(**fixed)
        if not rows.exists():
            return set()
        return {
            value
            for some in portions(values)
            for value in rows.filter(**{f"{name}__in": some}).values_list(name, flat=True)
        }
    quoted = connection.ops.quote_name
    column_of = {field.attname: quoted(str(field.column)) for field in model._meta.concrete_fields}
    wanted = column_of[name]
    columns = [column_of[field] for field in fixed]
    given = "".join(f"{column} = %s AND " for column in columns)
    # the names are those of our own models
    sql = (
        f"SELECT asked.value FROM unnest(%s::text[]) AS asked(value), LATERAL ("  # noqa: S608
        f"SELECT 1 FROM {quoted(model._meta.db_table)} WHERE {given}{wanted} = asked.value LIMIT 1) AS found"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(values), *fixed.values()])
        return {row[0] for row in cursor.fetchall()}


def reserve(model: type[models.Model], count: int) -> Sequence[int]:
    """Primary keys for ``count`` new rows, which nobody else gets. Inside a transaction that writes."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT array_agg(nextval(pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)",
                [table, count],
            )
            return list(cursor.fetchone()[0])
        # a transaction on SQLite is the only one that writes; the counter follows what is written
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return range(last + 1, last + 1 + count)


def flush_with_the_next() -> None:
    """Let the transaction that is open not wait for the disk: it is as safe as the next one that does wait.

    For one of several steps of which nobody hears before the last is written. Other databases wait as ever.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of ``names`` (of fields); all columns without a default are named."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    table = quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([value if type(value) in _AS_IT_IS else _for_copy(value) for value in row])
        else:
            kinds = [_for_sqlite(field) for field in fields]
            marks = ", ".join(["%s"] * len(fields))
            values: Any = (  # one after another, not all in memory
                [v if kind is None or v is None else kind(v) for kind, v in zip(kinds, row, strict=True)]
                for row in rows
            )
            # the names are those of our own models
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608


_AS_IT_IS: Final = frozenset({int, bool, Decimal, date, datetime, NoneType})


def _for_copy(value: Any) -> str:
    """JSON as a text, and texts without the zero character, which none on PostgreSQL holds."""
    if isinstance(value, str):
        return value.replace("\x00", "") if "\x00" in value else value
    return "{}" if value == {} else json.dumps(value).replace("\\u0000", "")


def _for_sqlite(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DecimalField):
        places = field.decimal_places
        return lambda value: format(Decimal(value), f".{places}f")
    if isinstance(field, models.DateTimeField):
        return _moment
    return date.isoformat if isinstance(field, models.DateField) else None


def _moment(value: datetime) -> str | None:
    return connection.ops.adapt_datetimefield_value(value)
