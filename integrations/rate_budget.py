"""The request budget of one Lexware organization, shared by every process on every machine through one database row.

The row holds the moment of the next free slot. Booking is one UPDATE that moves it on by one interval and returns how
long to sleep: no lock outlives the statement, nobody polls, and slots are handed out in the order they were asked for.
Time is the database's, so machines need not agree on the clock.
"""

from collections.abc import Sequence
from contextlib import ExitStack

from django.conf import settings
from django.db import connection, transaction

from integrations.models import RateBudget
from integrations.providers.lexware.pace import QueueTooLong

# The service allows 2 calls a second (reference: rate limit 2.1); 5 % stay free for the jitter of the line.
INTERVAL = 0.5 / 0.95
# Whoever would wait longer than this is better told to come back later.
LONGEST_WAIT = 120.0
LONGEST_PENALTY = 600.0

# SQLite's clock is frozen within a statement, but read only after the write lock is held.
_NOW = {
    "postgresql": "extract(epoch from clock_timestamp())::float8",
    "sqlite": "((julianday('now') - 2440587.5) * 86400)",
}

# A slot beyond every possible wait and penalty was booked by a clock that has since been set back: start anew.
_RESERVE = """
UPDATE {table}
SET next_at = CASE WHEN next_at > {now} AND next_at <= {now} + %s THEN next_at ELSE {now} END + %s
WHERE key = %s AND (next_at <= {now} + %s OR next_at > {now} + %s)
RETURNING next_at - %s - {now}
"""
_PENALIZE = """
UPDATE {table}
SET next_at = CASE WHEN next_at > {now} + %s AND next_at <= {now} + %s THEN next_at ELSE {now} + %s END
WHERE key = %s
"""


class DatabaseBudget:
    """The budget named ``key``: an organization's id, or a key's fingerprint while its organization is unknown.

    ``time_scale`` makes the seconds of this budget that many times shorter (default: ``LEXWARE_TIME_SCALE``).
    """

    def __init__(self, key: str, *, time_scale: float | None = None) -> None:
        scale = time_scale or settings.LEXWARE_TIME_SCALE
        self.key = key
        self.interval = INTERVAL / scale
        self.longest_wait = LONGEST_WAIT / scale
        self.longest_penalty = LONGEST_PENALTY / scale

    def reserve(self) -> float:
        """Book the next slot and return the seconds until it.

        ``QueueTooLong`` when it lies more than two minutes ahead; nothing is booked then. ``RuntimeError`` inside a
        transaction: the row would stay locked, for everybody, until that transaction ends.
        """
        horizon = self.longest_wait + self.longest_penalty
        parameters: list[float | str] = [horizon, self.interval, self.key, self.longest_wait, horizon, self.interval]
        found = self._execute(_RESERVE, parameters)
        if found is None:
            self._make_row()
            found = self._execute(_RESERVE, parameters)
        if found is None:
            raise QueueTooLong(f"The next free request is more than {self.longest_wait:g} seconds away.")
        return max(found, 0.0)

    def penalize(self, seconds: float) -> None:
        """Keep everybody from booking a slot within the next ``seconds`` (at most ten minutes)."""
        wait = min(seconds, self.longest_penalty)
        self._make_row()
        self._execute(_PENALIZE, [wait, self.longest_wait + self.longest_penalty, wait, self.key])

    def _make_row(self) -> None:
        """Make sure that the row exists, whoever else does so at the same time."""
        RateBudget.objects.bulk_create([RateBudget(key=self.key)], ignore_conflicts=True)

    @staticmethod
    def _execute(statement: str, parameters: Sequence[float | str]) -> float | None:
        """Run a statement in a transaction of its own; return what it returns, None when no row was changed."""
        table = connection.ops.quote_name(RateBudget._meta.db_table)
        sql = statement.format(table=table, now=_NOW[connection.vendor])
        with ExitStack() as stack:
            try:
                stack.enter_context(transaction.atomic(durable=True))
            except RuntimeError as error:
                raise RuntimeError(
                    "A request must not be sent inside a transaction: its slot in the rate budget would stay locked "
                    "for everybody until the transaction ends."
                ) from error
            cursor = stack.enter_context(connection.cursor())
            cursor.execute(sql, parameters)
            # All rows, although there is one at most: SQLite does not commit while a statement is still open.
            rows = cursor.fetchall() if cursor.description else []
        return float(rows[0][0]) if rows else None
