"""Why a transaction does not stand, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "itemised": _("the bank has delivered the single payments of this batch, which count instead"),
    "total_matched": _("it is part of a batch whose total is matched"),
    "external_gave_way": _("the bank line itself has come and counts instead"),
    "external_discarded": _("the external transaction was discarded"),
    "external_edited": _("the external transaction was changed; as it is now it counts instead"),
    "details_only": _("it was only announced in an advice; no booking of it has been delivered"),
}


def withdrawn_words(reason: str) -> str:
    """The words for ``Transaction.withdrawn_reason``, in the active language."""
    return str(WORDS[reason]) if reason in WORDS else reason
