"""Connects a client with Lexware Office."""

from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.operator_command import WrongUsage
from integrations.management.connect_command import ConnectCommand
from integrations.models import Provider
from integrations.services import connections
from integrations.services.key_end import possible_end


class Command(ConnectCommand):
    help = (
        "Check a client's API key and connect the client, then fetch the vouchers. The key is read from a file or from "
        "standard input, or asked for; it is never an argument. The answer is about this attempt: a refused key leaves "
        "a connection that works as it is."
    )
    example = "python manage.py connect_lexware 10001 --key-file key.txt"
    provider = Provider.LEXWARE

    def arguments(self, parser: CommandParser) -> None:
        self.common_arguments(
            parser,
            fetched="vouchers",
            moved=(
                "The client has moved to another Lexware Office organization: withdraw the vouchers of the former one "
                "and fetch those of the new one."
            ),
        )
        parser.add_argument(
            "--key-expires-on",
            metavar="DAY",
            help="The key's last day, YYYY-MM-DD; default: 24 months from today, the longest there is.",
        )

    def work(self, **options: Any) -> None:
        self.connect(options, ends=self._end(options["key_expires_on"]))

    def _end(self, text: str | None) -> date | None:
        try:
            return possible_end(date.fromisoformat(text), timezone.localdate()) if text else None
        except connections.WrongEnd as error:
            raise WrongUsage(error) from error
        except ValueError as error:
            raise WrongUsage(_("--key-expires-on takes a day such as 2027-12-31.")) from error
