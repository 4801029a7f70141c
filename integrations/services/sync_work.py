"""What reading vouchers carries with it: the connection, the client of Lexware Office, what was found so far."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from integrations.models import VoucherChange
from integrations.providers.errors import RecordUnreadable
from integrations.providers.lexware.client import LexwareApi
from integrations.services.fetch_work import RunSteps, Steps
from vouchers import raw
from vouchers.changes import Change

PROVIDER = "lexware"


class Reading(Steps):
    """Reading vouchers of one connection, with or without a run around it. ``created`` holds vouchers."""

    api: LexwareApi

    def read_at(self) -> datetime:
        """The provider's clock when the last call went out, at the latest; our own where the provider never says.

        What was changed before that moment, the answer knew of.
        """
        return (self.api.answered_at or timezone.now()) - self._last_call

    def tell(self, changes: Sequence[Change]) -> None:
        """Record what became different about vouchers; called inside the transaction that makes it so."""
        VoucherChange.objects.bulk_create(
            VoucherChange(
                connection_id=self.connection.pk,
                run_id=self.run_id,
                external_id=change.voucher.external_id,
                number=change.voucher.number,
                kind=change.kind,
                fields=change.fields,
            )
            for change in changes
        )

    @contextmanager
    def keeping(self, kind: str, external_id: str) -> Iterator[None]:
        """Keep the answer of a call in this block as it came also where it cannot be read."""
        try:
            yield
        except RecordUnreadable as error:
            if error.raw:
                raw.keep(self.client, PROVIDER, kind, external_id, error.raw)
            raise


class Work(Reading, RunSteps):
    """One attempt of a run that fetches vouchers."""

    def standing(self) -> int:
        """The vouchers that stand."""
        return self.client.vouchers.filter(withdrawn_at__isnull=True).count()
