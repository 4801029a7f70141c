"""Documents beside transactions, where the firm wants them: fetched once, kept like every other file."""

from functools import partial
from typing import TYPE_CHECKING

from integrations.providers import files as names
from integrations.services.qonto_lines import FAMILY
from matching.models import TransactionFile
from vouchers.storage import row_of, write

if TYPE_CHECKING:
    from integrations.services.qonto_fetch import BankWork


def fetch_files(work: "BankWork") -> None:
    """Fetch what is not here yet, newest first; one that cannot be had is recorded and tried again next time."""
    missing = list(
        TransactionFile.objects.filter(
            stored=None,
            transaction__client=work.client,
            transaction__sightings__family=FAMILY,
            transaction__account__feeds__connection=work.connection,
        )
        .distinct()
        .order_by("-transaction__booking_date", "-pk")
    )
    for place, file in enumerate(missing):
        work.progress("documents", place, len(missing))
        work.attempt(file.external_id, file.name, partial(_fetch, work, file))


def _fetch(work: "BankWork", file: TransactionFile) -> None:
    # The address lives for half an hour: asked for and used at once (reference: Qonto 5.4).
    attachment = work.api.attachment(file.external_id)
    content, media_type = work.api.download(attachment)
    stored = row_of(write(content, media_type))
    name = names.bare_name(attachment.name, file.external_id, media_type)
    if TransactionFile.objects.filter(pk=file.pk, stored=None).update(stored=stored, name=name[:255]):
        work.files += 1
