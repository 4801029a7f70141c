"""What a provider gives. The rest is the same for all: queue, crew, budget, doubt, states, timeline, call log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import requests

from integrations.models import Connection, SyncRun
from integrations.providers.pace import Clock
from integrations.services.fetch_work import ProgressHook, RunSteps
from integrations.services.key_check import CheckResult
from integrations.services.sync_watch import Watch


@dataclass(frozen=True, slots=True)
class Begun:
    """A fetch that can go on: its work, and what it does from the first day that is needed."""

    work: RunSteps
    fetch: Callable[[date], None]


class ProviderDoor(Protocol):
    """How one provider is used. A new one is such an object, a member of ``Provider``, and its words."""

    @property
    def keys_end(self) -> bool:
        """Whether its keys live until a day that is known beforehand."""

    def clean_key(self, text: str) -> str:
        """The key in what somebody pasted; ``UnusableKey`` where there is none."""

    def check_key(
        self, key: str, *, known_organization: str = "", may_change_to: str = "", expired: bool = False, twice: bool
    ) -> CheckResult:
        """Ask whether a key is good for everything that is needed, see ``key_check.check``."""

    def binds(self, connection: Connection) -> bool:
        """Whether something of the connected organization is here, so that another one must not be mixed with it."""

    def leave(self, connection: Connection) -> None:
        """The client has moved to another organization; called in the transaction that says so."""

    def begin(
        self,
        run: SyncRun,
        watch: Watch,
        on_progress: ProgressHook,
        clock: Clock | None,
        session: requests.Session | None,
    ) -> Begun:
        """Prepare a claimed run; sends nothing.

        ``ConnectionSecret.DoesNotExist`` and ``InvalidToken`` where there is no key that could be used.
        """
