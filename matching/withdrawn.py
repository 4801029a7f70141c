"""Why a transaction does not stand, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "itemised": _("the bank has delivered the single payments of this batch, which count instead"),
    "total_matched": _("it is part of a batch whose total is matched"),
    "details_only": _("it was only announced in an advice; no booking of it has been delivered"),
}


def withdrawn_words(reason: str) -> str:
    """The words for ``Transaction.withdrawn_reason``, in the active language."""
    return str(WORDS[reason]) if reason in WORDS else reason
