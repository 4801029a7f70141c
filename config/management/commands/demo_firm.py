"""``demo_firm``: seed the demo firm and do the main job once; called by ``make run`` and ``make chain``."""

import json
import sys
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Client
from config.demo import firm, people, report, uploaded
from config.demo.feed_report import feed_differences
from integrations.services import connections, exchange_rates

Pair = tuple[Client, dict[str, Any]]
EXPECTED_STATES = ("active", "active", "none", "activate", "failed (key_rejected)", "active")


class Command(BaseCommand):
    """Works only against a sandbox: ``sandbox.json`` in the data folder says where it is."""

    help = "Seed the demo firm and do the main job once, against the running sandbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="exit 1 unless every number is as it must be")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.LEXWARE_API_URL == settings.LEXWARE_REAL_URL:
            raise CommandError("The demo firm works with the sandbox only; LEXWARE_API_URL is the real service.")
        sandbox = json.loads((Path(settings.DATA_DIR) / "sandbox.json").read_text(encoding="utf-8"))
        organizations = sandbox["organizations"]
        today = datetime.now(UTC).astimezone(ZoneInfo(settings.TIME_ZONE)).date()
        staff = firm.seed_staff()
        clients = []
        for plan in people.CLIENTS:
            clients.append(firm.seed_client(plan, people.name_of(plan, sandbox), staff[plan.accountant], today))
        exchange_rates.fetch_due_rates()
        connected = [
            (client, organizations[plan.organization])
            for client, plan in zip(clients, people.CLIENTS, strict=True)
            if plan.organization in (0, 1)
        ]
        for client, organization in connected:
            self.progress(f"{client}: connecting")
            firm.connect(client, organization["key"])
        fed = [
            (client, sandbox["qonto"]["organizations"][plan.bank])
            for client, plan in zip(clients, people.CLIENTS, strict=True)
            if plan.bank is not None
        ]
        for client, organization in fed:
            self.progress(f"{client}: connecting")
            firm.connect_bank(client, organization["key"])
        connections.begin(clients[3])
        firm.connect(clients[4], "not-a-key-of-anybody")
        uploaded.upload(clients[3], today)
        for client, organization in connected:
            self.progress(f"{client}: bank statements")
            firm.import_statements(client, sandbox["control_url"], organization["organization_id"])
        try:
            firm.wait_for_workers(self.progress)
        except firm.DemoFailed as problem:
            raise CommandError(str(problem)) from problem
        self.progress("")
        lines = [report.line_for(client) for client in clients]
        self.stdout.write(report.table(lines))
        if options["check"]:
            self.compare(self.problems(connected, fed, sandbox, today), lines)
        else:
            self.logins(organizations[2]["key"])

    def progress(self, text: str) -> None:
        """One line that rewrites itself on a terminal."""
        if sys.stdout.isatty():
            self.stdout.write(f"\r\033[K{text}", ending="")
            self.stdout.flush()

    def logins(self, key: str) -> None:
        """Who can log in, and the key that the third client types in."""
        self.stdout.write(f"\nLog in with the password '{people.PASSWORD}' as")
        for login, (name, group) in people.STAFF.items():
            self.stdout.write(f"  {people.staff_email(login):30} {name}, {group or 'Admin'}")
        for plan in people.CLIENTS:
            self.stdout.write(f"  {plan.email:30} client {plan.number}: {plan.about}")
        self.stdout.write(f"\nAPI key for client 10003, who has not connected yet:  {key}")

    def problems(self, connected: list[Pair], fed: list[Pair], sandbox: dict[str, Any], today: date) -> list[str]:
        """What differs from the sandbox's truth, client by client."""
        found = []
        for client, organization in connected:
            truth = self.truth(sandbox["control_url"], organization)
            found += [f"{client}: {problem}" for problem in report.differences(client, truth, today)]
        for client, organization in fed:
            truth = self.truth(sandbox["qonto"]["control_url"], organization)
            found += [f"{client}: {problem}" for problem in feed_differences(client, truth)]
        uploader = Client.objects.get(number=people.CLIENTS[3].number)
        found += [f"{uploader}: {problem}" for problem in uploaded.upload_differences(uploader, today)]
        return found

    def truth(self, control_url: str, organization: dict[str, Any]) -> dict[str, Any]:
        """What the sandbox knows of an organization."""
        answer = requests.get(f"{control_url}/organizations/{organization['organization_id']}/truth", timeout=30)
        answer.raise_for_status()
        truth: dict[str, Any] = answer.json()
        return truth

    def compare(self, problems: list[str], lines: list[report.Line]) -> None:
        """``CommandError`` (exit 1) lists what differs from the truth, and connections in another state."""
        problems = [
            f"{line.client}: connection is {line.state}, not {expected}"
            for line, expected in zip(lines, EXPECTED_STATES, strict=True)
            if line.state != expected
        ] + problems
        if problems:
            raise CommandError("Not as it must be:\n  " + "\n  ".join(problems))
        self.stdout.write("\nEvery number is as it must be.")
