"""What one fetch does: list first, then payments, then documents and files; matching is asked for in between."""

from datetime import date

from integrations.models import SyncRun
from integrations.services.sync_details import read_documents, read_payments
from integrations.services.sync_listing import list_changes, list_everything, needs_everything
from integrations.services.sync_work import Work
from matching.tasks import enqueue_matching


def fetch(work: Work, start: date) -> None:
    """Do the whole of a claimed run; raises what ends it early."""
    run, connection = work.run, work.run.connection
    everything = run.full or needs_everything(connection, start)
    SyncRun.objects.filter(pk=run.pk).update(full=everything, from_date=start)
    work.progress("list", 0, 0)
    if everything:
        list_everything(work, start)
    else:
        list_changes(work, start)
    # At once: what is withdrawn must go back to review even if the fetch ends early.
    if work.created or work.changed or work.withdrawn:
        enqueue_matching(work.client)
    read_payments(work)
    listed = work.details
    if listed:
        enqueue_matching(work.client)
    read_documents(work)
    # An earlier attempt may have died between writing and asking for the matching.
    if work.details > listed or run.attempts > 1:
        enqueue_matching(work.client)
