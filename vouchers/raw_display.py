"""The raw answer beside the voucher: which versions there are, and one of them readable."""

from dataclasses import dataclass
from typing import Any

import simplejson
from django.db.models import QuerySet

from vouchers.models import RawAnswer, Voucher


@dataclass(frozen=True, slots=True)
class RawChoice:
    """The versions of what the provider said about a voucher, newest first within each kind, and the one shown."""

    versions: list[RawAnswer]
    shown: RawAnswer | None
    text: str


def readable(body: str) -> str:
    """A JSON answer with one field a line and every digit as it came; anything else unchanged."""
    try:
        data: Any = simplejson.loads(body, use_decimal=True)
    except ValueError:
        return body
    return str(simplejson.dumps(data, use_decimal=True, indent=2, ensure_ascii=False))


def raw_choice(voucher: Voucher, chosen: str, queryset: QuerySet[RawAnswer] | None = None) -> RawChoice:
    """The versions of a voucher's raw answers and the chosen one (its id as text; the newest of the first kind else).

    ``queryset`` may narrow what is looked at. Two queries.
    """
    rows = RawAnswer.objects.all() if queryset is None else queryset
    versions = list(
        rows.filter(client_id=voucher.client_id, external_id=str(voucher.external_id))
        .defer("body")
        .order_by("kind", "-version")
    )
    shown = next((row for row in versions if str(row.pk) == chosen), versions[0] if versions else None)
    return RawChoice(versions, shown, readable(shown.body) if shown else "")
