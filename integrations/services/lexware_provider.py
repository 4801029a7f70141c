"""Lexware Office as a provider: vouchers with their payments and files."""

from functools import partial

import requests

from integrations.lexware import api_for
from integrations.models import Connection, SyncRun
from integrations.providers.pace import Clock
from integrations.services import lexware_key
from integrations.services.fetch_work import ProgressHook
from integrations.services.key_check import CheckResult
from integrations.services.organization_change import leave_organization
from integrations.services.provider_door import Begun
from integrations.services.sync_fetch import fetch
from integrations.services.sync_watch import Watch
from integrations.services.sync_work import Work


class LexwareDoor:
    """See ``ProviderDoor``."""

    keys_end = True

    def clean_key(self, text: str) -> str:
        """The key in what somebody pasted."""
        return lexware_key.clean_key(text)

    def check_key(
        self, key: str, *, known_organization: str = "", may_change_to: str = "", expired: bool = False, twice: bool
    ) -> CheckResult:
        """Ask for the profile and for each permission."""
        return lexware_key.check_key(
            key, known_organization=known_organization, may_change_to=may_change_to, expired=expired, twice=twice
        )

    def binds(self, connection: Connection) -> bool:
        """Whether there are vouchers."""
        return connection.client.vouchers.exists()

    def leave(self, connection: Connection) -> None:
        """Withdraw the vouchers of the former organization."""
        leave_organization(connection)

    def begin(
        self,
        run: SyncRun,
        watch: Watch,
        on_progress: ProgressHook,
        clock: Clock | None,
        session: requests.Session | None,
    ) -> Begun:
        """Prepare a fetch of vouchers."""
        connection = run.connection
        work = Work(run, connection.client, api_for(connection, clock=clock, session=session), watch, on_progress)
        return Begun(work, partial(fetch, work))
