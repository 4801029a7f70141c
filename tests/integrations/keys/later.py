"""What the clock does to connections: minutes pass, and what is due is done."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from integrations.models import Connection
from integrations.services.sync_due import start_due
from integrations.tasks import recheck_connection


def later(connection: Connection, *others: Connection, minutes: float = 6) -> Connection:
    """Some minutes later: who is due by then is asked about as the schedule does it."""
    everybody = [connection, *others]
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        due = set(Connection.objects.filter(next_sync_at__lte=timezone.now()).values_list("pk", flat=True))
        start_due()
        for one in everybody:
            one.refresh_from_db()
            if one.pk in due and (one.doubted_at is not None or one.status == "failed"):
                recheck_connection(one.pk)
                one.refresh_from_db()
    return connection
