"""The base of the commands that operators and scripts run: one behaviour for options, answers and exit codes."""

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Client

BAR_WIDTH = 30
QUIET_SECONDS = 1.0
REDRAW_SECONDS = 0.1


class Failed(CommandError):
    """The work failed: exit code 1. The text says what happened and what to do."""

    def __init__(self, message: object) -> None:
        super().__init__(str(message), returncode=1)


class WrongUsage(CommandError):
    """The command was called wrongly: exit code 2."""

    def __init__(self, message: object) -> None:
        super().__init__(str(message), returncode=2)


class _HelpFormatter(argparse.RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Django's order of options, and examples with their line breaks."""


class Progress:
    """A bar on a terminal for work that takes longer than a second; silent everywhere else."""

    def __init__(self, stream: TextIO, *, enabled: bool) -> None:
        self._stream = stream
        self._enabled = enabled
        self._started = self._drawn_at = time.monotonic()
        self._drawn = False

    @property
    def shows(self) -> bool:
        """Whether anybody sees it by now."""
        return self._enabled and time.monotonic() - self._started >= QUIET_SECONDS

    def __call__(self, phase: str, done: int, total: int, left: str = "") -> None:
        """Show ``done`` of ``total`` pieces of a phase; ``total`` 0 means that it is not known yet.

        ``left``: what is known about the time that it still takes, in words.
        """
        now = time.monotonic()
        if not self.shows:
            return
        if self._drawn and now - self._drawn_at < REDRAW_SECONDS:
            return
        filled = BAR_WIDTH * done // total if total else 0
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        figures = f"{done}/{total}" if total else str(done)
        words = f"{phase}, {left}" if left else phase
        self._stream.write(f"\r\033[K[{bar}] {figures} {words}")
        self._stream.flush()
        self._drawn, self._drawn_at = True, now

    def close(self) -> None:
        """Wipe the bar."""
        if self._drawn:
            self._stream.write("\r\033[K")
            self._stream.flush()
            self._drawn = False


class OperatorCommand(BaseCommand):
    """A public command: ``--json``, an example in ``--help``, exit code 0, 1 (failed) or 2 (wrong usage).

    A subclass gives ``help``, ``example``, ``arguments(parser)`` and ``work(**options)``, which calls ``answer`` once
    and raises ``Failed`` or ``WrongUsage``. With ``--json`` exactly one document goes to stdout, also when the work
    failed before there was an answer (then it is ``{"error": "…"}``); everything else goes to stderr.
    """

    example = ""
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add the example to the help."""
        kwargs.setdefault("formatter_class", _HelpFormatter)
        if self.example:
            kwargs.setdefault("epilog", f"Example:\n  {self.example}")
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--json`` and what the subclass wants."""
        self.arguments(parser)
        parser.add_argument("--json", action="store_true", help="Answer with one JSON document.")

    def arguments(self, parser: CommandParser) -> None:
        """Add the command's own arguments; to be overridden."""

    def work(self, **options: Any) -> None:
        """Do the work and answer; to be overridden."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Run ``work`` in English, which scripts can rely on; keep stdout for the one answer."""
        self._json = bool(options["json"])
        self._answered = False
        try:
            # Whatever else prints (a mail backend for the console, a library) must not spoil the document.
            with override("en"), contextlib.redirect_stdout(sys.stderr) if self._json else contextlib.nullcontext():
                self.work(**options)
        except CommandError as error:
            self._apologize(error)
            raise
        except DatabaseError as error:
            broken = Failed(f"The database does not answer as it should (was it migrated?): {error}".strip())
            self._apologize(broken)
            raise broken from error
        except KeyboardInterrupt:
            interrupted = Failed("Interrupted.")
            self._apologize(interrupted)
            raise interrupted from None

    def _apologize(self, error: CommandError) -> None:
        """The one JSON document where there was no answer yet."""
        if self._json and not self._answered:
            self.answer({"error": str(error)}, "")

    def answer(self, data: Any, text: str) -> None:
        """Give the answer: ``data`` as JSON or ``text`` for people."""
        self._answered = True
        words = json.dumps(data, ensure_ascii=False, default=_plain) if self._json else text
        if words:
            # A file's name may hold bytes that are no characters: they are shown as question marks.
            self.stdout.write(words.encode("utf-8", "replace").decode())

    @contextlib.contextmanager
    def progress(self) -> Iterator[Progress]:
        """A progress bar on stderr for the time of the block."""
        stream = sys.stderr
        bar = Progress(stream, enabled=stream.isatty())
        try:
            yield bar
        finally:
            bar.close()

    def client(self, number: str) -> Client:
        """The client with this number; ``Failed`` where there is none."""
        client = Client.objects.filter(number=number).first()
        if client is None:
            raise Failed(_("There is no client with the number %(number)s.") % {"number": number})
        return client


def _plain(value: Any) -> Any:
    """JSON form of what the answers hold: amounts as decimal strings, dates and moments in ISO form."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)
