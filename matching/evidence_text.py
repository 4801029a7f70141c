"""Sentences for the engine's evidence, in the language of the reader."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypedDict

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.display import MINUS, NO_BREAK, money
from matching.models import Proposal
from matching.policy_words import POLICY_WORDS


class Reason(TypedDict):
    """One reason as people read it."""

    code: str
    text: str
    supports: bool


# For each code the fullest sentence first; a shorter one is taken where the engine left a parameter out.
SENTENCES: Final[Mapping[str, tuple[Promise, ...]]] = {
    "external_payment": (_("Paid outside the connected accounts: an external transaction."),),
    "number_in_text": (_("The number %(number)s stands in the text."),),
    "number_rewritten": (
        _("The number %(number)s stands in the text, written “%(found)s”."),
        _("The number %(number)s stands in the text in another spelling."),
    ),
    "number_torn": (
        _("The number %(number)s stands in the text, torn apart: “%(found)s”."),
        _("The number %(number)s stands in the text, torn apart."),
    ),
    "number_typo": (
        _("The text says “%(found)s”: the number %(number)s with one character wrong."),
        _("The number %(number)s stands in the text with one character wrong."),
    ),
    "number_in_list": (
        _("The number %(number)s belongs to the list “%(found)s” in the text."),
        _("The number %(number)s belongs to a list in the text."),
    ),
    "number_cut": (
        _("The text breaks off inside the number %(number)s: “%(found)s”."),
        _("The text breaks off inside the number %(number)s."),
    ),
    "other_number": (
        _("The text names another voucher: “%(found)s” instead of %(number)s."),
        _("The text names another voucher than %(number)s."),
        _("The text names another voucher."),
    ),
    "number_missing": (_("The number %(number)s does not stand in the text."), _("No number stands in the text.")),
    "number_series": (
        _("Numbers like %(number)s are those of %(contact)s."),
        _("The number is of the kind that this contact uses."),
    ),
    "period_in_text": (
        _("The text names the month “%(found)s”, which fits the document."),
        _("The text names the month of the document."),
    ),
    "other_period": (
        _("The text names the month “%(found)s”, not that of the document."),
        _("The text names another month than that of the document."),
    ),
    "paid_otherwise": (
        _("The voucher's remark “%(found)s” says that it was paid in another way."),
        _("The voucher's remark says that it was paid in another way."),
    ),
    "contact_silent": (_("Nothing in the booking says who the other party is."),),
    "amount_equal": (_("The amount is the same: %(booked)s."), _("The amount is the same.")),
    "amount_less_discount": (
        _("The amount is %(expected)s less %(percent)s %% discount: %(booked)s."),
        _("The amount is %(expected)s less a discount: %(booked)s."),
    ),
    "amount_plus_dunning": (
        _("The amount is %(expected)s plus a dunning fee of %(difference)s."),
        _("The amount is %(expected)s plus a dunning fee: %(booked)s."),
    ),
    "amount_plus_tax": (
        _("Overpaid by %(difference)s: %(expected)s and %(percent)s %% VAT on top, as if it were a net amount."),
        _("Overpaid: value added tax was paid on top once more."),
    ),
    "amount_rounded_up": (
        _("Overpaid by %(difference)s: %(expected)s, rounded up to %(booked)s."),
        _("Overpaid: the amount was rounded up."),
    ),
    "amount_twice": (
        _("Overpaid by %(difference)s: twice the amount of %(expected)s was paid."),
        _("Overpaid: twice the amount was paid."),
    ),
    "amount_less_fee": (
        _("The amount is %(expected)s less a fee of %(difference)s."),
        _("The amount is %(expected)s less a fee: %(booked)s."),
    ),
    "amount_rounded": (
        _("The amount %(booked)s is a rounded %(expected)s."),
        _("The amount differs by a rounding only."),
    ),
    "amount_converted": (
        _("%(expected)s %(currency)s at the rate of the day (%(rate)s) is about %(booked)s."),
        _("%(expected)s %(currency)s at the rate of the day is about %(booked)s."),
    ),
    "amount_original": (
        _("The text names the original amount: “%(found)s”."),
        _("The text names the original amount %(expected)s %(currency)s."),
    ),
    "amount_differs": (
        _("The amount differs: %(expected)s expected, %(booked)s booked."),
        _("The amount differs from what is expected."),
    ),
    "amount_rare": (
        _("The amount %(booked)s occurs nowhere else."),
        _("The amount occurs nowhere else."),
    ),
    "amount_common": (
        _("The amount %(booked)s occurs again and again (%(count)s times)."),
        _("The amount occurs again and again."),
    ),
    "sum_equal": (
        _("%(count)s vouchers together come to the amount: %(booked)s."),
        _("The vouchers together come to the amount."),
    ),
    "credit_note_set_off": (
        _("The credit note %(number)s over %(booked)s was set off against the invoice."),
        _("A credit note was set off against the invoice."),
    ),
    "part_worded": (_("The text calls it an instalment, a deposit or a remaining amount."),),
    "batch_count": (
        _("The bank names %(count)s payments in this batch, as many as the vouchers."),
        _("The bank names as many payments as the vouchers."),
    ),
    "payout_of_provider": (
        _("A payout of %(found)s: it pays several sales together, less a fee."),
        _("A payout of a payment provider: it pays several sales together, less a fee."),
    ),
    "payout_fee_learned": (
        _(
            "Sales of %(expected)s less %(percent)s %% and %(fixed)s for each sale come to %(booked)s; so does this"
            " provider's fee in its other payouts."
        ),
        _("The sales less this provider's fee come to the amount."),
    ),
    "payout_fee_usual": (
        _(
            "Sales of %(expected)s less %(percent)s %% and %(fixed)s for each sale come to %(booked)s; such a fee is"
            " usual."
        ),
        _("The sales less a usual fee come to the amount."),
    ),
    "payout_extra": (
        _("%(difference)s more were kept beside the fee, as in other payouts or by the provider's invoice."),
        _("Something more was kept beside the fee."),
    ),
    "payout_deduction": (
        _(
            "%(difference)s more are missing beside the fee: something the provider deducted once, such as a monthly"
            " price, advertising or a reserve; its statement says what."
        ),
        _("Something was deducted once beside the fee; the provider's statement says what."),
    ),
    "payout_refund": (
        _("Refunds of %(booked)s were taken off the payout."),
        _("Refunds were taken off the payout."),
    ),
    "payout_run": (
        _("%(count)s sales from %(first)s to %(last)s, in their order."),
        _("The provider's sales of these days, in their order."),
    ),
    "payout_marked": (
        _("%(count)s of the vouchers name %(found)s as the way of payment."),
        _("Vouchers name the provider as the way of payment."),
    ),
    "instalment": (
        _("Payment %(position)s of %(count)s for this voucher."),
        _("One of several payments for this voucher."),
    ),
    "payment_date_equal": (
        _("Lexware Office dates the payment on the same day: %(booked)s."),
        _("Lexware Office dates the payment on the same day."),
    ),
    "payment_next_bank_day": (
        _("Lexware Office dates the payment %(expected)s, which is no banking day; %(booked)s is the next one."),
        _("Lexware Office dates the payment on a day that is no banking day; it was booked on the next one."),
    ),
    "payment_date_near": (
        _("Lexware Office dates the payment %(expected)s, close to the booking on %(booked)s."),
        _("Lexware Office dates the payment close to the booking."),
    ),
    "payment_date_far": (
        _("Lexware Office dates the payment %(expected)s, it was booked on %(booked)s."),
        _("Lexware Office dates the payment on another day."),
    ),
    "date_near": (
        _("Voucher of %(expected)s, booked on %(booked)s: a usual time."),
        _("Booked at a usual time after the voucher."),
    ),
    "date_after": (
        _("Voucher of %(expected)s, booked on %(booked)s."),
        _("Booked some time before or after the date of the voucher."),
    ),
    "due_date_met": (
        _("Booked when the voucher was due: %(expected)s."),
        _("Booked when the voucher was due."),
    ),
    "date_far": (
        _("Voucher of %(expected)s, booked on %(booked)s: unusually early or late."),
        _("Booked unusually early or late."),
    ),
    "document_date_in_text": (
        _("The text names the voucher's date: “%(found)s”."),
        _("The text names the voucher's date."),
    ),
    "name_equal": (
        _("The name fits: “%(found)s”."),
        _("The name %(contact)s stands in the bank line."),
        _("The name fits."),
    ),
    "name_similar": (
        _("The name is similar: “%(found)s” for %(contact)s."),
        _("A name like %(contact)s stands in the bank line."),
        _("The name is similar."),
    ),
    "name_differs": (
        _("The bank line names “%(found)s”, the voucher %(contact)s."),
        _("The bank line names somebody else than %(contact)s."),
        _("The bank line names somebody else."),
    ),
    "iban_known": (
        _("The account %(iban)s is known from earlier payments of %(contact)s."),
        _("The account is known from earlier payments."),
    ),
    "iban_foreign": (
        _("The account %(iban)s is known from payments of %(other)s, not of %(contact)s."),
        _("The account is known from payments of somebody else."),
    ),
    "creditor_known": (
        _("The creditor or mandate %(creditor)s is known from earlier payments of %(contact)s."),
        _("The creditor or mandate is known from earlier payments."),
    ),
    "customer_number": (
        _("The customer number “%(found)s” is known from earlier payments of %(contact)s."),
        _("The customer number is known from earlier payments."),
    ),
    "alias_known": (
        _("“%(found)s” is known from earlier payments of %(contact)s."),
        _("The name in the bank line is known from earlier payments."),
    ),
    "returned": (_("This payment came back on %(date)s."), _("This payment came back later.")),
    "paid_again": (
        _("The same payment was made again on %(date)s; this is the first."),
        _("The same payment was made twice; this is the first."),
    ),
    "paid_before": (
        _("The same payment was made before, on %(date)s."),
        _("The same payment was made before."),
    ),
    "no_voucher_expected": (
        _("“%(found)s”: such payments have no voucher as a rule."),
        _("Such payments have no voucher as a rule."),
    ),
    "found_elsewhere": (_("What fits here fits other payments and vouchers as well."),),
    "interchangeable": (_("Another one is equal in everything that can be seen; either is right."),),
    "other_candidate": (
        _("Something else fits as well (%(probability)s)."),
        _("Something else fits as well."),
    ),
    "policy_single_signal": (_("Not matched automatically: only amount and day fit, neither name nor number."),),
    "policy_needs_number": (
        _("Not matched automatically: for that, the voucher's number would have to be in the text."),
    ),
    "policy_needs_party": (_("Not matched automatically: for that, the bank line would have to name the contact."),),
    "policy_needs_amount": (_("Not matched automatically: for that, the amount differs too much."),),
    "policy_needs_day": (_("Not matched automatically: for that, the day does not fit well enough."),),
    "policy_recurring_amount": (
        _("Not matched automatically: the amount occurs more than once, and too little says which one it is."),
    ),
    "policy_other_number": (_("Not matched automatically: the text names another number."),),
    "policy_barred": (_("Not matched automatically: a person always looks at payments like this one."),),
    "policy_set_guessed": (
        _("Not matched automatically: the sum is right, but nothing says that exactly these belong together."),
    ),
    "policy_fee_unknown": (_("Not matched automatically: no known fee of a provider explains what is missing."),),
    "policy_deduction": (
        _("Not matched automatically: whether that much was deducted only the provider's statement says."),
    ),
    "policy_open_cents": (
        _(
            "Not matched automatically: rounding leaves several cents, and nothing says to which of the many sales they"
            " belong."
        ),
    ),
    "policy_unsure": (_("Not matched automatically: too little speaks for it, or something else fits as well."),),
    "policy_better_explained": (
        _("Not matched automatically: another match explains the voucher or the payment better."),
    ),
    "policy_client_threshold": (
        _("Not matched automatically: your rule asks for at least %(threshold)s certainty."),
        _("Not matched automatically: your rule asks for more certainty."),
    ),
    "policy_client_amount": (
        _("Not matched automatically: it is more than the %(limit)s that your rule allows."),
        _("Not matched automatically: it is more than your rule allows."),
    ),
    "policy_client_kind": (
        _("Not matched automatically: your rule leaves matches of this shape to a person (%(kind)s)."),
        _("Not matched automatically: your rule leaves matches of this shape to a person."),
    ),
    "policy_client_difference": (
        _("Not matched automatically: your rule leaves this difference to a person (%(kind)s)."),
        _("Not matched automatically: your rule leaves such a difference to a person."),
    ),
}

POLICY: Final = "policy_"
_AMOUNT: Final = re.compile(r"-?\d+\.\d{2}")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_VALUES: Final = frozenset({"expected", "booked", "difference", "date", "fixed", "first", "last"})


def sentence(evidence: Mapping[str, Any]) -> str:
    """A plain sentence for one stored piece of evidence, in the active language.

    Amounts and dates take the reader's form. An engine of another version may know codes that we do not: they are
    shown as they are, with what they carry.
    """
    params = {name: _shown(name, str(value)) for name, value in (evidence.get("params") or {}).items()}
    for words in SENTENCES.get(evidence["code"], ()):
        try:
            return str(words) % params
        except KeyError:
            continue
    code = str(evidence["code"]).replace("_", " ")
    details = ", ".join(f"{name} {value}" for name, value in sorted(params.items()))
    if not details:
        return gettext("Note of the engine: %(code)s.") % {"code": code}
    return gettext("Note of the engine: %(code)s (%(details)s).") % {"code": code, "details": details}


def reasons(proposal: Proposal) -> list[Reason]:
    """The reasons of a proposal: first what speaks for it, then what speaks against it, the weightiest first.

    What speaks against it begins with why it was not matched automatically. The same sentence stands once, also
    where several vouchers of a collective payment share it.
    """
    ordered = sorted(
        proposal.evidence,
        key=lambda item: (not item["supports"], not item["code"].startswith(POLICY), -abs(item.get("weight", 0))),
    )
    found: dict[tuple[str, bool], Reason] = {}
    for item in ordered:
        text = sentence(item)
        found.setdefault((text, item["supports"]), Reason(code=item["code"], text=text, supports=item["supports"]))
    return list(found.values())


def _shown(name: str, value: str) -> str:
    if name == "kind" and value in POLICY_WORDS:
        return str(POLICY_WORDS[value])
    if name == "limit" and _AMOUNT.fullmatch(value):
        return money(Decimal(value))
    if name == "threshold" and _NUMBER.fullmatch(value):
        return f"{formats.number_format((Decimal(value) * 100).normalize(), use_l10n=True)}{NO_BREAK}%"
    if name in _VALUES and _AMOUNT.fullmatch(value):
        amount = formats.number_format(abs(Decimal(value)), decimal_pos=2, use_l10n=True, force_grouping=True)
        return f"{MINUS}{amount}" if value.startswith("-") else amount
    if name in _VALUES and _DATE.fullmatch(value):
        return formats.date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if name in ("probability", "similarity") and _NUMBER.fullmatch(value):
        return f"{formats.number_format(Decimal(value) * 100, decimal_pos=0)}{NO_BREAK}%"
    if name in ("percent", "rate") and _NUMBER.fullmatch(value):
        return formats.number_format(Decimal(value).normalize(), use_l10n=True)
    return value
