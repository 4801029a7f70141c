"""What a fetch from Qonto does: accounts, then the changes of each, then the days that are covered, then documents."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from integrations.models import FeedAccount
from integrations.providers.errors import AnswerNotUnderstood
from integrations.providers.qonto.client import QontoApi
from integrations.providers.qonto.reading import COMPLETED
from integrations.providers.qonto.types import Account, Line, Page
from integrations.providers.qonto.walk import MOST_TURNS, changes
from integrations.services.fetch_work import RunSteps
from integrations.services.qonto_files import fetch_files
from integrations.services.qonto_lines import FAMILY, keep_pending, take_over
from integrations.services.qonto_statements import cover
from integrations.services.sync_times import BERLIN
from matching.models import AccountState, BankAccount, Sighting
from matching.services.intake import AccountOfAnotherClient, account_for
from matching.tasks import enqueue_matching

BANK = "Qonto"
# Changes that are written while we ask may appear a little behind their stamp (reference: Qonto 5.3).
OVERLAP = timedelta(minutes=10)
SETTLED = (COMPLETED, "declined")
PENDING = ("pending",)


class BankWork(RunSteps):
    """One attempt of a run that fetches transactions. ``created`` holds transactions; ``files`` counts documents."""

    api: QontoApi

    def standing(self) -> int:
        """The transactions that this feed has told of."""
        return Sighting.objects.filter(account__client=self.client, family=FAMILY).count()


def fetch(work: BankWork, start: date) -> None:
    """Do the whole of a claimed run; raises what ends it early. What an earlier attempt has read is not read again."""
    type(work.run).objects.filter(pk=work.run.pk).update(from_date=start)
    work.progress("list", 0, 0)
    pairs = _accounts(work)
    try:
        for place, (feed, account) in enumerate(pairs):
            work.progress("transactions", place, len(pairs))
            _read(work, feed, account, start)
    finally:
        # At once: what was taken over is to be matched even if the fetch ends early.
        if work.created or work.run.attempts > 1:
            enqueue_matching(work.client)
    if work.connection.fetch_files:
        fetch_files(work)


def _accounts(work: BankWork) -> list[tuple[FeedAccount, Account]]:
    """The organization's accounts that are read, each with what is remembered of it; new ones are made."""
    pairs = []
    for account in work.api.organization().accounts:
        ours, left_out = _ours(work, account)
        feed, _ = FeedAccount.objects.update_or_create(
            connection=work.connection,
            external_id=account.key[:80],
            defaults={"account": ours, "left_out": left_out, "name": account.name[:120]},
        )
        if ours is not None:
            pairs.append((feed, account))
    return pairs


def _ours(work: BankWork, account: Account) -> tuple[BankAccount | None, str]:
    """The client's bank account for one of Qonto's, or why it is not read."""
    if account.external:
        return None, "external"
    if account.closed:
        return None, "closed"
    if not account.iban:
        return None, "no_iban"
    try:
        ours = account_for(work.client, iban=account.iban, currency=account.currency[:3], bank=BANK)
    except AccountOfAnotherClient:
        work.skip(account.key, account.iban, "account_of_another_client", account.name)
        return None, "other_client"
    if ours.is_private:
        return None, "private"
    BankAccount.objects.filter(pk=ours.pk, name="").update(name=account.name[:120])
    BankAccount.objects.filter(pk=ours.pk, state=AccountState.REQUESTED).update(state=AccountState.OPEN)
    return ours, ""


def _read(work: BankWork, feed: FeedAccount, account: Account, start: date) -> None:
    assert feed.account is not None  # noqa: S101 - only accounts of ours are read
    since = _since(work, feed, start)
    # Asked for first: whatever is settled meanwhile turns up among the changes.
    pending = {line.key: line for page in _pending(work, account) for line in page.lines}
    days: set[date] = set()
    bookmark_stands = False
    for page in changes(
        lambda moment, number: work.api.transactions(account, statuses=SETTLED, updated_from=moment, page=number),
        since,
    ):
        for row in page.unreadable:
            work.skip_row(row.key or account.key, row.key, row.problem)
        # A row that could not be read is asked for again by the next fetch.
        bookmark_stands |= bool(page.unreadable)
        with transaction.atomic():
            days |= take_over(work, feed.account, page.lines, start)
            if not bookmark_stands:
                _move_on(feed, page.lines)
        for line in page.lines:
            pending.pop(line.key, None)
        work.make_way()
        work.breathe()
    keep_pending(feed.account, pending.values())
    cover(feed.account, feed.read_from or start, timezone.localdate() - timedelta(days=1), days)


def _since(work: BankWork, feed: FeedAccount, start: date) -> datetime:
    """From which change on: a first reading begins with the first day, because nothing is settled before it changes."""
    goes_on = feed.read_through is not None and feed.read_from is not None and start >= feed.read_from
    if goes_on and not work.run.full and feed.read_through is not None:
        return feed.read_through - OVERLAP
    feed.read_from, feed.read_through = start, None
    feed.save(update_fields=["read_from", "read_through"])
    return datetime.combine(start, time(0), BERLIN)


def _move_on(feed: FeedAccount, lines: tuple[Line, ...]) -> None:
    stamps = [line.updated_at for line in lines if line.updated_at is not None]
    latest = max(stamps, default=None)
    if latest is not None and (feed.read_through is None or latest > feed.read_through):
        feed.read_through = latest
        feed.save(update_fields=["read_through"])


def _pending(work: BankWork, account: Account) -> Iterator[Page]:
    """Every page of what is not settled yet; seldom more than one."""
    for number in range(1, MOST_TURNS):
        page = work.api.transactions(account, statuses=PENDING, page=number)
        yield page
        if page.last:
            return
    raise AnswerNotUnderstood("the list of pending transactions has no end")
