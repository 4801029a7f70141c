"""Taking over lines of Qonto: booked ones into the intake, pending ones beside it, and an alarm where one changes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from integrations.models import ConnectionEvent, Provider
from integrations.providers.errors import RecordUnreadable
from integrations.providers.qonto.reading import COMPLETED
from integrations.providers.qonto.types import Line
from matching.models import BankAccount, PendingLine, Sighting, Transaction, TransactionFile
from matching.services.intake import TransactionData, import_transactions

if TYPE_CHECKING:
    from integrations.services.qonto_fetch import BankWork

FAMILY: Final = Provider.QONTO.family


def take_over(work: "BankWork", account: BankAccount, lines: Sequence[Line], start: date) -> set[date]:
    """Write the booked lines of a page from the first day on, in the caller's transaction; the days that have new ones.

    Amount and day of a known line never change: where Qonto says something else now, the timeline says so.
    """
    newest = {line.key: line for line in lines}
    known = _known(account, list(newest))
    booked: dict[str, Line] = {}
    for line in newest.values():
        if line.key in known:
            if not _as_before(work, line, known[line.key].transaction):
                continue
        elif line.status != COMPLETED:
            continue
        if line.settled_on is None:
            work.skip(line.key, line.key, RecordUnreadable.code, "settled_at: nothing on a completed transaction")
        elif line.settled_on >= start:
            booked[line.key] = line
    import_transactions(
        account,
        [data_of(line) for line in booked.values()],
        source=Transaction.Source.FEED,
        family=FAMILY,
        delivery=f"run {work.run.pk}",
    )
    PendingLine.objects.filter(account=account, family=FAMILY, key__in=list(newest)).delete()
    written = _known(account, list(booked))
    days = set()
    for key, line in booked.items():
        sighting = written.get(key)
        if sighting is None:
            continue
        _note_documents(sighting.transaction, line)
        if key in known:
            if _keep_words(sighting, line):
                work.changed.add(sighting.transaction_id)
        else:
            days.add(sighting.transaction.booking_date)
            if not sighting.transaction.sightings.exclude(pk=sighting.pk).exists():
                work.created.add(sighting.transaction_id)
                work.details += 1
    return days


def keep_pending(account: BankAccount, lines: Iterable[Line]) -> None:
    """What is announced now; everything that was announced before and is not any more goes."""
    with transaction.atomic():
        rows = {line.key: line for line in lines}
        here = PendingLine.objects.filter(account=account, family=FAMILY)
        here.exclude(key__in=list(rows)).delete()
        for key, line in rows.items():
            PendingLine.objects.update_or_create(
                account=account,
                family=FAMILY,
                key=key,
                defaults={
                    "day": line.emitted_on,
                    "amount": line.amount,
                    "currency": line.currency,
                    "counterparty": line.label[:255],
                    "purpose": line.reference,
                    "status": line.status[:20],
                },
            )


def data_of(line: Line) -> TransactionData:
    """A booked line as the intake takes it. ``ValueError`` where it has no day."""
    if line.settled_on is None:
        raise ValueError("a booked line has a day")
    details: dict[str, Any] = {
        "emitted_on": line.emitted_on.isoformat() if line.emitted_on else "",
        "clean_name": line.clean_name,
        "note": line.note,
        "settled_balance": "" if line.balance is None else str(line.balance),
    }
    return TransactionData(
        key=line.key,
        booking_date=line.settled_on,
        value_date=line.settled_on,
        amount=line.amount,
        currency=line.currency,
        counterparty=line.label or line.clean_name,
        counterparty_iban=line.counterparty_iban,
        counterparty_bic=line.counterparty_bic,
        purpose=line.reference,
        booking_text=line.kind,
        original_amount=line.local_amount,
        original_currency=line.local_currency,
        details={name: value for name, value in details.items() if value},
        raw=line.raw,
    )


def _known(account: BankAccount, keys: list[str]) -> dict[str, Sighting]:
    found = Sighting.objects.filter(account=account, family=FAMILY, key__in=keys).select_related("transaction")
    return {sighting.key: sighting for sighting in found}


def _as_before(work: "BankWork", line: Line, known: Transaction) -> bool:
    """Whether a known line still is what it was; otherwise the timeline gets an alarm, once for each new word."""
    before = {"amount": f"{known.amount} {known.currency}", "day": known.booking_date.isoformat(), "status": COMPLETED}
    day = line.settled_on.isoformat() if line.settled_on else ""
    now = {"amount": f"{line.amount} {line.currency}", "day": day, "status": line.status}
    if now == before:
        return True
    detail = {"transaction": line.key, "id": str(known.pk), "before": before, "now": now}
    Kind = ConnectionEvent.Kind
    if not work.connection.events.filter(kind=Kind.BANK, detail=detail).exists():
        ConnectionEvent.objects.create(connection=work.connection, kind=Kind.BANK, detail=detail)
    return False


def _note_documents(known: Transaction, line: Line) -> None:
    TransactionFile.objects.bulk_create(
        [TransactionFile(transaction=known, external_id=identity) for identity in line.attachment_ids],
        ignore_conflicts=True,
    )


def _keep_words(sighting: Sighting, line: Line) -> bool:
    """Keep what Qonto says about a known line now (a note, a category); whether that was something new."""
    # The words of an only source lie with the transaction itself.
    if sighting.raw:
        return bool(Sighting.objects.filter(pk=sighting.pk).exclude(raw=line.raw).update(raw=line.raw))
    alone = Transaction.objects.filter(pk=sighting.transaction_id).exclude(raw=line.raw)
    return bool(alone.update(raw=line.raw))
