"""Why a document is here, or why it is not, in words: for the client, and for somebody of the firm.

Always in this order: what is the case, whose turn it is, what comes next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.display import day
from integrations.finding.shapes import Found, Outcome, Standing
from integrations.models import VoucherChange
from integrations.words import left_out
from vouchers.models import VoucherType
from vouchers.words import STATUS_WORDS, WITHDRAWN_WORDS, payment_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text

# tone, icon of the firm's pages, icon of the client's pages
LOOKS: dict[Standing, tuple[str, str, str]] = {
    Standing.HERE: ("good", "check_circle", "check"),
    Standing.ARRIVING: ("todo", "sync", "clock"),
    Standing.INCOMPLETE: ("soon", "warning", "alert"),
    Standing.WITHDRAWN: ("soon", "undo", "alert"),
    Standing.EXPECTED: ("todo", "hourglass_empty", "clock"),
    Standing.NOT_PAID: ("none", "money_off", "none"),
    Standing.TOO_EARLY: ("none", "event_busy", "none"),
    Standing.OTHER_TYPE: ("none", "draft", "none"),
    Standing.UNREADABLE: ("failed", "error", "alert"),
    Standing.DELETED: ("none", "delete", "none"),
    Standing.SKIPPED: ("soon", "warning", "alert"),
}
# The client's pages name their colours.
COLOURS = {"good": "green", "todo": "blue", "soon": "amber", "none": "grey", "failed": "red"}

TITLES: dict[Standing, Text] = {
    Standing.HERE: gettext_lazy("Taken over"),
    Standing.ARRIVING: gettext_lazy("On its way"),
    Standing.INCOMPLETE: gettext_lazy("Not complete"),
    Standing.WITHDRAWN: gettext_lazy("Does not count any more"),
    Standing.EXPECTED: gettext_lazy("About to be fetched"),
    Standing.NOT_PAID: gettext_lazy("Not taken over yet"),
    Standing.TOO_EARLY: gettext_lazy("Not needed"),
    Standing.OTHER_TYPE: gettext_lazy("Not needed"),
    Standing.UNREADABLE: gettext_lazy("Not readable"),
    Standing.DELETED: gettext_lazy("Deleted"),
    Standing.SKIPPED: gettext_lazy("Not taken over"),
}

NOT_PAID: dict[str, tuple[Text, Text]] = {
    "draft": (
        gettext_lazy("Not taken over because it is still a draft in Lexware Office."),
        gettext_lazy("As soon as it is finished and its payment is assigned, it appears here by itself."),
    ),
    "voided": (
        gettext_lazy("Not taken over because it was voided in Lexware Office."),
        gettext_lazy("Nothing to do, unless it was voided by mistake."),
    ),
    "unchecked": (
        gettext_lazy("Not taken over because it was uploaded to Lexware Office, but not booked there yet."),
        gettext_lazy("As soon as it is booked and its payment is assigned, it appears here by itself."),
    ),
    "transferred": (
        gettext_lazy("Not taken over because its payment is still on its way: the transfer has only been ordered."),
        gettext_lazy("As soon as Lexware Office calls it paid, it appears here by itself."),
    ),
    "sepadebit": (
        gettext_lazy("Not taken over because its direct debit has not been collected yet."),
        gettext_lazy("As soon as Lexware Office calls it paid, it appears here by itself."),
    ),
}
NOT_PAID["blank"] = NOT_PAID["unchecked"]
_NO_PAYMENT: tuple[Text, Text] = (
    gettext_lazy("Not taken over because no payment is assigned to it in Lexware Office."),
    gettext_lazy("As soon as the payment is assigned there, it appears here by itself."),
)
_PAID_AGAIN = gettext_lazy("When it is paid again, it comes back by itself.")
AFTER_WITHDRAWAL: dict[str, Text | str] = {
    "deleted": gettext_lazy("Nothing to do, unless it was deleted by mistake."),
    "voided": gettext_lazy("Nothing to do, unless it was voided by mistake."),
    "dated_earlier": "",
    "organization_changed": "",
}
OTHERS: dict[str, Text] = {
    "quotation": gettext_lazy("Quotation"),
    "orderconfirmation": gettext_lazy("Order confirmation"),
    "deliverynote": gettext_lazy("Delivery note"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say about a document. ``since``, ``what`` and ``next`` are whole sentences; any may be empty."""

    title: str
    tone: str
    icon: str
    since: str
    what: str
    next: str
    staff: str = ""

    @property
    def colour(self) -> str:
        """The tone in the words of the client's pages."""
        return COLOURS[self.tone]


def answer(found: Found, *, for_client: bool = False) -> Answer:
    """The whole answer about a document in the reader's language."""
    tone, icon, portal_icon = LOOKS[found.standing]
    what, following, staff = _why(found, for_client=for_client)
    return Answer(
        str(TITLES[found.standing]),
        tone,
        portal_icon if for_client else icon,
        _("Seen since %(day)s.") % {"day": day_of(found.since)} if found.since else "",
        what,
        following,
        staff,
    )


def _why(found: Found, *, for_client: bool) -> tuple[str, str, str]:
    values = {"day": day_of(found.standing_since), "date": _date(found), "from": _start(found)}
    match found.standing:
        case Standing.HERE:
            return _("Taken over on %(day)s, with its payments and files.") % values, "", ""
        case Standing.ARRIVING:
            return _("Taken over on %(day)s.") % values, _arriving(found), ""
        case Standing.EXPECTED:
            return _("It is paid in Lexware Office, and has not been fetched yet."), _("It is fetched by itself."), ""
        case Standing.INCOMPLETE | Standing.SKIPPED:
            words = left_out(found.reason)
            said = " ".join(filter(None, (str(words.what), _files(found))))
            turn = words.turn.for_client if for_client else words.turn.for_staff
            return said, f"{turn} {words.next if for_client else words.staff}", ""
        case Standing.WITHDRAWN:
            words_why = WITHDRAWN_WORDS.get(found.reason, WITHDRAWN_WORDS["unknown"])
            said = _("It was here, and has not counted since %(day)s: %(why)s.") % {**values, "why": words_why}
            return said, str(AFTER_WITHDRAWAL.get(found.reason, _PAID_AGAIN)), found.reason
        case Standing.NOT_PAID:
            said, following = map(str, NOT_PAID.get(found.status, _NO_PAYMENT))
            return said, following, ""
        case Standing.TOO_EARLY:
            if not found.date or not values["from"]:
                return _("Not taken over because it is dated before the first day needed."), "", ""
            said = _("Not taken over because it is dated %(date)s: documents are needed from %(from)s on.") % values
            return said, "", ""
        case Standing.OTHER_TYPE:
            said = _("Not taken over because a document of this kind has no payment: %(kind)s.")
            return said % {"kind": kind_of(found)}, _("Nothing to do: only its invoice is needed."), ""
        case Standing.DELETED:
            said = _("It was deleted in Lexware Office; that was noticed on %(day)s.") % values
            return said, _("Nothing to do, unless it was deleted by mistake."), ""
        case Standing.UNREADABLE:
            words = left_out("record_unreadable")
            turn = words.turn.for_client if for_client else words.turn.for_staff
            return str(words.what), f"{turn} {words.next if for_client else words.staff}", ""
    raise AssertionError(found.standing)


def _arriving(found: Found) -> str:
    if not found.payments_read:
        return _("Its payments and files are still to come; that happens by itself.")
    return _files(found) or _("Its files are still to come; that happens by itself.")


def _files(found: Found) -> str:
    missing = found.files_missing
    if not found.files_expected or missing <= 0:
        return ""
    return ngettext(
        "%(missing)d of %(all)d file is missing.", "%(missing)d of %(all)d files are missing.", found.files_expected
    ) % {"missing": missing, "all": found.files_expected}


def kind_of(found: Found) -> str:
    """The type of a document as people call it; the provider's own word where it is new."""
    known = dict(VoucherType.choices)
    return str(known.get(found.type) or OTHERS.get(found.type) or found.type)


def status_of(found: Found) -> str:
    """The state in Lexware Office as people call it; the provider's own word where it is new."""
    return str(STATUS_WORDS.get(found.status, found.status))


def day_of(moment: datetime | None) -> str:
    """A moment's day: ``3 March``, with the year where it is another one."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    this_year = local.year == timezone.localdate().year
    return date_format(local, "MONTH_DAY_FORMAT" if this_year else "DATE_FORMAT")


def _date(found: Found) -> str:
    return date_format(found.date, "DATE_FORMAT") if found.date else ""


def _start(found: Found) -> str:
    start = found.connection.synced_from
    return date_format(start, "DATE_FORMAT") if start else ""


FIELDS: dict[str, Text] = {
    "total": gettext_lazy("total"),
    "open_amount": gettext_lazy("open"),
    "number": gettext_lazy("number"),
    "date": gettext_lazy("date"),
    "due_date": gettext_lazy("due"),
    "contact_name": gettext_lazy("contact"),
    "status": gettext_lazy("state"),
    "type": gettext_lazy("type"),
    "currency": gettext_lazy("currency"),
    "paid_on": gettext_lazy("paid on"),
    "remark": gettext_lazy("remark"),
    "payments": gettext_lazy("payments"),
    "files": gettext_lazy("files"),
    "reason": gettext_lazy("reason"),
}


NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a changed document: from what to what, in words."""

    name: str
    before: str
    after: str

    @property
    def told(self) -> str:
        """From what to what; what there was nothing of before is said alone."""
        return self.after if self.before == NOTHING else f"{self.before} → {self.after}"


def differences(change: VoucherChange) -> list[Difference]:
    """What became different about a document; unknown shapes are shown as they are."""
    told = []
    for name, pair in (change.fields or {}).items():
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else ("", pair)
        told.append(Difference(str(FIELDS.get(name, name)), _value(name, before), _value(name, after)))
    return told


def _value(name: str, value: object) -> str:
    if value in ("", None):
        return NOTHING
    if name in ("status", "reason"):
        return str(WITHDRAWN_WORDS.get(str(value), value))
    if name == "type":
        return str(dict(VoucherType.choices).get(str(value), value))
    if name == "payments":
        return "; ".join(_payment(line) for line in str(value).split("; "))
    if name in ("total", "open_amount", "date", "due_date", "paid_on"):
        return _in_local_form(str(value))
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or NOTHING
    return str(value)


def _payment(line: str) -> str:
    """A payment as the record keeps it: day, amount, currency, type."""
    parts = line.split(" ")
    if len(parts) != 4:
        return line
    when, amount, currency, kind = parts
    return f"{_in_local_form(when)} {_in_local_form(amount)} {currency} {payment_words(kind)}"


def _in_local_form(text: str) -> str:
    """A day or an amount of the record in the reader's form; anything else as it is."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        pass
    try:
        return number_format(Decimal(text), use_l10n=True, force_grouping=True)
    except InvalidOperation:
        return text


ASKED: dict[Outcome, Text] = {
    Outcome.FOUND: gettext_lazy("Lexware Office was asked just now. Below is what it says."),
    Outcome.FETCHING: gettext_lazy(
        "Lexware Office was asked just now: the document is there, it is paid, and it is being fetched."
    ),
    Outcome.NOT_THERE: gettext_lazy(
        "Lexware Office was asked just now: there is no document with exactly this number."
    ),
    Outcome.NOT_CONNECTED: gettext_lazy("Lexware Office can be asked only while the connection is active."),
    Outcome.TOO_OFTEN: gettext_lazy(
        "Lexware Office was asked several times within a minute. Please wait a moment, then ask again."
    ),
    Outcome.BUSY: gettext_lazy("Lexware Office is busy with our fetch right now. Please ask again in a few minutes."),
    Outcome.FAILED: gettext_lazy("Lexware Office did not answer as it should. Please ask again in a few minutes."),
}


def asked_words(outcome: Outcome) -> str:
    """What came of asking Lexware Office."""
    return str(ASKED[outcome])
