"""Background work of connections; the services do it. Every task may run twice and takes ids only.

Each counts itself before it works (``counted``): one that kills its worker is given up after the third time.
"""

from django.utils import timezone

from accounts import task_attempts
from accounts.models import Client
from accounts.task_attempts import counted
from integrations.models import Connection
from integrations.services import (
    call_log,
    connections,
    crew,
    deliveries,
    exchange_rates,
    external_drafts,
    hints,
    inbox,
    judgements,
    key_reminders,
    subscriptions,
    support,
    sync_due,
    sync_queue,
)
from vouchers import orphans, storage


def fetch() -> None:
    """Work off queued fetches for a while. It carries no id: a run counts its attempts by itself, a crew is nobody."""
    crew.work_off()


@counted
def start_due_syncs() -> None:
    """Start every fetch whose time has come, and see to it that somebody works on what waits."""
    sync_due.start_due()
    sync_queue.release_dead_runs()
    sync_queue.wake()


@counted
def sweep_unfinished() -> None:
    """Clear away the halves of files that dead workers left."""
    storage.sweep_unfinished()


@counted
def tidy_up() -> None:
    """Remove bytes that nobody knows, and the memory of tasks that were given up long ago."""
    orphans.sweep_orphans()
    task_attempts.forget_old()


@counted
def recheck_connection(connection_id: int) -> None:
    """See whether a failed connection has recovered; nothing happens where it is gone or somebody was faster."""
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is not None:
        try:
            connections.recheck(connection)
        except connections.ConnectProblem:
            return


@counted
def send_waiting_support_mails() -> None:
    """Mail the support requests that no mail server has taken yet."""
    support.send_waiting()


@counted
def start_due_subscription_checks() -> None:
    """Start the daily look at webhook subscriptions where its time has come, and the first one of new connections."""
    subscriptions.start_due()


@counted
def check_subscriptions(connection_id: int) -> None:
    """Make what is missing among a connection's webhook subscriptions."""
    subscriptions.check(connection_id)


@counted
def follow_hints(connection_id: int) -> None:
    """Read what a connection's webhook deliveries tell of."""
    hints.follow(connection_id)


@counted
def follow_waiting_hints() -> None:
    """Read what no task has read: second looks, what waited for an outage to end, what a dead worker left behind."""
    hints.follow_leftovers()


@counted
def forget_old_deliveries() -> None:
    """Remove webhook deliveries that nobody will ask about any more."""
    deliveries.forget_old_deliveries()


@counted
def draft_external_payments() -> None:
    """Look at every client for payments that no account can show: statements may have completed days without lines."""
    for client in Client.objects.order_by("pk").iterator():
        external_drafts.after_matching(None, client=client)


@counted
def forget_old_calls() -> None:
    """Remove calls of long ago from the log."""
    call_log.forget_old_calls()


@counted
def import_inbox() -> None:
    """Import the bank files that lie in the inbox."""
    for _ in inbox.import_inbox():
        pass


@counted
def judge_accounts() -> None:
    """Store which days of the accounts are complete, where statements have come or the day has changed."""
    judgements.store(timezone.localdate())


@counted
def remind_of_key_ends() -> None:
    """Mail people whose API key ends soon."""
    key_reminders.remind()


@counted
def fetch_exchange_rates() -> None:
    """Fetch the reference rates of currencies where they are due."""
    exchange_rates.fetch_due_rates()
