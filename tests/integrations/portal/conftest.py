"""A client's connection in every state, and a Lexware Office to ask."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import Client, User
from integrations.models import Connection, Status
from sandbox.server import RunningSandbox, start


@pytest.fixture(scope="session")
def lexware_server() -> Iterator[RunningSandbox]:
    with start(time_scale=400) as running:
        yield running


@pytest.fixture
def lexware(lexware_server: RunningSandbox, settings: Any) -> RunningSandbox:
    settings.LEXWARE_API_URL = lexware_server.url
    settings.LEXWARE_TIME_SCALE = 400
    return lexware_server


@pytest.fixture
def browser(client: Browser, member: User) -> Browser:
    """The member's browser, in English."""
    client.force_login(member)
    client.cookies["django_language"] = "en"
    return client


def connection_in(client: Client, status: str, reason: str = "", **fields: object) -> Connection:
    """The client's connection as it would stand in this state."""
    now = timezone.now()
    known: dict[str, object] = {}
    if status in (Status.ACTIVE, Status.FAILED):
        known = {
            "organization_id": "a" * 36,
            "organization_name": "Ahrens Möbel",
            "key_last_four": "Zq4x",
            "key_fingerprint": "f" * 64,
            "key_expires_on": timezone.localdate() + timedelta(days=41),
            "last_sync_at": now - timedelta(hours=2),
            "next_sync_at": now + timedelta(hours=22),
        }
    values = {"status": status, "reason": reason, "success_seen": True, **known, **fields}
    return Connection.objects.update_or_create(client=client, defaults=values)[0]
