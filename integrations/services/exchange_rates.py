"""Fetches the reference rates that matching needs, and takes them over from files."""

import logging
from datetime import date, timedelta
from time import monotonic
from typing import Final

import requests
from django.conf import settings
from django.utils import timezone
from urllib3.exceptions import HTTPError

from integrations.exchange_rates.reading import FIRST_DAY, NotReadable, read_rates
from matching.models import RateFetch
from matching.services.rates import (
    BEFORE,
    Rate,
    Stored,
    clients_with_foreign_money,
    first_foreign_day,
    first_stored_day,
    last_success,
    store_rates,
)
from matching.tasks import enqueue_matching

logger = logging.getLogger(__name__)

RECENT: Final = "eurofxref-hist-90d.xml"
HISTORY: Final = "eurofxref-hist.xml"
# The bank's files have about 150 kB and 9 MB.
LIMITS: Final = {RECENT: 5_000_000, HISTORY: 40_000_000}
CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 20.0
WHOLE_TIMEOUT = 120.0
EVERY = timedelta(hours=20)
# After a failure the next attempt comes with the clock, which asks every hour.
HISTORY_EVERY = timedelta(days=7)
REMEMBERED = timedelta(days=90)
_CHUNK = 65_536


class FetchFailed(Exception):
    """Rates could not be fetched; ``code`` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def fetch_due_rates() -> None:
    """Fetch what is due: the recent rates once a day, all of them once where older days are needed.

    Nothing happens where ``EXCHANGE_RATES_URL`` is empty. A failure is noted and tried again with the next call.
    """
    if not settings.EXCHANGE_RATES_URL:
        return
    now = timezone.now()
    RateFetch.objects.filter(at__lt=now - REMEMBERED).delete()
    last = last_success(RECENT)
    if last is None or last.at <= now - EVERY:
        fetch(RECENT)
    needed = first_foreign_day()
    if needed is None:
        return
    stored = first_stored_day()
    last = last_success(HISTORY)
    # A day before the first one that a file has would otherwise make us fetch it again and again.
    lately = last is not None and last.at > now - HISTORY_EVERY
    if not lately and (stored is None or stored > max(needed, FIRST_DAY)):
        fetch(HISTORY, since=needed - BEFORE)


def fetch(file: str, since: date | None = None) -> RateFetch:
    """Fetch one of the bank's files and store its rates from ``since`` on; the answer says how it went."""
    try:
        content = _download(f"{settings.EXCHANGE_RATES_URL}/{file}", LIMITS[file])
        stored, refused = take_over(content, since)
    except (FetchFailed, NotReadable) as error:
        logger.warning("exchange rates: %s was not taken over (%s %s)", file, error.code, error.detail)
        return RateFetch.objects.create(file=file, problem=error.code, detail=error.detail[:200])
    if refused or stored.contradicting:
        logger.warning("exchange rates: %d values of %s were refused", len(refused) + stored.contradicting, file)
    return RateFetch.objects.create(
        file=file,
        added=stored.added,
        refused=len(refused) + stored.contradicting,
        detail=", ".join(refused[:5])[:200],
    )


def take_over(content: bytes, since: date | None = None) -> tuple[Stored, tuple[str, ...]]:
    """Store the rates of a file from ``since`` on, and say which values were refused. Raises ``NotReadable``.

    Where new ones may help a client's matching, a run is asked for.
    """
    reading = read_rates(content, timezone.localdate())
    rates = (Rate(rate.day, rate.currency, rate.units) for rate in reading.rates)
    stored = store_rates(rate for rate in rates if since is None or rate.day >= since)
    if stored.first is not None:
        for client in clients_with_foreign_money(stored.first):
            enqueue_matching(client)
    return stored, reading.refused


def _download(url: str, limit: int) -> bytes:
    began = monotonic()
    body = bytearray()
    try:
        with requests.get(
            url,
            headers={"Accept": "application/xml, text/xml", "User-Agent": "Kontor"},
            timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
            allow_redirects=False,
            stream=True,
        ) as response:
            if response.status_code != 200:
                raise FetchFailed("status", str(response.status_code))
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > limit:
                    raise FetchFailed("too_large")
                if monotonic() - began > WHOLE_TIMEOUT:
                    raise FetchFailed("too_slow")
    except (requests.RequestException, HTTPError) as error:
        raise FetchFailed("no_answer", type(error).__name__) from None
    return bytes(body)
