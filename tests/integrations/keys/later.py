"""What the clock does to a connection: minutes pass, and what is due is done."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from integrations.models import Connection
from integrations.services.sync_due import start_due
from integrations.tasks import recheck_connection


def later(connection: Connection, minutes: float = 6) -> Connection:
    """Some minutes later: if the connection is due by then, it is asked about as the schedule does it."""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        if start_due():
            recheck_connection(connection.pk)
    connection.refresh_from_db()
    return connection
