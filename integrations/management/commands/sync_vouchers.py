"""Fetches vouchers now."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.models import Client
from accounts.operator_command import Failed, OperatorCommand, WrongUsage
from integrations.management.fetching import figures, on_bar, problem, summary
from integrations.models import Connection, Provider, Status, SyncRun
from integrations.services.sync import run_now
from integrations.words import failure


class Command(OperatorCommand):
    help = "Fetch the vouchers of a client, or of every connected client, in this process; --provider: something else."
    example = "python manage.py sync_vouchers 10001"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", metavar="CLIENT", nargs="?", help="Client number.")
        parser.add_argument("--all", action="store_true", help="Every connected client.")
        parser.add_argument(
            "--provider",
            choices=Provider.values,
            default=Provider.LEXWARE.value,
            help="Default: lexware. With qonto the bank transactions are fetched.",
        )
        parser.add_argument("--full", action="store_true", help="Compare everything, not only what changed.")

    def work(self, **options: Any) -> None:
        if bool(options["client"]) == options["all"]:
            raise WrongUsage(_("Give either a client number or --all."))
        if options["all"]:
            self._all(options["provider"], full=options["full"])
            return
        run = self._fetch(self._connection(self.client(options["client"]), options["provider"]), full=options["full"])
        self.answer(figures(run), summary(run))
        if run.state == SyncRun.State.FAILED:
            raise Failed(problem(run))

    def _all(self, provider: str, *, full: bool) -> None:
        active = Connection.objects.filter(provider=provider, status=Status.ACTIVE)
        runs = [self._fetch(connection, full=full) for connection in active.order_by("client__number")]
        self.answer(
            [{"client": run.connection.client.number, **figures(run)} for run in runs],
            "\n".join(f"{run.connection.client}: {summary(run)}" for run in runs) or _("No client is connected."),
        )
        failed = sum(run.state == SyncRun.State.FAILED for run in runs)
        if failed:
            raise Failed(_("%(failed)s of %(all)s clients failed.") % {"failed": failed, "all": len(runs)})

    def _fetch(self, connection: Connection, *, full: bool) -> SyncRun:
        with self.progress() as bar:
            return run_now(connection, SyncRun.Trigger.MANUAL, full=full, on_progress=on_bar(bar, connection))

    def _connection(self, client: Client, provider: str) -> Connection:
        connection = client.connections.filter(provider=provider).first()
        if connection is not None and connection.status == Status.FAILED:
            words = failure(connection.reason, connection.provider)
            raise Failed(
                _("The connection of client %(client)s has failed: %(what)s %(next)s")
                % {"client": client.number, "what": words.what, "next": words.staff}
            )
        if connection is None or connection.status != Status.ACTIVE:
            raise Failed(
                _("Client %(client)s is not connected: use %(command)s first.")
                % {"client": client.number, "command": f"connect_{provider}"}
            )
        return connection
