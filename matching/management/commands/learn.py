"""Learn anew from the decisions of one client or of all."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.models import Client
from accounts.operator_command import OperatorCommand, WrongUsage
from matching.services.memory import rebuild


class Command(OperatorCommand):
    help = "Learn anew from people's decisions, for one client or all. What was revoked stays revoked. Safe to repeat."
    example = "python manage.py learn 10001 --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", nargs="?", metavar="CLIENT", help="client number")
        parser.add_argument("--all", action="store_true", help="every client")

    def work(self, **options: Any) -> None:
        number, everybody = options["client"], options["all"]
        if bool(number) == everybody:
            raise WrongUsage(_("Give either a client number or --all."))
        if number:
            answer = {"client": number, "facts": rebuild(self.client(number))}
            self.answer(answer, _("%(client)s: %(facts)d facts") % answer)
            return
        answers = []
        with self.progress() as progress:
            clients = list(Client.objects.order_by("number"))
            for done, client in enumerate(clients):
                progress(client.number, done, len(clients))
                answers.append({"client": client.number, "facts": rebuild(client)})
        self.answer(answers, "\n".join(_("%(client)s: %(facts)d facts") % answer for answer in answers))
