"""Background work of matching."""

from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from accounts.models import Client
from accounts.task_attempts import counted
from matching.services.runs import run_matching

MATCH_CLIENT = "matching.tasks.match_client"


@counted
def match_client(client_id: int) -> None:
    """Run the matching of one client; nothing happens where the client is gone. Safe to repeat."""
    client = Client.objects.filter(pk=client_id).first()
    if client is not None:
        run_matching(client)


def enqueue_matching(client: Client) -> None:
    """Ask for a matching run of the client after the current transaction.

    With the database as broker at most one run waits for a client; one that has begun does not count, as it may have
    read its data before. With another broker a second one may wait, which does no harm.
    """
    transaction.on_commit(lambda: _enqueue(client.pk))


def _enqueue(client_id: int) -> None:
    for waiting in OrmQ.objects.filter(lock__lte=timezone.now()):
        if waiting.func() == MATCH_CLIENT and waiting.args() == (client_id,):
            return
    async_task(MATCH_CLIENT, client_id)
