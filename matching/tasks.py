"""Background work of matching."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from accounts.models import Client
from accounts.task_attempts import counted
from matching.models import Comparison, FirmComparison, MatchingRequest
from matching.services import comparing, firm_comparing
from matching.services.runs import run_matching

MATCH_CLIENT = "matching.tasks.match_client"
# A task that has not begun by then may be lost; one too many does no harm.
LOST_AFTER = timedelta(minutes=15)


@counted
def match_client(client_id: int) -> None:
    """Run the matching of one client; nothing happens where the client is gone. Safe to repeat."""
    # Before anything is read: whoever asks from now on may have written what we do not see.
    MatchingRequest.objects.filter(client=client_id).delete()
    client = Client.objects.filter(pk=client_id).first()
    if client is not None:
        run_matching(client)


def enqueue_matching(client: Client) -> None:
    """Ask for a matching run of the client after the current transaction; one that waits already is enough."""
    transaction.on_commit(lambda: _enqueue(client.pk))


@counted
def send_lost_requests() -> None:
    """Ask again for the matching runs, and for the comparisons of the whole firm, whose tasks were lost."""
    long_ago = timezone.now() - LOST_AFTER
    for client_id in list(MatchingRequest.objects.filter(sent_at__lt=long_ago).values_list("client_id", flat=True)):
        if MatchingRequest.objects.filter(client=client_id, sent_at__lt=long_ago).update(sent_at=timezone.now()):
            async_task(MATCH_CLIENT, client_id)
    firm_comparing.send_lost_comparisons()


@counted
def compare_matching(comparison_id: int) -> None:
    """Make a comparison that somebody asked for; nothing happens where it is gone. Safe to repeat."""
    row = Comparison.objects.select_related("client").filter(pk=comparison_id).first()
    if row is not None:
        comparing.make(row)


@counted
def apply_comparison(comparison_id: int) -> None:
    """Apply a comparison that somebody has looked at. Safe to repeat."""
    row = Comparison.objects.select_related("client").filter(pk=comparison_id).first()
    if row is not None:
        comparing.apply(row)


@counted
def compare_firm(firm_comparison_id: int) -> None:
    """Go on comparing, or applying to, the clients of the firm; nothing happens where it is gone. Safe to repeat."""
    row = FirmComparison.objects.filter(pk=firm_comparison_id).first()
    if row is not None:
        firm_comparing.work(row)


def _enqueue(client_id: int) -> None:
    with transaction.atomic():
        asked = MatchingRequest.objects.filter(client=client_id).exists()
        if asked or not Client.objects.filter(pk=client_id).exists():
            return
        # Two who ask at the same moment may send two tasks, which does no harm.
        MatchingRequest.objects.bulk_create([MatchingRequest(client_id=client_id)], ignore_conflicts=True)
        async_task(MATCH_CLIENT, client_id)
