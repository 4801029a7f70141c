"""Why nothing is proposed, in words for the page of a voucher or a bank transaction."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.display import day, money
from matching.services.unmatched import Why

WORDS: Final[dict[str, Promise]] = {
    "payments_unread": _("Its payments have not been read from Lexware Office yet. The next fetch reads them."),
    "no_bank": _("In Lexware Office it was paid in cash or set off: no bank transaction is expected."),
    "remark": _("Its remark says that it was paid in another way: “%(found)s”."),
    "no_lines": _(
        "From %(first)s to %(last)s there is no bank transaction of this client at all. Is a bank statement missing?"
    ),
    "line_withdrawn": _("%(row)s has the amount, but does not count."),
    "line_taken": _("%(row)s has the amount, but is matched with %(other)s."),
    "line_own_transfer": _("%(row)s has the amount, but is a transfer between own accounts."),
    "line_rejected": _("%(row)s has the amount, but was rejected for this voucher."),
    "line_unlikely": _(
        "%(row)s has the amount, %(days)s days away. For a proposal, the voucher's number or the contact would have to"
        " be in its text, or the days be closer."
    ),
    "near_line": _(
        "The nearest is %(row)s: the amount differs by %(difference)s. For a proposal, the amount would have to be the"
        " same, or the difference be a discount, a fee or the like."
    ),
    "no_equal_line": _("From %(first)s to %(last)s no bank transaction has its amount, nor one close to it."),
    "no_voucher_expected": _("“%(found)s”: such payments have no voucher as a rule."),
    "voucher_withdrawn": _("%(row)s has the amount, but was withdrawn."),
    "voucher_taken": _("%(row)s has the amount, but is matched with %(other)s."),
    "voucher_unread": _("%(row)s has the amount; its payments have not been read from Lexware Office yet."),
    "voucher_rejected": _("%(row)s has the amount, but was rejected for this payment."),
    "voucher_unlikely": _(
        "%(row)s has the amount, %(days)s days away. For a proposal, its number or contact would have to be in the text"
        " of the payment, or the days be closer."
    ),
    "near_voucher": _(
        "The nearest is %(row)s: the amount differs by %(difference)s. For a proposal, the amount would have to be the"
        " same, or the difference be a discount, a fee or the like."
    ),
    "no_equal_voucher": _(
        "No voucher has this amount, nor one close to it. Is a document missing, or is it not marked as paid in Lexware"
        " Office?"
    ),
}
"""By the codes of ``matching.services.unmatched``."""


def why_words(why: Why) -> str:
    """The sentence for one thing to say, in the active language."""
    row = why.line or why.voucher
    return str(WORDS[why.code]) % {
        "row": str(row),
        "other": str(why.other),
        "difference": money(why.difference, row.currency) if row is not None else "",
        "days": str(why.days),
        "first": day(why.first),
        "last": day(why.last),
        "found": why.found,
    }
