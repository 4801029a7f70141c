"""The running state of the local Qonto: organizations, faults, limits, addresses of documents, the log of calls."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sandbox.faults import Faults
from sandbox.qonto.model import Account, Organization, Transaction
from sandbox.requestlog import RequestLog

ADDRESS_LIVES = timedelta(minutes=30)
# So many calls in so many seconds, for each address that calls (reference: Qonto 5.6).
LIMITS = ((1_000, 10.0), (10_000, 600.0))
MOST_REJECTIONS, REJECTION_SECONDS = 200, 3600.0


class Windows:
    """Counts calls in sliding windows; ``speed`` makes their seconds pass that many times faster."""

    def __init__(self, clock: Callable[[], float], speed: float) -> None:
        self.limits = [list(limit) for limit in LIMITS]
        self._clock = clock
        self._speed = speed
        self._calls: deque[float] = deque(maxlen=20_000)
        self._rejections: deque[float] = deque(maxlen=MOST_REJECTIONS + 1)

    def take(self) -> bool:
        """Count a call; False where it is one too many."""
        now = self._clock() * self._speed
        for most, seconds in self.limits:
            if sum(1 for at in self._calls if now - at < seconds) >= most:
                return False
        self._calls.append(now)
        return True

    def reject(self) -> bool:
        """Count an answer 401; False where there were so many within an hour that calls are throttled."""
        now = self._clock() * self._speed
        self._rejections.append(now)
        return sum(1 for at in self._rejections if now - at < REJECTION_SECONDS) <= MOST_REJECTIONS


class Office:
    """Everything that calls to Qonto read and change; ``lock`` guards it."""

    def __init__(self, *, seed: int, time_scale: float, monotonic: Callable[[], float], shift: timedelta) -> None:
        self.lock = threading.RLock()
        self.faults = Faults(seed)
        self.log = RequestLog()
        self.windows = Windows(monotonic, time_scale)
        self.organizations: dict[str, Organization] = {}
        self._shift = shift
        self._addresses: dict[str, tuple[str, str, datetime]] = {}

    def now(self) -> datetime:
        """Return the current moment, aware, in UTC."""
        return datetime.now(UTC) + self._shift

    def by_key(self, header: str) -> Organization | None:
        """Return the organization that a header opens."""
        found = (item for item in self.organizations.values() if item.key == header and not item.revoked)
        return next(found, None)

    def account(self, account_id: str) -> tuple[Organization, Account] | None:
        """Return an account with its organization."""
        for organization in self.organizations.values():
            if account_id in organization.accounts:
                return organization, organization.accounts[account_id]
        return None

    def transaction(self, key: str) -> tuple[Organization, Account, Transaction] | None:
        """Return a transaction by its readable id, with where it is."""
        for organization in self.organizations.values():
            for account in organization.accounts.values():
                if key in account.transactions:
                    return organization, account, account.transactions[key]
        return None

    def open_address(self, organization: Organization, attachment_id: str) -> str:
        """Make an address under which a document can be fetched for half an hour; returns its token."""
        token = secrets.token_hex(24)
        self._addresses[token] = (organization.id, attachment_id, self.now() + ADDRESS_LIVES)
        return token

    def at_address(self, token: str) -> tuple[bytes, str] | None:
        """Return bytes and type of the document at an address; None where it never was, or is over."""
        organization_id, attachment_id, ends = self._addresses.get(token, ("", "", self.now()))
        organization = self.organizations.get(organization_id)
        if organization is None or self.now() >= ends or attachment_id not in organization.attachments:
            return None
        found = organization.attachments[attachment_id]
        return found.content, found.content_type

    def close_addresses(self) -> None:
        """Let every address be over."""
        self._addresses.clear()
