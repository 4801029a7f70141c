"""Adds a client."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Service
from accounts.operator_command import Failed, OperatorCommand, WrongUsage
from accounts.services import UnableToAddClient, add_client


class Command(OperatorCommand):
    help = "Add a client with its tax years, its last filed VAT return and a person who can log in for it."
    example = 'python manage.py add_client "Tischlerei Ahrens GmbH" --email chef@ahrens.example --closed-through 2024'

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="Name of the company.")
        parser.add_argument("--email", required=True, help="Address of the person who logs in for the client.")
        parser.add_argument("--number", default="", help="Client number; default: the next free one.")
        parser.add_argument("--service", choices=Service.values, default=Service.TAX.value, help="Default: tax.")
        parser.add_argument("--closed-through", type=int, metavar="YEAR", help="The last closed tax year.")
        parser.add_argument(
            "--vat-filed-through",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="The last day of the last filed VAT period.",
        )

    def work(self, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise WrongUsage(_("%(email)s is not an e-mail address.") % {"email": options["email"]}) from error
        try:
            client = add_client(
                name=options["name"],
                email=options["email"],
                number=options["number"],
                service=options["service"],
                closed_through=options["closed_through"],
                vat_filed_through=options["vat_filed_through"],
                today=timezone.localdate(),
            )
        except UnableToAddClient as error:
            raise Failed(error) from error
        self.answer(
            {"client": client.number},
            _("Client %(number)s (%(name)s) was added.") % {"number": client.number, "name": client.name},
        )
