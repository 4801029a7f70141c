"""Qonto as a provider: accounts, their transactions, and the documents beside these."""

from functools import partial

import requests
from django.utils import timezone

from integrations.models import Connection, FeedAccount, SyncRun
from integrations.providers.pace import Clock
from integrations.qonto import api_for
from integrations.services import qonto_key
from integrations.services.fetch_work import ProgressHook
from integrations.services.key_check import CheckResult
from integrations.services.organization_change import LIVE, REPLACED
from integrations.services.provider_door import Begun
from integrations.services.qonto_fetch import BankWork, fetch
from integrations.services.sync_watch import Watch


class QontoDoor:
    """See ``ProviderDoor``."""

    keys_end = False

    def clean_key(self, text: str) -> str:
        """``login:secret`` from what somebody pasted."""
        return qonto_key.clean_key(text)

    def check_key(
        self, key: str, *, known_organization: str = "", may_change_to: str = "", expired: bool = False, twice: bool
    ) -> CheckResult:
        """Ask for the organization, and for one transaction."""
        return qonto_key.check_key(
            key, known_organization=known_organization, may_change_to=may_change_to, expired=expired, twice=twice
        )

    def binds(self, connection: Connection) -> bool:
        """Whether an account of it was ever read."""
        return connection.feed_accounts.filter(account__isnull=False).exists()

    def leave(self, connection: Connection) -> None:
        """The accounts with their lines stay: they were the client's. What is read next are those of the new one."""
        connection.runs.filter(state__in=LIVE).update(
            state=SyncRun.State.FAILED, error=REPLACED, finished_at=timezone.now(), phase=""
        )
        FeedAccount.objects.filter(connection=connection).delete()

    def begin(
        self,
        run: SyncRun,
        watch: Watch,
        on_progress: ProgressHook,
        clock: Clock | None,
        session: requests.Session | None,
    ) -> Begun:
        """Prepare a fetch of transactions."""
        connection = run.connection
        work = BankWork(run, connection.client, api_for(connection, clock=clock, session=session), watch, on_progress)
        return Begun(work, partial(fetch, work))
