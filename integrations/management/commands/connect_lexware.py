"""Connects a client with Lexware Office."""

import getpass
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.operator_command import Failed, OperatorCommand
from integrations.management.fetching import problem, summary
from integrations.models import Connection, Status, SyncRun
from integrations.services import connections
from integrations.services.sync import run_now
from integrations.words import failure

LONGEST_INPUT = 65_536


class Command(OperatorCommand):
    help = (
        "Check a client's API key and connect the client, then fetch the vouchers. The key is read from a file or from "
        "standard input, or asked for; it is never an argument. The answer is about this attempt: a refused key leaves "
        "a connection that works as it is."
    )
    example = "python manage.py connect_lexware 10001 --key-file key.txt"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", metavar="CLIENT", help="Client number.")
        parser.add_argument("--key-file", metavar="FILE", help="File with the API key; - is standard input.")
        parser.add_argument("--no-sync", action="store_true", help="Do not fetch the vouchers now.")

    def work(self, **options: Any) -> None:
        client = self.client(options["client"])
        connection = connections.get_or_create(client)
        key = self._key(options["key_file"])
        try:
            connection = connections.connect(connection, key, sync=False)
        except connections.OldKeyKept as error:
            self._tell(connection, Status.FAILED, error.reason)
            raise Failed(f"{error} {failure(error.reason).what}") from error
        except (connections.ConnectProblem, connections.UnusableKey) as error:
            connection.refresh_from_db()
            self._tell(connection, connection.status, connection.reason)
            raise Failed(error) from error
        fetched = None
        if connection.status == Status.ACTIVE and not options["no_sync"]:
            with self.progress() as bar:
                fetched = run_now(connection, SyncRun.Trigger.CONNECT, on_progress=bar)
            connection.refresh_from_db()
        self._tell(connection, connection.status, connection.reason, fetched)
        if connection.status == Status.FAILED:
            words = failure(connection.reason)
            raise Failed(f"{words.what} {words.staff}")
        if fetched is not None and fetched.state == SyncRun.State.FAILED:
            raise Failed(problem(fetched))

    def _tell(self, connection: Connection, status: str, reason: str, fetched: SyncRun | None = None) -> None:
        lines = [f"{connection.client}: {Status(status).label} {connection.organization_name}".rstrip()]
        if fetched is not None:
            lines.append(summary(fetched))
        self.answer(
            {"status": status, "reason": reason or None, "organization": connection.organization_name},
            "\n".join(lines),
        )

    def _key(self, source: str | None) -> str:
        if source is None and sys.stdin.isatty():
            return getpass.getpass(_("API key (it is not shown): "))
        try:
            if source in (None, "-"):
                return sys.stdin.read(LONGEST_INPUT)
            return Path(source).read_text(encoding="utf-8-sig")[:LONGEST_INPUT]
        except OSError as error:
            raise Failed(
                _("The key file cannot be read: %(problem)s.") % {"problem": error.strerror or type(error).__name__}
            ) from error
        except UnicodeDecodeError:
            # From None: the error itself holds what was read.
            raise Failed(_("The key file is not a text file.")) from None
