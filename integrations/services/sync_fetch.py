"""What one fetch does: list first, then payments, then documents and files; matching is asked for in between."""

from datetime import date

from django.utils import timezone

from integrations.models import SyncRun
from integrations.services.sync_compare import compare_a_part
from integrations.services.sync_details import read_documents, read_payments
from integrations.services.sync_listing import list_changes, list_everything, list_the_rest, needs_everything
from integrations.services.sync_work import Work
from matching.tasks import enqueue_matching


def fetch(work: Work, start: date) -> None:
    """Do the whole of a claimed run; raises what ends it early.

    What an earlier attempt or turn of the same run has listed completely, from the same first day, is not listed
    again; what changed since then turns up with the rest at the end. Changes are one page, and always listed.
    """
    run, connection = work.run, work.run.connection
    everything = run.full or needs_everything(connection, start)
    listed = everything and run.listed_at is not None and (run.full, run.from_date) == (True, start)
    SyncRun.objects.filter(pk=run.pk).update(full=everything, from_date=start)
    try:
        if not listed:
            work.progress("list", 0, 0)
            if everything:
                list_everything(work, start)
            else:
                list_changes(work, start)
            if not work.rows_skipped and run.listed_at is None:
                run.listed_at = timezone.now()
                work.note(listed_at=run.listed_at)
    finally:
        # At once: what was taken over or withdrawn is to be matched even if the fetch ends early.
        if work.created or work.changed or work.withdrawn:
            enqueue_matching(work.client)
    _read_details(work)
    before = (len(work.created | work.changed), work.withdrawn)
    if everything:
        list_the_rest(work, start)
    elif run.trigger == SyncRun.Trigger.SCHEDULE:
        compare_a_part(work, start)
    if len(work.created | work.changed) > before[0]:
        _read_details(work)
    if (len(work.created | work.changed), work.withdrawn) != before:
        enqueue_matching(work.client)


def _read_details(work: Work) -> None:
    before = work.details
    read_payments(work)
    if work.run.payments_at is None:
        work.run.payments_at = timezone.now()
        work.note(payments_at=work.run.payments_at)
    if work.details > before:
        enqueue_matching(work.client)
    listed = work.details
    read_documents(work)
    # An earlier attempt may have died between writing and asking for the matching.
    if work.details > listed or work.run.attempts > 1:
        enqueue_matching(work.client)
