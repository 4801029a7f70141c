"""Shows the state of a client's connection."""

from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.operator_command import OperatorCommand
from integrations.key_end_words import countdown
from integrations.models import Connection, Provider, Status, Webhooks
from integrations.services.progress_now import progress_of
from integrations.services.sync_queue import LIVE
from integrations.words import failure, in_doubt
from matching.models import Sighting


class Command(OperatorCommand):
    help = "Show how a client's connection with Lexware Office, or with another provider, stands. Reads only."
    example = "python manage.py connection_status 10001"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", metavar="CLIENT", help="Client number.")
        parser.add_argument(
            "--provider", choices=Provider.values, default=Provider.LEXWARE.value, help="Default: lexware."
        )

    def work(self, **options: Any) -> None:
        client = self.client(options["client"])
        provider = options["provider"]
        connection = client.connections.filter(provider=provider).first()
        connection = connection or Connection(client=client, provider=provider, status=Status.NONE)
        last_run = (
            connection.runs.filter(finished_at__isnull=False).order_by("-finished_at").first()
            if connection.pk
            else None
        )
        last_told = connection.deliveries.aggregate(last=Max("received_at"))["last"] if connection.pk else None
        data: dict[str, Any] = {
            "client": client.number,
            "status": connection.status,
            "reason": connection.reason or None,
            "organization": connection.organization_name,
            "key_expires_on": connection.key_expires_on,
            "last_sync": connection.last_sync_at,
            "next_sync": connection.next_sync_at,
            "vouchers": client.vouchers.filter(withdrawn_at__isnull=True).count(),
            "requests_last_sync": last_run.requests if last_run else None,
            "webhooks": connection.webhooks,
            "last_webhook": last_told,
            "doubt": connection.doubted_at,
            "key_days_left": _days_left(connection),
            "progress": _progress(connection),
        }
        if connection.is_bank:
            sightings = Sighting.objects.filter(account__client=client, family=Provider(provider).family)
            data |= {"transactions": sightings.count(), "files": connection.fetch_files}
        self.answer(data, self._text(connection, data))

    def _text(self, connection: Connection, data: dict[str, Any]) -> str:
        rows = [
            (_("Client"), str(connection.client)),
            (_("State"), Status(connection.status).label),
            (_("Reason"), _reason(connection)),
            (_("Organization"), connection.organization_name),
            (_("Key expires on"), _end(connection)),
            (_("Last fetch"), _moment(connection.last_sync_at)),
            (_("Next fetch"), _moment(connection.next_sync_at)),
            (_("Fetching"), _words(data["progress"])),
            (_("Transactions"), str(data["transactions"]))
            if "transactions" in data
            else (_("Vouchers"), str(data["vouchers"])),
            (_("Requests of the last fetch"), str(data["requests_last_sync"] or "")),
            (_("Webhooks"), Webhooks(connection.webhooks).label),
            (_("Last webhook"), _moment(data["last_webhook"])),
        ]
        width = max(len(str(name)) for name, _value in rows)
        return "\n".join(f"{name:<{width}}  {value or '–'}" for name, value in rows)


def _days_left(connection: Connection) -> int | None:
    end = connection.key_expires_on
    return (end - timezone.localdate()).days if end else None


def _progress(connection: Connection) -> dict[str, Any] | None:
    """How far the fetch is that waits or works; None where there is none."""
    run = connection.runs.filter(state__in=LIVE).select_related("connection").first() if connection.pk else None
    progress = progress_of(run)
    if progress is None:
        return None
    seconds = None if progress.seconds is None else round(progress.seconds)
    words = ", ".join(part for part in (progress.doing, progress.left) if part)
    return {
        "phase": progress.phase,
        "done": progress.done,
        "total": progress.total,
        "seconds_left": seconds,
        "words": words,
    }


def _words(progress: dict[str, Any] | None) -> str:
    if progress is None:
        return ""
    figures = f"{progress['done']}/{progress['total']}" if progress["total"] else ""
    return " ".join(part for part in (figures, progress["words"]) if part)


def _reason(connection: Connection) -> str:
    if connection.reason:
        return str(failure(connection.reason, connection.provider).what)
    words = in_doubt(connection.provider)
    return f"{words.what} {words.staff}" if connection.doubted_at else ""


def _end(connection: Connection) -> str:
    end = connection.key_expires_on
    return f"{date_format(end)} ({countdown(end, timezone.localdate())})" if end else ""


def _moment(value: Any) -> str:
    return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT") if value else ""
