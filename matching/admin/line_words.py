"""What the bank said about a line, in words, with the sources that said it."""

import re
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy

from matching.admin.said import purpose_fields, purpose_lines, said_groups
from matching.models import Transaction
from matching.withdrawn import withdrawn_words

FORMATS: Final = (
    ("camt.053", gettext_lazy("statement (CAMT.053)")),
    ("camt.052", gettext_lazy("intraday report (CAMT.052)")),
    ("camt.054", gettext_lazy("advice (CAMT.054)")),
    ("mt940", gettext_lazy("statement (MT940)")),
    ("mt942", gettext_lazy("intraday report (MT942)")),
    ("csv", gettext_lazy("table (CSV)")),
    ("feed", gettext_lazy("interface of the bank")),
)
MOST_PARTS: Final = 200
_PLACE_WORDS: Final = {
    "statement": gettext_lazy("statement %(number)s"),
    "entry": gettext_lazy("entry %(number)s"),
    "line": gettext_lazy("line %(number)s"),
}
_PLACE: Final = re.compile(rf"\b({'|'.join(_PLACE_WORDS)}) (\d+)")


def format_words(family: str) -> str:
    """What kind of delivery a family is."""
    return next((str(words) for beginning, words in FORMATS if family.startswith(beginning)), family)


def place_words(place: str) -> str:
    """Where in a file it stands, in the active language; it is stored in English."""
    return _PLACE.sub(lambda found: str(_PLACE_WORDS[found[1]]) % {"number": found[2]}, place)


def sources_of(line: Transaction) -> dict[str, Any]:
    """For the page of a line: all that was said, its sources, best first, the batch, whether it stands. Two queries."""
    sightings = list(line.sightings.order_by("rank", "family", "pk"))
    sources = [
        {
            "format": format_words(sighting.family),
            "family": sighting.family,
            "delivery": sighting.delivery,
            "place": place_words(sighting.place),
            "seen_at": sighting.seen_at,
            "purpose": sighting.said.get("purpose", ""),
            "counterparty": sighting.said.get("counterparty", ""),
            "raw": sighting.raw or (line.raw if len(sightings) == 1 else ""),
        }
        for sighting in sightings
    ]
    written = purpose_lines(line)
    return {
        "sources": sources,
        "raw_alone": "" if any(source["raw"] for source in sources) else line.raw,
        "said": said_groups(line),
        "purpose_fields": purpose_fields(line),
        "purpose_lines": written if written != line.purpose else "",
        "withdrawn_words": withdrawn_words(line.withdrawn_reason) if line.withdrawn_at else "",
        **_batch(line),
    }


def _batch(line: Transaction) -> dict[str, Any]:
    if not line.entry_key or line.account_id is None:
        return {"batch": [], "batch_total": None}
    rows = Transaction.objects.filter(account=line.account_id, entry_key=line.entry_key).defer("raw", "details")
    batch = list(rows.order_by("part", "pk")[: MOST_PARTS + 1])
    parts = [row for row in batch if row.part]
    whole = len(parts) == line.parts
    return {
        "batch": parts[:MOST_PARTS],
        "batch_total": next((row for row in batch if not row.part), None),
        "batch_sum": sum((row.amount for row in parts), Decimal(0)) if whole else None,
    }
