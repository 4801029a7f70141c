"""What is told about each uploaded file: what it is, what came of it, what was not read and what to do next."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.completeness_words import open_words, summary
from integrations.services.completeness import Covered, covered
from integrations.services.payouts import PayoutImport
from integrations.services.payouts import problem_words as payout_words
from integrations.services.statements import problem_words
from integrations.services.uploads import Question, Upload
from integrations.statements.messages import describe_place
from integrations.statements.shapes import Place
from integrations.upload_words import format_words
from integrations.uploading.account_form import account_name
from integrations.uploading.desk import Desk

MOST_PROBLEMS: Final = 20
# Of any other file the reason says what it is.
BANK_FILES: Final = ("camt", "mt94", "csv", "zip", "mixed")
Words = str | Promise
PROVIDERS: Final = {"paypal": "PayPal", "stripe": "Stripe", "sumup": "SumUp", "amazon": "Amazon"}


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the file, and how complete it is now."""

    name: str
    complete: str
    url: str


@dataclass(frozen=True, slots=True)
class Result:
    """The card of one file. ``tone`` and ``icon`` say the state beside its words."""

    name: str
    tone: str
    icon: str
    state: Words
    format: str = ""
    next: Words = ""
    url: str = ""
    button: Words = ""
    accounts: tuple[Account, ...] = ()
    first: date | None = None
    last: date | None = None
    counts: tuple[tuple[str, int], ...] = ()
    counted: Words = ""
    problems: tuple[tuple[str, str], ...] = ()
    more: int = 0


def refused(name: str, words: str, do: str = "") -> Result:
    """The card of a file that was not even looked at."""
    return Result(name, "red", "alert", words, next=do)


def result(desk: Desk, upload: Upload | PayoutImport, today: date, *, answered: bool = False) -> Result:
    """The card of an uploaded file. ``answered``: it was here before, and a question about it has been answered."""
    if isinstance(upload, PayoutImport):
        return _payout(upload)
    outcome = upload.outcome
    told = () if upload.settled else (*outcome.errors, *outcome.warnings)
    whole = describe_place(Place())
    places = [problem_words(problem) for problem in told]
    problems = [("" if place == whole else place, words) for place, words in places]
    tone, icon, state = _state(upload, answered=answered)
    url = desk.links.question(upload.question, outcome.file) if outcome.file and upload.question in _BUTTONS else ""
    return Result(
        name=outcome.name,
        tone=tone,
        icon=icon,
        state=state,
        format=format_words(outcome.format) if outcome.format.startswith(BANK_FILES) else "",
        next=_next(upload),
        url=url,
        button=_BUTTONS[upload.question]() if url else "",
        accounts=tuple(_account(desk, one, today) for one in _covered(upload, today)),
        first=upload.first,
        last=upload.last,
        counts=_counts(upload),
        counted=_("Payments"),
        problems=tuple(problems[:MOST_PROBLEMS]),
        more=max(len(problems) - MOST_PROBLEMS, 0),
    )


def _payout(taken: PayoutImport) -> Result:
    report = taken.report
    problems = [("", payout_words(problem)) for problem in taken.problems]
    if not taken.items:
        tone, icon, state = "red", "alert", _("Nothing of it was imported.")
    elif problems:
        tone, icon, state = "amber", "alert", _("Imported, except what is named below.")
    elif taken.new:
        tone, icon, state = "green", "check", _("Imported.")
    else:
        tone, icon, state = "grey", "check", _("Everything in it was known already.")
    found = ngettext(
        "%(n)s payout was found in the bank files.", "%(n)s payouts were found in the bank files.", taken.found
    )
    waits = _("The payouts are found as soon as the bank files with them are here.")
    return Result(
        name=report.name,
        tone=tone,
        icon=icon,
        state=state,
        format=_("payout report of %(provider)s") % {"provider": PROVIDERS.get(report.provider, report.provider)},
        next=found % {"n": taken.found} if taken.found else waits if taken.items else "",
        first=report.from_date,
        last=report.to_date,
        counts=((_("new"), taken.new), (_("known already"), taken.items - taken.new)) if taken.items else (),
        counted=_("Items"),
        problems=tuple(problems[:MOST_PROBLEMS]),
        more=max(len(problems) - MOST_PROBLEMS, 0),
    )


_BUTTONS: Final = {
    Question.COLUMNS: lambda: _("Say how it is read"),
    Question.ACCOUNT: lambda: _("Choose the account"),
}


def _state(upload: Upload, *, answered: bool) -> tuple[str, str, str]:
    outcome = upload.outcome
    taken = bool(outcome.transactions or outcome.pending or outcome.sightings)
    if upload.settled:
        return "grey", "check", _("The same file was here before; nothing has changed.")
    if upload.question in _BUTTONS:
        return "blue", "todo", _("A question is open.") if taken else _("A question first; nothing was imported yet.")
    if outcome.errors and not taken:
        return "red", "alert", _("Nothing of it was imported.")
    if outcome.errors:
        return "amber", "alert", _("Imported, except what is named below.")
    if outcome.again and not outcome.new and not answered:
        return "grey", "check", _("The same file was here before; nothing has changed.")
    if outcome.transactions and not outcome.new and not outcome.sightings:
        return "grey", "check", _("Everything in it was known already.")
    return "green", "check", _("Imported.")


def _next(upload: Upload) -> str:
    outcome = upload.outcome
    if upload.settled:
        return ""
    if upload.question is Question.COLUMNS:
        return _("Look at its columns with us once. From then on such files are read by themselves.")
    if upload.question is Question.ACCOUNT:
        return _("The file does not say whose payments these are. Choose the account, then they are imported.")
    if upload.question is Question.UNPACK:
        return _("We have a question about a table in the archive. Unpack it and upload that table by itself.")
    if outcome.errors and not outcome.transactions:
        return _("Fetch a statement from the bank, as CAMT, MT940 or CSV, and upload that.")
    if outcome.errors:
        return _("The remarks say what is missing. Upload a better file of the same days: nothing is imported twice.")
    return ""


def _counts(upload: Upload) -> tuple[tuple[str, int], ...]:
    outcome = upload.outcome
    if not (outcome.transactions or outcome.pending):
        return ()
    counts = [(_("new"), outcome.new), (_("known already"), outcome.duplicate)]
    if outcome.pending:
        counts.append((_("announced only"), outcome.pending))
    return tuple(counts)


def _covered(upload: Upload, today: date) -> list[tuple[str, Covered | None]]:
    known = {one.account.pk: one for one in covered([a for a in upload.accounts if not a.is_private], today)}
    return [(account_name(account), known.get(account.pk)) for account in upload.accounts]


def _account(desk: Desk, one: tuple[str, Covered | None], today: date) -> Account:
    name, known = one
    url = desk.links.account(known.account) if known else ""
    return Account(name, _complete(known, today) if known else "", url)


def _complete(known: Covered, today: date) -> str:
    """What is complete, and how much is still to be uploaded."""
    lacking = len(known.due(today))
    return " ".join(filter(None, (summary(known.coverage), open_words(lacking))))
