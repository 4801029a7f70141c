"""Connects a client with Qonto."""

from argparse import BooleanOptionalAction
from typing import Any

from django.core.management.base import CommandParser

from integrations.management.connect_command import ConnectCommand
from integrations.models import Connection, Provider


class Command(ConnectCommand):
    help = (
        "Check a client's key of Qonto (login and secret key) and connect the client, then fetch the transactions. The "
        "key is read from a file or from standard input, or asked for; it is never an argument. The answer is about "
        "this attempt: a refused key leaves a connection that works as it is."
    )
    example = "python manage.py connect_qonto 10001 --key-file key.txt"
    provider = Provider.QONTO

    def arguments(self, parser: CommandParser) -> None:
        self.common_arguments(
            parser,
            fetched="transactions",
            moved="The client has moved to another Qonto organization: fetch its accounts; what is here stays.",
        )
        parser.add_argument(
            "--files",
            action=BooleanOptionalAction,
            default=None,
            help="Fetch the documents beside transactions as well, or do not; default: as before, at first not.",
        )

    def work(self, **options: Any) -> None:
        self.connect(options)

    def connected(self, connection: Connection, options: dict[str, Any]) -> None:
        """Note whether documents are wanted."""
        if options["files"] is not None:
            Connection.objects.filter(pk=connection.pk).update(fetch_files=options["files"])
            connection.refresh_from_db()
