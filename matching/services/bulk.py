"""Writing many rows at once: COPY on PostgreSQL, one prepared statement on SQLite.

Django's own bulk writing prepares every value of every row through its expressions, which takes several times as long
as the database needs (docs/performance.md). What it does for a value of these kinds of columns is done here once.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models


def reserve(model: type[models.Model], count: int) -> Sequence[int]:
    """Primary keys for ``count`` new rows, which nobody else gets. Inside a transaction that writes."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        # a transaction on SQLite is the only one that writes; the counter follows what is written
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return range(last + 1, last + 1 + count)


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of ``names`` (of fields); all columns without a default are named."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column) for field in fields)
    table = quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            kinds = [_for_copy(field) for field in fields]
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([kind(value) if kind else value for kind, value in zip(kinds, row, strict=True)])
        else:
            kinds = [_for_sqlite(field) for field in fields]
            marks = ", ".join(["%s"] * len(fields))
            values: Any = (  # one after another, not all in memory
                [v if kind is None or v is None else kind(v) for kind, v in zip(kinds, row, strict=True)]
                for row in rows
            )
            # the names are those of our own models
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608


def _for_copy(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return _json
    return _without_zero if isinstance(field, models.CharField | models.TextField) else None


def _for_sqlite(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, models.JSONField):
        return json.dumps
    if isinstance(field, models.DecimalField):
        places = field.decimal_places
        return lambda value: format(Decimal(value), f".{places}f")
    if isinstance(field, models.DateTimeField):
        return _moment
    return date.isoformat if isinstance(field, models.DateField) else None


def _without_zero(text: str) -> str:
    """No text on PostgreSQL holds a zero character."""
    return text.replace("\x00", "") if "\x00" in text else text


def _json(value: Any) -> str:
    return json.dumps(value).replace("\\u0000", "")


def _moment(value: datetime) -> str | None:
    return connection.ops.adapt_datetimefield_value(value)
