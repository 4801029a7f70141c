"""``worker``: runs background work on this machine until it is stopped."""

import signal
from argparse import SUPPRESS, ArgumentParser, RawDescriptionHelpFormatter
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_q.conf import Conf

from config.background import cluster
from config.background.supervisor import Supervisor, command_line

PATIENCE = 20.0


class Command(BaseCommand):
    """Thin: ``config.background`` does it."""

    help = (
        "Run background work on this machine: fetches, matching, mails, and everything that goes by the clock. "
        "QUEUE_WORKERS says how many tasks are worked on at the same time. SIGTERM and Ctrl-C let them finish what "
        "they are doing (again: at once). Workers that stand still or die are replaced, and what they had begun is "
        "delivered again; nothing outlives this command."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add the example to the help."""
        kwargs.setdefault("formatter_class", RawDescriptionHelpFormatter)
        kwargs.setdefault("epilog", "Example:\n  python manage.py worker")
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--patience",
            type=float,
            default=PATIENCE,
            metavar="SECONDS",
            help=f"how long a task may wait for a worker that is free before all are replaced (default: {PATIENCE:g})",
        )
        parser.add_argument("--report-to", type=int, default=None, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["report_to"] is not None:
            cluster.run(options["report_to"])
            return
        if options["patience"] <= 0:
            raise CommandError("The patience must be above 0 seconds.", returncode=2)
        supervisor = Supervisor(command_line(), workers=cast(int, Conf.WORKERS), patience=options["patience"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, supervisor.stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup: whoever closes the terminal wants us to go on
            signal.signal(signal.SIGHUP, supervisor.stop)
        code = supervisor.run()
        if code:
            raise CommandError("The workers did not start.", returncode=code)
