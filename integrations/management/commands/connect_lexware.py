"""Connects a client with Lexware Office."""

import getpass
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.operator_command import Failed, OperatorCommand, WrongUsage
from integrations.management.fetching import on_bar, problem, summary
from integrations.models import Connection, Reason, Status, SyncRun
from integrations.portal.key_words import offered_move
from integrations.services import connections
from integrations.services.key_end import possible_end
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
        parser.add_argument(
            "--key-expires-on",
            metavar="DAY",
            help="The key's last day, YYYY-MM-DD; default: 24 months from today, the longest there is.",
        )
        parser.add_argument(
            "--confirm-organization-change",
            action="store_true",
            help=(
                "The client has moved to another Lexware Office organization: withdraw the vouchers of the former one "
                "and fetch those of the new one."
            ),
        )
        parser.add_argument("--no-sync", action="store_true", help="Do not fetch the vouchers now.")

    def work(self, **options: Any) -> None:
        ends = self._end(options["key_expires_on"])
        client = self.client(options["client"])
        connection = connections.get_or_create(client)
        key = self._key(options["key_file"])
        moved = connections.ANY_ORGANIZATION if options["confirm_organization_change"] else ""
        try:
            connection = connections.connect(connection, key, sync=False, key_expires_on=ends, may_change_to=moved)
        except connections.OldKeyKept as error:
            self._tell(connection, Status.FAILED, error.reason)
            raise Failed(f"{error} {self._why(connection, error.reason)}") from error
        except (connections.ConnectProblem, connections.UnusableKey) as error:
            connection.refresh_from_db()
            self._tell(connection, connection.status, connection.reason)
            raise Failed(error) from error
        fetched = None
        if connection.status == Status.ACTIVE and not options["no_sync"]:
            with self.progress() as bar:
                fetched = run_now(connection, SyncRun.Trigger.CONNECT, on_progress=on_bar(bar, connection))
            connection.refresh_from_db()
        self._tell(connection, connection.status, connection.reason, fetched)
        if connection.status == Status.FAILED:
            raise Failed(f"{self._why(connection, connection.reason)} {failure(connection.reason).staff}")
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

    def _why(self, connection: Connection, reason: str) -> str:
        move = offered_move(connection) if reason == Reason.ORGANIZATION_CHANGED else None
        if move is None:
            return str(failure(reason).what)
        return _(
            "The key belongs to “%(new)s”, connected here is “%(old)s”. If the client has moved, repeat it with "
            "--confirm-organization-change."
        ) % {"new": move.name, "old": move.former}

    def _end(self, text: str | None) -> date | None:
        try:
            return possible_end(date.fromisoformat(text), timezone.localdate()) if text else None
        except connections.WrongEnd as error:
            raise WrongUsage(error) from error
        except ValueError as error:
            raise WrongUsage(_("--key-expires-on takes a day such as 2027-12-31.")) from error

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
