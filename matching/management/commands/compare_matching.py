"""Show what a run under another rule, or under today's version, would change; apply it where wanted."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.models import Client
from accounts.operator_command import Failed, OperatorCommand, WrongUsage
from matching.models import MatchingPolicy
from matching.models.policy import ALLOWED
from matching.services.comparing import apply_difference, compare, wanted_policy
from matching.services.policies import values_of


class Command(OperatorCommand):
    help = (
        "Show what would become automatic, what no longer, and what would change its amount or partner, without "
        "writing. Without options: the rule in force and today's version against what stands."
    )
    example = "python manage.py compare_matching 10001 --threshold 99.5 --without discount fee --json"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", metavar="CLIENT", help="client number")
        parser.add_argument("--threshold", metavar="PERCENT", help="at least this sure")
        parser.add_argument("--highest", metavar="EUROS", help="up to this amount")
        parser.add_argument("--without", nargs="+", metavar="KIND", choices=ALLOWED, help=", ".join(ALLOWED))
        parser.add_argument("--apply", action="store_true", help="set the rule and apply the difference")

    def work(self, **options: Any) -> None:
        client = self.client(options["client"])
        values = self._values(client, options)
        with self.progress() as progress:

            def told(done: int, total: int) -> None:
                progress(client.number, done, total)

            found, _thought = compare(client, wanted_policy(client, values), told)
            answer = {"client": client.number, **found.as_json(), "digest": found.digest, "applied": False}
            if options["apply"]:
                if not apply_difference(client, values, found.digest, None, told):
                    raise Failed(_("Something has changed meanwhile, so that nothing was applied. Try again."))
                answer["applied"] = True
        words = _("%(becomes)d would become automatic, %(no_longer)d no longer, %(changed)d would be different")
        self.answer(answer, words % answer["counts"])

    def _values(self, client: Client, options: dict[str, Any]) -> dict[str, Any] | None:
        """The columns of the rule in question: the one in force with what was said; None where nothing was said."""
        said = {name: options[name] for name in ("threshold", "highest") if options[name] is not None}
        if not said and not options["without"]:
            return None
        for name, value in said.items():
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = Decimal(-1)
            if not number.is_finite() or number < 0 or (name == "threshold" and number >= 100):
                raise WrongUsage(_("--%(name)s does not take %(value)s.") % {"name": name, "value": value})
        own = MatchingPolicy.objects.filter(client=client, in_use=True).first()
        base = own or MatchingPolicy.objects.filter(client=None).first() or MatchingPolicy()
        return {**values_of(base), "in_use": True, **said, **dict.fromkeys(options["without"] or (), False)}
