"""Reference rates in the form of the European Central Bank's files; the rates are invented, and plausible.

``/stats/eurofxref/eurofxref-daily.xml``, ``…-hist-90d.xml`` and ``…-hist.xml`` hold the last banking day, those of 90
days, and those of three years, newest first, as the bank's do.
"""

from __future__ import annotations

import hashlib
import math
from datetime import date, timedelta

from sandbox.http import Request, Response
from sandbox.world.calendar import is_banking_day

ROOT = "/stats/eurofxref/"
DAYS = {"eurofxref-daily.xml": 7, "eurofxref-hist-90d.xml": 90, "eurofxref-hist.xml": 3 * 365}
# Round figures near what the currencies were worth in the last years.
BASES = {
    "AUD": "1.65", "CAD": "1.50", "CHF": "0.95", "CNY": "7.80", "CZK": "25.1", "DKK": "7.46", "GBP": "0.85",
    "HKD": "8.50", "HUF": "395", "INR": "92", "JPY": "162", "NOK": "11.6", "PLN": "4.28", "RON": "5.0",
    "SEK": "11.3", "TRY": "40", "USD": "1.09", "ZAR": "19.8",
}  # fmt: skip


def is_ours(path: str) -> bool:
    """Say whether a path belongs to the reference rates."""
    return path.startswith(ROOT)


def serve(request: Request, today: date) -> Response:
    """Answer a call for one of the files."""
    span = DAYS.get(request.path.removeprefix(ROOT))
    if span is None:
        return Response(404, b"Not Found", "text/plain")
    days = [day for back in range(span) if is_banking_day(day := today - timedelta(days=back))]
    if span == DAYS["eurofxref-daily.xml"]:
        days = days[:1]
    return Response(200, _file(days).encode(), "text/xml")


def rate(currency: str, day: date) -> str:
    """The invented units of a currency for one euro: a slow wave, and a little every day."""
    digest = hashlib.sha256(f"{currency} {day.isoformat()}".encode()).digest()
    wave = 0.025 * math.sin(day.toordinal() / 45 + sum(map(ord, currency)))
    noise = 0.003 * (digest[0] / 127.5 - 1)
    base = float(BASES[currency])
    return f"{base * (1 + wave + noise):.{4 if base < 100 else 2}f}"


def _file(days: list[date]) -> str:
    cubes = "".join(
        f'<Cube time="{day.isoformat()}">'
        + "".join(f'<Cube currency="{name}" rate="{rate(name, day)}"/>' for name in BASES)
        + "</Cube>"
        for day in days
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
        'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref"><gesmes:subject>Reference rates</gesmes:subject>'
        "<gesmes:Sender><gesmes:name>Sandbox</gesmes:name></gesmes:Sender>"
        f"<Cube>{cubes}</Cube></gesmes:Envelope>"
    )
