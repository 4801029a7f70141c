"""External payments in plain words: why Kontor drafted one, and what happened to it."""

from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.display import day
from matching.models import ExternalPayment, ExternalPaymentChange
from matching.services.external_drafts import CASH_BOX, NO_BANK_LINE, PRIVATE_ACCOUNT, SET_OFF

REASON_WORDS: Final[dict[str, str | Promise]] = {
    CASH_BOX: _("In Lexware Office this payment of %(day)s is linked with the cash box, so no bank account shows it."),
    SET_OFF: _("In Lexware Office this amount was set off against a credit note on %(day)s, so no money moved."),
    PRIVATE_ACCOUNT: _(
        "In Lexware Office this was marked as paid by hand on %(day)s. All connected accounts are complete on that "
        "day, and no line of them fits."
    ),
    NO_BANK_LINE: _(
        "In Lexware Office this was paid through a bank on %(day)s. All connected accounts are complete on that day, "
        "and no line of them fits, so it was probably another account."
    ),
}

ACTION_WORDS: Final[dict[str, str | Promise]] = {
    "created": _("made"),
    "saved": _("saved as a transaction"),
    "edited": _("changed"),
    "discarded": _("discarded"),
    "undone": _("last change taken back"),
    "gave_way": _("replaced by a bank line"),
    "came_back": _("back, because the match of the bank line was taken back"),
    "reason_gone": _("put aside, because its reason is gone"),
    "reason_back": _("back, because its reason is there again"),
}


def reason_words(payment: ExternalPayment) -> str:
    """Why Kontor drafted it; empty where a person made it."""
    words = REASON_WORDS.get(payment.reason)
    if words is None:
        return ""
    known = payment.reason_detail.get("date")
    return str(words) % {"day": day(date.fromisoformat(known)) if known else day(payment.date)}


def action_words(change: ExternalPaymentChange) -> str:
    """What happened."""
    return str(ACTION_WORDS.get(change.detail.get("action", ""), change.detail.get("action", "")))
