"""What the commands that connect a client have in common, whoever the provider is."""

import getpass
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from accounts.operator_command import Failed, OperatorCommand
from integrations.management.fetching import on_bar, problem, summary
from integrations.models import Connection, Provider, Reason, Status, SyncRun
from integrations.portal.key_words import offered_move
from integrations.services import connections
from integrations.services.sync import run_now
from integrations.words import failure

LONGEST_INPUT = 65_536


class ConnectCommand(OperatorCommand):
    """Checks a key, connects the client, fetches. The key is read from a file or standard input, or asked for."""

    provider: ClassVar[Provider]

    def common_arguments(self, parser: ArgumentParser, *, fetched: str, moved: str) -> None:
        """Add what every such command takes; ``fetched``: what is fetched, ``moved``: what a move means."""
        parser.add_argument("client", metavar="CLIENT", help="Client number.")
        parser.add_argument("--key-file", metavar="FILE", help="File with the API key; - is standard input.")
        parser.add_argument("--confirm-organization-change", action="store_true", help=moved)
        parser.add_argument("--no-sync", action="store_true", help=f"Do not fetch the {fetched} now.")

    def connect(self, options: dict[str, Any], *, ends: date | None = None) -> None:
        """Do it, and answer. ``ends``: the key's last day, where its provider's keys have one."""
        client = self.client(options["client"])
        connection = connections.get_or_create(client, self.provider)
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
        self.connected(connection, options)
        fetched = None
        if connection.status == Status.ACTIVE and not options["no_sync"]:
            with self.progress() as bar:
                fetched = run_now(connection, SyncRun.Trigger.CONNECT, on_progress=on_bar(bar, connection))
            connection.refresh_from_db()
        self._tell(connection, connection.status, connection.reason, fetched)
        if connection.status == Status.FAILED:
            staff = failure(connection.reason, self.provider).staff
            raise Failed(f"{self._why(connection, connection.reason)} {staff}")
        if fetched is not None and fetched.state == SyncRun.State.FAILED:
            raise Failed(problem(fetched))

    def connected(self, connection: Connection, options: dict[str, Any]) -> None:
        """What is set before the first fetch; by default nothing."""

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
            return str(failure(reason, self.provider).what)
        return _(
            "The key belongs to “%(new)s”, connected here is “%(old)s”. If the client has moved, repeat it with "
            "--confirm-organization-change."
        ) % {"new": move.name, "old": move.former}

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
