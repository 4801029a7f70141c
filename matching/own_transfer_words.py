"""What speaks for an own transfer, in words."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matching.own_transfers import Reason

WORDS: dict[str, str | Promise] = {
    Reason.IBAN_OUT: _("the outgoing line names the other account"),
    Reason.IBAN_IN: _("the incoming line names the other account"),
    Reason.NAME_OUT: _("the outgoing line names the client itself as payee"),
    Reason.NAME_IN: _("the incoming line names the client itself as payer"),
    Reason.CODE: _("the bank books it as a transfer between own accounts"),
    Reason.PURPOSE: _("the purpose says so"),
    Reason.END_TO_END: _("both lines carry the same end-to-end id"),
}


def reasons_in_words(reasons: Iterable[str]) -> list[str]:
    """Each reason in words; one that is not known (any more) stands as it is."""
    return [str(WORDS.get(reason, reason)) for reason in reasons]
