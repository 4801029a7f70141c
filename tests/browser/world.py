"""A small firm whose work has been done through the real paths, for pages to show."""

from dataclasses import dataclass

import requests

from accounts.models import Client, User
from config.demo import firm, people
from integrations.models import SyncRun
from integrations.services import connections, sync
from integrations.services.statements import import_file
from matching.services import run_matching
from sandbox.server import RunningSandbox


@dataclass(frozen=True, slots=True)
class World:
    """Who is there."""

    staff: dict[str, User]
    clients: list[Client]


def member_of(client: Client) -> User:
    """The person who acts for a client."""
    return client.memberships.get().user


def build(sandbox: RunningSandbox, today: object) -> World:
    """The demo firm with its second client (the smaller one) synced, imported and matched in this process."""
    staff = firm.seed_staff()
    clients = []
    for plan in people.CLIENTS:
        name = people.name_of(plan, sandbox.announcement())
        clients.append(firm.seed_client(plan, name, staff[plan.accountant], today))  # type: ignore[arg-type]
    organization = sandbox.organizations[1]
    connection = connections.connect(connections.begin(clients[1]), organization["key"], sync=False)
    sync.run(sync.enqueue(connection, SyncRun.Trigger.CONNECT).pk)
    base = f"{sandbox.control_url}/organizations/{organization['organization_id']}/statements"
    for file in requests.get(base, timeout=30).json()["statements"]:
        import_file(clients[1], file["name"], requests.get(file["url"], timeout=30).content)
    run_matching(clients[1])
    connections.begin(clients[3])
    connections.connect(connections.begin(clients[4]), "not-a-key-of-anybody", sync=False)
    return World(staff, clients)
