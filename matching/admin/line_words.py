"""What the bank said about a line, in words, with the sources that said it."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext_lazy

from accounts.display import money
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
DETAILS: Final = {
    "purpose_code": gettext_lazy("purpose code"),
    "proprietary_code": gettext_lazy("the bank's own code"),
    "counterparty_bank": gettext_lazy("counterparty's bank"),
    "ultimate_debtor": gettext_lazy("ultimate debtor"),
    "ultimate_creditor": gettext_lazy("ultimate creditor"),
    "additional_info": gettext_lazy("additional information"),
    "batch_count": gettext_lazy("payments in the batch"),
    "batch_message_id": gettext_lazy("message of the batch"),
    "batch_payment_id": gettext_lazy("order of the batch"),
    "notification": gettext_lazy("advice with the details"),
    "exchange_currencies": gettext_lazy("exchanged"),
    "charges_currency": gettext_lazy("currency of the charges"),
}
_TYPED_AMOUNT: Final = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3})*(?:[.,]\d{1,2})?|[+-]?\d+(?:[.,]\d{1,2})?")


def format_words(family: str) -> str:
    """What kind of delivery a family is; the exact name where it says more."""
    for beginning, words in FORMATS:
        if family.startswith(beginning):
            return f"{words} · {family}" if family not in (beginning, "feed") else str(words)
    return family


def sources_of(line: Transaction) -> dict[str, Any]:
    """For the page of a line: its sources, best first, what has no column of its own, and whether it stands."""
    sources = [
        {
            "format": format_words(sighting.family),
            "delivery": sighting.delivery,
            "place": sighting.place,
            "seen_at": sighting.seen_at,
            "purpose": sighting.said.get("purpose", ""),
            "counterparty": sighting.said.get("counterparty", ""),
            "raw": sighting.raw,
        }
        for sighting in line.sightings.order_by("rank", "family", "pk")
    ]
    details = [
        (str(DETAILS.get(name, name)), ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in sorted(line.details.items())
    ]
    others = Transaction.objects.filter(account=line.account_id, entry_key=line.entry_key).exclude(pk=line.pk)
    return {
        "sources": sources,
        "bank_details": details,
        "original": money(line.original_amount, line.original_currency) if line.original_amount else "",
        "withdrawn_words": withdrawn_words(line.withdrawn_reason) if line.withdrawn_at else "",
        "batch": list(others.order_by("part", "pk")[:100]) if line.entry_key and line.account_id else [],
    }


def typed_amount(term: str) -> Decimal | None:
    """The amount that somebody typed into a search, German or English, without its currency; None if it is none."""
    text = term.strip().replace("€", "").replace("EUR", "").replace("−", "-").strip()
    if not _TYPED_AMOUNT.fullmatch(text):
        return None
    mark = max(text.rfind(","), text.rfind("."))
    whole, cents = (text, "") if mark < 0 or len(text) - mark > 3 else (text[:mark], text[mark + 1 :])
    try:
        return Decimal(re.sub(r"[.,]", "", whole) + (f".{cents}" if cents else ""))
    except InvalidOperation:
        return None
