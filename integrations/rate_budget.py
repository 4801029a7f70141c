"""The request budget of one Lexware organization, shared by every process on every machine through one database row.

The row holds the moment of the next free slot. Booking is one UPDATE that moves it on by one interval and returns how
long to sleep: no lock outlives the statement, nobody polls, and slots are handed out in the order they were asked for.
It also holds how much slower we go since the service last refused a call; the way back is a function of the time since
then, worked out within the same UPDATE. Time is the database's, so machines need not agree on the clock.
"""

from contextlib import ExitStack

from django.conf import settings
from django.db import connection, transaction

from integrations.models import RateBudget
from integrations.providers.pace import (
    INTERVAL,
    RECOVERY_SECONDS,
    SAME_REFUSAL_SECONDS,
    SLOWED_TO,
    SLOWEST,
    QueueTooLong,
)

# Whoever would wait longer than this is better told to come back later.
LONGEST_WAIT = 120.0
LONGEST_PENALTY = 600.0
# So many slots may be caught up with; the service lets about four calls through at once (reference: rate limit 2.2).
SLOTS_LATE = 2.5

_WORDS = {
    "postgresql": {
        "now": "extract(epoch from clock_timestamp())::float8",
        "least": "least",
        "greatest": "greatest",
    },
    # SQLite's clock is frozen within a statement, but read only after the write lock is held.
    "sqlite": {
        "now": "((julianday('now') - 2440587.5) * 86400)",
        "least": "min",
        "greatest": "max",
    },
}

# The share of the usual pace now, as ``pace.recovered`` has it. What was slowed in the future was slowed by a clock
# that has since been set back, and says nothing.
_PACE = """
CASE WHEN slowed_at > {now} + %(same)s THEN 1.0
ELSE {least}(1.0, pace + {greatest}({now} - slowed_at, 0.0) / %(recovery)s) END
"""
# A slot beyond every possible wait and penalty was booked by a clock that has since been set back: start anew.
# Whoever comes a moment late for a slot gets it nevertheless, and the next one in its time: without that, one worker
# alone would lose a little of the limit with every answer that takes longer than its slot.
_RESERVE = """
UPDATE {table}
SET next_at = CASE WHEN next_at > {now} - %(late)s AND next_at <= {now} + %(horizon)s THEN next_at ELSE {now} END
    + %(interval)s / ({pace})
WHERE key = %(key)s AND (next_at <= {now} + %(longest)s OR next_at > {now} + %(horizon)s)
RETURNING next_at - %(interval)s / ({pace}) - {now}
"""
_PENALIZE = """
UPDATE {table}
SET next_at = CASE WHEN next_at > {now} + %(wait)s AND next_at <= {now} + %(horizon)s
        THEN next_at ELSE {now} + %(wait)s END,
    pace = CASE WHEN {same} THEN pace ELSE {greatest}(%(slowest)s, ({pace}) * %(slowed_to)s) END,
    slowed_at = CASE WHEN {same} THEN slowed_at ELSE {now} END
WHERE key = %(key)s
"""
_SAME_REFUSAL = "slowed_at > {now} - %(same)s AND slowed_at <= {now} + %(same)s"
_READ = "SELECT {pace} FROM {table} WHERE key = %(key)s"


class DatabaseBudget:
    """The budget named ``key``: an organization's id, or a key's fingerprint while its organization is unknown.

    ``interval``: the seconds between two calls (default: those of Lexware Office). ``time_scale`` makes the seconds of
    this budget that many times shorter (default: ``LEXWARE_TIME_SCALE``).
    """

    def __init__(self, key: str, *, interval: float = INTERVAL, time_scale: float | None = None) -> None:
        scale = time_scale or settings.LEXWARE_TIME_SCALE
        self.key = key
        self.interval = interval / scale
        self.longest_wait = LONGEST_WAIT / scale
        self.longest_penalty = LONGEST_PENALTY / scale
        self._parameters: dict[str, float | str] = {
            "key": key,
            "interval": self.interval,
            "late": self.interval * SLOTS_LATE,
            "longest": self.longest_wait,
            "horizon": self.longest_wait + self.longest_penalty,
            "recovery": RECOVERY_SECONDS / scale,
            "same": SAME_REFUSAL_SECONDS / scale,
            "slowest": SLOWEST,
            "slowed_to": SLOWED_TO,
        }

    def reserve(self) -> float:
        """Book the next slot and return the seconds until it.

        ``QueueTooLong`` when it lies more than two minutes ahead; nothing is booked then. ``RuntimeError`` inside a
        transaction: the row would stay locked, for everybody, until that transaction ends.
        """
        found = self._execute(_RESERVE)
        if found is None:
            self._make_row()
            found = self._execute(_RESERVE)
        if found is None:
            raise QueueTooLong(f"The next free request is more than {self.longest_wait:g} seconds away.")
        return max(found, 0.0)

    def penalize(self, seconds: float) -> None:
        """A call was refused: let nobody book a slot within the next ``seconds`` (at most ten minutes), and go slower.

        Refusals within five seconds slow the pace once.
        """
        self._make_row()
        self._execute(_PENALIZE, wait=min(seconds, self.longest_penalty))

    def pace(self) -> float:
        """Return the share of the usual pace (95 % of the documented limit) at which calls go out now."""
        with connection.cursor() as cursor:
            cursor.execute(_statement(_READ), self._parameters)
            rows = cursor.fetchall()
        return float(rows[0][0]) if rows else 1.0

    def _make_row(self) -> None:
        """Make sure that the row exists, whoever else does so at the same time."""
        RateBudget.objects.bulk_create([RateBudget(key=self.key)], ignore_conflicts=True)

    def _execute(self, statement: str, **more: float) -> float | None:
        """Run a statement in a transaction of its own; return what it returns, None when no row was changed."""
        with ExitStack() as stack:
            try:
                stack.enter_context(transaction.atomic(durable=True))
            except RuntimeError as error:
                raise RuntimeError(
                    "A request must not be sent inside a transaction: its slot in the rate budget would stay locked "
                    "for everybody until the transaction ends."
                ) from error
            cursor = stack.enter_context(connection.cursor())
            cursor.execute(_statement(statement), {**self._parameters, **more})
            # All rows, although there is one at most: SQLite does not commit while a statement is still open.
            rows = cursor.fetchall() if cursor.description else []
        return float(rows[0][0]) if rows else None


def _statement(text: str) -> str:
    """A statement in the words of this database."""
    table = connection.ops.quote_name(RateBudget._meta.db_table)
    words = _WORDS[connection.vendor]
    return text.format(table=table, pace=_PACE.format(**words), same=_SAME_REFUSAL.format(**words), **words)


def pace_of(key: str) -> float:
    """Return the share of the usual pace at which calls of this organization go out now: 1.0 where nothing refused."""
    return DatabaseBudget(key).pace()
