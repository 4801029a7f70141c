"""Run the matching of one client or of all."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.models import Client
from accounts.operator_command import OperatorCommand, Progress, WrongUsage
from matching.services import run_matching


class Command(OperatorCommand):
    help = "Find out which bank transaction paid which voucher, for one client or all. Safe to repeat."
    example = "python manage.py match 10001 --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", nargs="?", metavar="CLIENT", help="client number")
        parser.add_argument("--all", action="store_true", help="every client")

    def work(self, **options: Any) -> None:
        number, everybody = options["client"], options["all"]
        if bool(number) == everybody:
            raise WrongUsage(_("Give either a client number or --all."))
        with self.progress() as progress:
            if number:
                answer = self._match(self.client(number), progress)
                self.answer(answer, self._text(answer))
                return
            answers = [
                {"client": client.number, **self._match(client, progress)}
                for client in Client.objects.order_by("number").iterator()
            ]
        self.answer(answers, "\n".join(f"{answer['client']}: {self._text(answer)}" for answer in answers))

    def _match(self, client: Client, progress: Progress) -> dict[str, Any]:
        return asdict(run_matching(client, progress=lambda done, total: progress(client.number, done, total)))

    def _text(self, answer: dict[str, Any]) -> str:
        return _(
            "%(automatic)d matched automatically, %(suggested)d to review, %(unmatched_vouchers)d vouchers and "
            "%(unmatched_transactions)d transactions left over, %(seconds).1f s"
        ) % {name: value for name, value in answer.items() if name != "client"}
