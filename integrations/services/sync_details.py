"""The second part of a fetch: payments first, so that matching can start, then documents and files, newest first.

Only vouchers that are not complete are asked for, and of those only what is still missing: an interrupted fetch goes on
where it stopped, and nothing is fetched twice.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from integrations.models import SkippedRecord
from integrations.providers.errors import (
    FileCutOff,
    FileMissing,
    NoPaymentInformation,
    NotFound,
    RecordUnreadable,
)
from integrations.providers.lexware.client import SALES_PATHS
from integrations.services.sync_mapping import to_payments
from integrations.services.sync_missing import is_gone
from integrations.services.sync_rows import DELETED, withdraw_voucher
from integrations.services.sync_work import PROVIDER, Reading
from vouchers import raw
from vouchers.changes import tell_nobody
from vouchers.models import Voucher, VoucherType
from vouchers.services import (
    Outcome,
    attach_files,
    missing_files,
    set_document,
    set_payments,
    settle,
    unread_document,
)
from vouchers.shapes import FileData

CREDIT_NOTES = frozenset({VoucherType.CREDIT_NOTE, VoucherType.SALES_CREDIT_NOTE, VoucherType.PURCHASE_CREDIT_NOTE})

RENDERED = "document-"
ANOTHER_DAY = timedelta(hours=20)


def read_payments(reading: Reading) -> None:
    """Read the payments of every voucher that has none read yet."""
    for voucher in _each(reading, "payments", payments_read=False):
        read_payments_of(reading, voucher)


def read_documents(reading: Reading) -> None:
    """Read the document and the files of every voucher that is not complete."""
    for voucher in _each(reading, "documents", complete=False):
        read_document_of(reading, voucher)


def requests_left(reading: Reading) -> int:
    """How many requests the details still take; a document that is not read yet counts with one file."""
    todo = reading.client.vouchers.filter(withdrawn_at__isnull=True, complete=False)
    counts = todo.aggregate(
        payments=Count("pk", filter=Q(payments_read=False)), documents=Count("pk", filter=Q(document_read=False))
    )
    files = sum(
        max(len(expected) - here, 0)
        for expected, here in todo.filter(document_read=True)
        .annotate(here=Count("files"))
        .values_list("expected_files", "here")
    )
    return int(counts["payments"]) + 2 * int(counts["documents"]) + files


def read_payments_of(reading: Reading, voucher: Voucher) -> bool:
    """Read the payments of one voucher; False where that failed, which is recorded."""
    return reading.attempt(str(voucher.external_id), voucher.number, partial(_read_payments, reading, voucher))


def read_document_of(reading: Reading, voucher: Voucher) -> None:
    """Read what is missing of the document and the files of one voucher."""
    name = str(voucher.external_id)
    if not voucher.document_read and not reading.attempt(
        name, voucher.number, partial(_read_document, reading, voucher)
    ):
        return
    missing = missing_files(voucher)
    lost: list[str] = []
    first = bool(missing) and _document_version(reading, voucher) == 1
    for file_id in missing:
        reading.attempt(name, voucher.number, partial(_read_file, reading, voucher, file_id, lost, first=first))
    if lost:
        # Perhaps the document does not name it any more: the next fetch reads it again, and then what is missing.
        unread_document(voucher)
    else:
        settle(voucher)


def _read_payments(reading: Reading, voucher: Voucher) -> None:
    name = str(voucher.external_id)
    try:
        with reading.keeping("payments", name):
            payments = reading.api.payments(voucher.external_id)
    except NoPaymentInformation:
        # A credit note that settles an invoice has no payments of its own (reference: payments, section 8).
        if voucher.type not in CREDIT_NOTES:
            raise
        outcome = set_payments(voucher, [], None, voucher.open_amount, read_at=reading.read_at(), tell=reading.tell)
        _count(reading, voucher, outcome, first=False)
        return
    read_at = reading.read_at()
    try:
        items = to_payments(payments)
    except ValueError as error:
        raw.keep(reading.client, PROVIDER, "payments", name, payments.raw)
        raise RecordUnreadable(str(error), path=f"/v1/payments/{name}") from None
    open_amount = voucher.open_amount if payments.open_amount is None else payments.open_amount
    with transaction.atomic():
        version, new = raw.keep_version(reading.client, PROVIDER, "payments", name, payments.raw)
        first = new and version == 1
        tell = tell_nobody if first else reading.tell
        outcome = set_payments(voucher, items, payments.paid_on, open_amount, read_at=read_at, tell=tell)
    reading.details += 1
    _count(reading, voucher, outcome, first=first)


def _read_document(reading: Reading, voucher: Voucher) -> None:
    name = str(voucher.external_id)
    try:
        with reading.keeping("document", name):
            document = reading.api.document(voucher.type, voucher.external_id)
    except NotFound:
        if not is_gone(reading, voucher):
            raise
        withdraw_voucher(reading, voucher, DELETED)
        return
    read_at = reading.read_at()
    with transaction.atomic():
        version, new = raw.keep_version(reading.client, PROVIDER, "document", name, document.raw)
        own = voucher.type in SALES_PATHS
        # The rendered document has no lasting id of its own: it is fetched once for every version of its data.
        files = [f"{RENDERED}{version}"] if own else list(dict.fromkeys(document.file_ids))
        first = new and version == 1
        tell = tell_nobody if first else reading.tell
        outcome = set_document(voucher, document.remark, files, replaces=own, read_at=read_at, tell=tell)
    reading.details += 1
    _count(reading, voucher, outcome, first=first)


def _read_file(reading: Reading, voucher: Voucher, file_id: str, lost: list[str], *, first: bool) -> None:
    """``first``: nobody knew the document in an older version, so that its files are no change."""
    own = voucher.type in SALES_PATHS
    try:
        download = reading.api.document_file(voucher.type, voucher.external_id) if own else reading.api.file(file_id)
    except NotFound as error:
        lost.append(file_id)
        raise FileMissing(error.message, status=error.status, request_id=error.request_id, path=error.path) from None
    if not download.whole:
        _believe(reading, voucher, hashlib.sha256(download.content).hexdigest())
    file = FileData(file_id, download.name, download.content_type, download.content)
    outcome = attach_files(voucher, [file], replaces=own, tell=tell_nobody if first else reading.tell)
    reading.files += 1
    _count(reading, voucher, outcome, first=first)


def _document_version(reading: Reading, voucher: Voucher) -> int | None:
    if voucher.type in SALES_PATHS:
        return int(voucher.expected_files[0].removeprefix(RENDERED)) if voucher.expected_files else None
    name = str(voucher.external_id)
    return raw.versions(reading.client, PROVIDER, "document", name).values_list("version", flat=True).first()


def _believe(reading: Reading, voucher: Voucher, sha256: str) -> None:
    """Believe a file without its end only where the very same came on another day: then it is like that.

    ``FileCutOff`` otherwise; the next fetch asks for it again.
    """
    before = SkippedRecord.objects.filter(
        run__connection=reading.connection,
        run__started_at__lt=timezone.now() - ANOTHER_DAY,
        external_id=str(voucher.external_id),
        reason=FileCutOff.code,
        detail__contains=sha256,
    )
    if not before.exists():
        raise FileCutOff(sha256)


def _count(reading: Reading, voucher: Voucher, outcome: Outcome, *, first: bool) -> None:
    if outcome is Outcome.CHANGED and not first:
        reading.changed.add(voucher.pk)


def _each(reading: Reading, phase: str, **state: bool) -> Iterator[Voucher]:
    """The vouchers in this state, newest first; each is read from the database when its turn comes."""
    todo = reading.client.vouchers.filter(withdrawn_at__isnull=True, **state)
    keys = list(todo.order_by("-date", "-id").values_list("pk", flat=True))
    reading.expect(requests_left(reading) if keys else 0)
    for position, pk in enumerate(keys):
        reading.make_way()
        reading.progress(phase, position, len(keys))
        # Somebody else may have read it meanwhile.
        voucher = todo.filter(pk=pk).first()
        if voucher is not None:
            yield voucher
    reading.progress(phase, len(keys), len(keys))
