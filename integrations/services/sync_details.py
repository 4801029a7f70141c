"""The second part of a fetch: payments first, so that matching can start, then documents and files, newest first.

Only vouchers that are not complete are asked for, and of those only what is still missing: an interrupted fetch goes on
where it stopped, and nothing is fetched twice.
"""

from collections.abc import Iterator
from functools import partial

from integrations.providers.lexware.client import SALES_PATHS
from integrations.providers.lexware.errors import NoPaymentInformation, RecordUnreadable
from integrations.services.sync_mapping import to_payments
from integrations.services.sync_work import PROVIDER, Work
from vouchers import raw
from vouchers.models import Voucher, VoucherType
from vouchers.services import attach_files, missing_files, set_document, set_payments, settle
from vouchers.shapes import FileData

CREDIT_NOTES = frozenset({VoucherType.CREDIT_NOTE, VoucherType.SALES_CREDIT_NOTE, VoucherType.PURCHASE_CREDIT_NOTE})


def read_payments(work: Work) -> None:
    """Read the payments of every voucher that has none read yet."""
    for voucher in _each(work, "payments", payments_read=False):
        work.attempt(str(voucher.external_id), voucher.number, partial(_read_payments, work, voucher))


def read_documents(work: Work) -> None:
    """Read the document and the files of every voucher that is not complete."""
    for voucher in _each(work, "documents", complete=False):
        name = str(voucher.external_id)
        if not voucher.document_read and not work.attempt(name, voucher.number, partial(_read_document, work, voucher)):
            continue
        for file_id in missing_files(voucher):
            work.attempt(name, voucher.number, partial(_read_file, work, voucher, file_id))
        settle(voucher)


def _read_payments(work: Work, voucher: Voucher) -> None:
    try:
        with work.keeping("payments", str(voucher.external_id)):
            payments = work.api.payments(voucher.external_id)
    except NoPaymentInformation:
        # A credit note that settles an invoice has no payments of its own (reference: payments, section 8).
        if voucher.type not in CREDIT_NOTES:
            raise
        set_payments(voucher, [], None, voucher.open_amount)
        return
    raw.keep(work.client, PROVIDER, "payments", str(voucher.external_id), payments.raw)
    try:
        items = to_payments(payments)
    except ValueError as error:
        raise RecordUnreadable(str(error), path=f"/v1/payments/{voucher.external_id}") from None
    open_amount = voucher.open_amount if payments.open_amount is None else payments.open_amount
    set_payments(voucher, items, payments.paid_on, open_amount)
    work.details += 1


def _read_document(work: Work, voucher: Voucher) -> None:
    name = str(voucher.external_id)
    with work.keeping("document", name):
        document = work.api.document(voucher.type, voucher.external_id)
    raw.keep(work.client, PROVIDER, "document", name, document.raw)
    if voucher.type in SALES_PATHS:
        # The rendered document has no lasting id of its own: it is fetched once for every version of its data.
        newest = raw.versions(work.client, PROVIDER, "document", name).values_list("version", flat=True).first()
        files = [f"document-{newest}"]
    else:
        files = list(dict.fromkeys(document.file_ids))
    set_document(voucher, document.remark, files)
    work.details += 1


def _read_file(work: Work, voucher: Voucher, file_id: str) -> None:
    if voucher.type in SALES_PATHS:
        download = work.api.document_file(voucher.type, voucher.external_id)
    else:
        download = work.api.file(file_id)
    attach_files(voucher, [FileData(file_id, download.name, download.content_type, download.content)])
    work.files += 1


def _each(work: Work, phase: str, **state: bool) -> Iterator[Voucher]:
    """The vouchers in this state, newest first; each is read from the database when its turn comes."""
    todo = work.client.vouchers.filter(withdrawn_at__isnull=True, **state).order_by("-date", "-id")
    keys = list(todo.values_list("pk", flat=True))
    for position, pk in enumerate(keys):
        work.progress(phase, position, len(keys))
        yield Voucher.objects.get(pk=pk)
    work.progress(phase, len(keys), len(keys))
