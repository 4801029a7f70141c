"""Making a connection's subscriptions what they must be: list, compare, make, remove, remember."""

import logging
from collections.abc import Iterable, Sequence

from django.db import transaction

from integrations.models import Connection, Status, WebhookSubscription
from integrations.providers.errors import (
    AlreadySubscribed,
    AnswerNotUnderstood,
    CallbackRefused,
    OutcomeUnknown,
    PermissionMissing,
    ProviderError,
    RequestRefused,
)
from integrations.providers.lexware.client import LexwareApi
from integrations.webhooks.comparison import Comparison, compare
from integrations.webhooks.events import PAYMENT_CHANGED

logger = logging.getLogger(__name__)


class Setup:
    """One comparison of a connection's subscriptions with what there must be, and the calls that make them equal."""

    def __init__(self, connection: Connection, api: LexwareApi, url: str, wanted: Sequence[str]) -> None:
        self.refused: ProviderError | None = None
        self.made: list[str] = []
        self.removed = 0
        # Event types whose subscription is there, though it is not listed: another key of the organization made it.
        self.elsewhere: set[str] = set()
        # Event types that were asked for without an answer that says what came of it.
        self.unsure: set[str] = set()
        self._there: dict[str, str] = {}
        self._connection = connection
        self._api = api
        self._url = url
        self._wanted = wanted

    @property
    def works(self) -> bool:
        """Whether we are told of payments, which is what it is all for."""
        return PAYMENT_CHANGED in self._there or PAYMENT_CHANGED in self.elsewhere

    def run(self) -> None:
        """List, make, remove, remember. Raises what ends it early; ``refused`` is what the provider does not want."""
        recorded = set(self._connection.subscriptions.values_list("external_id", flat=True))
        found = self._look(recorded)
        self._make(found.missing)
        if self.unsure or self.elsewhere:
            # What was made without an answer shows now; what was not is asked for once more.
            found = self._look(recorded | set(self.made))
            self.elsewhere -= set(found.kept)
            self.unsure = set()
            self._make([event for event in found.missing if event not in self.elsewhere])
        for identity in set(found.stale) - of_others(self._connection, found.stale):
            self._api.unsubscribe(identity)
            self.removed += 1
        if not self.keep(complete=True):
            self._undo()

    def keep(self, *, complete: bool) -> bool:
        """Remember what there is; False where the client disconnected meanwhile.

        While it is not ``complete``, what was remembered before stays: it must be removed there before it is forgotten.
        """
        rows = self._connection.subscriptions
        with transaction.atomic():
            if not Connection.objects.select_for_update().filter(pk=self._connection.pk, status=Status.ACTIVE).exists():
                return False
            known = {row.event_type: row for row in rows.all()}
            for event, identity in self._there.items():
                row = known.pop(event, None)
                if row is None:
                    rows.create(event_type=event, external_id=identity, callback_url=self._url)
                elif complete and (row.external_id, row.callback_url) != (identity, self._url):
                    rows.filter(pk=row.pk).update(external_id=identity, callback_url=self._url)
            if complete and known:
                rows.filter(pk__in=[row.pk for row in known.values()]).delete()
        return True

    def _look(self, recorded: set[str]) -> Comparison:
        found = compare(self._api.event_subscriptions(), recorded, self._url, self._wanted)
        self._there = dict(found.kept)
        return found

    def _make(self, missing: Iterable[str]) -> None:
        for event in missing:
            if not Connection.objects.filter(pk=self._connection.pk, status=Status.ACTIVE).exists():
                # The client disconnected: nothing more is made, and what was made is removed at the end.
                return
            try:
                self._there[event] = self._api.subscribe(event, self._url)
                self.made.append(self._there[event])
            except AlreadySubscribed:
                self.elsewhere.add(event)
            except (OutcomeUnknown, AnswerNotUnderstood) as error:
                logger.info("perhaps there is a subscription of %s now: %s", event, error)
                self.unsure.add(event)
            except (PermissionMissing, RequestRefused) as error:
                self.refused = error
                if not self._there:
                    # The first one is the one that matters; the others would fare no better.
                    return
            except CallbackRefused as error:
                self.refused = error
                return

    def _undo(self) -> None:
        for identity in self.made:
            self._api.unsubscribe(identity)


def of_others(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those that another connection uses as well: two clients with one key."""
    shared = WebhookSubscription.objects.filter(external_id__in=list(ids)).exclude(connection=connection)
    return set(shared.values_list("external_id", flat=True))
