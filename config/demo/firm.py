"""The people and clients of the demo firm, and the morning's work done through the services."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import requests
from django.contrib.auth.models import Group
from django_q.models import OrmQ

from accounts.models import Client, Membership, Service, User
from accounts.services import add_client
from config.demo.people import PASSWORD, STAFF, DemoClient, staff_email
from integrations.models import Connection, Provider, StatementFile, Status, SyncRun
from integrations.services import connections, sync
from integrations.services.statements import import_file
from matching.tasks import MATCH_CLIENT

PATIENCE_SECONDS = 240


class DemoFailed(Exception):
    """The demo's work did not end as it should; the text says where."""


def seed_staff() -> dict[str, User]:
    """The firm's people; safe to repeat."""
    people = {}
    for login, (name, group) in STAFF.items():
        user = User.objects.filter(email=staff_email(login)).first()
        if user is None:
            user = User.objects.create_user(
                staff_email(login), PASSWORD, name=name, is_staff=True, is_superuser=group is None
            )
        if group:
            user.groups.add(Group.objects.get(name=group))
        people[login] = user
    return people


def seed_client(plan: DemoClient, name: str, accountant: User, today: date) -> Client:
    """One client with its tax years, VAT return and login; safe to repeat."""
    client = Client.objects.filter(number=plan.number).first()
    if client is not None:
        return client
    filed = None
    if plan.service == Service.BOOKKEEPING:
        # The last month of the quarter before last: recent enough to be real, old enough to leave work.
        filed = date(today.year, today.month, 1) - timedelta(days=1)
        while filed.month % 3 or (today - filed).days < 150:
            filed = filed.replace(day=1) - timedelta(days=1)
    client = add_client(
        name=name, email=plan.email, number=plan.number, service=plan.service, closed_through=today.year - 2,
        vat_filed_through=filed, accountant=accountant, today=today,
    )  # fmt: skip
    member = Membership.objects.get(client=client).user
    member.set_password(PASSWORD)
    member.name = name
    member.save()
    return client


def connect(client: Client, key: str, provider: str = Provider.LEXWARE) -> Connection:
    """Connect a client as its web form does; one that is connected fetches again if its first fetch was cut off."""
    connection = connections.get_or_create(client, provider)
    if connection.status == Status.NONE:
        connection = connections.begin(client, provider=provider)
    if connection.status == Status.ACTIVATE:
        connection = connections.connect(connection, key)
    if connection.status == Status.ACTIVE and connection.last_sync_at is None:
        sync.enqueue(connection, SyncRun.Trigger.CONNECT)
    return connection


def connect_bank(client: Client, key: str) -> Connection:
    """Connect a client with Qonto, documents wanted."""
    connection = connections.get_or_create(client, Provider.QONTO)
    Connection.objects.filter(pk=connection.pk).update(fetch_files=True)
    return connect(client, key, Provider.QONTO)


def import_statements(client: Client, control_url: str, organization: str) -> int:
    """Fetch the bank's files of an organization from the sandbox and import those that are not here yet.

    Returns their number. A demo that was stopped half way goes on where it was.
    """
    base = f"{control_url}/organizations/{organization}/statements"
    listing = requests.get(base, timeout=30)
    listing.raise_for_status()
    here = set(StatementFile.objects.filter(client=client).values_list("name", flat=True))
    files = [file for file in listing.json()["statements"] if file["name"] not in here]
    for file in files:
        answer = requests.get(file["url"], timeout=30)
        answer.raise_for_status()
        import_file(client, file["name"], answer.content)
    return len(files)


def wait_for_workers(progress: Callable[[str], None]) -> None:
    """Wait until the workers have nothing of ours left to do. ``DemoFailed`` when they do not come to an end."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        live = SyncRun.objects.filter(state__in=[SyncRun.State.QUEUED, SyncRun.State.RUNNING]).order_by("pk")
        waiting = [task for task in OrmQ.objects.all() if task.func() == MATCH_CLIENT]
        if not live and not waiting:
            return
        if time.monotonic() > deadline:
            raise DemoFailed("The workers did not finish in time; see worker.log in the demo's logs folder.")
        run = next((run for run in live if run.state == SyncRun.State.RUNNING), None)
        progress(f"{run.connection.client}: {run.phase} {run.done}/{run.total}" if run else "matching")
        time.sleep(0.3)
