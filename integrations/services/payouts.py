"""Payout reports of payment providers, taken over: kept as they came, their items stored, their bank lines found."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from accounts.display import readable
from accounts.models import Client, User
from integrations.payouts.read import read_report
from integrations.payouts.shapes import DIFFERS, NOT_EMPTIED, READER, UNREADABLE, Report, UnknownReport
from integrations.statements.source import MAX_FILE, MEGABYTE
from matching.models import PayoutItem, PayoutReport
from matching.services import payouts
from vouchers.storage import store

WORDS: Final = {
    UNREADABLE: gettext_noop(
        "Line %(line)s: “%(text)s” is no amount or day where one is needed. The line is left out."
    ),
    DIFFERS: gettext_noop("Line %(line)s: %(gross)s less %(fee)s is not %(net)s. The line is left out."),
    NOT_EMPTIED: gettext_noop(
        "Line %(line)s: the payments before this withdrawal of %(amount)s do not add up to it, so nobody can say which "
        "of them it is made of. A report that begins right after an earlier withdrawal helps."
    ),
    READER: gettext_noop("Line %(line)s: %(text)s"),
}


class Refused(Exception):
    """The file was not taken; ``str()`` says why and what helps (translated)."""


@dataclass(frozen=True, slots=True)
class PayoutImport:
    """What came of a report: its items, how many of them are ``new``, and payouts whose bank line was ``found``."""

    report: PayoutReport
    items: int
    new: int
    found: int
    problems: tuple[dict[str, Any], ...]


def import_payout_report(client: Client, name: str, content: bytes, actor: User | None = None) -> PayoutImport:
    """Take over a report of PayPal, Stripe, SumUp or Amazon. The same report again changes nothing.

    What cannot be read is kept as a problem with its line, everything around it is taken. Raises ``Refused`` for a
    file that is no such report or too large.
    """
    if len(content) > MAX_FILE:
        raise Refused(gettext("The file is larger than %(limit)s MB.") % {"limit": MAX_FILE // MEGABYTE})
    try:
        read = read_report(content)
    except UnknownReport:
        raise Refused(
            gettext(
                "“%(name)s” is no payout report that we know. Download the activity report of PayPal, the payout "
                "reconciliation of Stripe, the transactions report of SumUp or the settlement (Flat File V2) of Amazon "
                "as it is, and do not open it in a spreadsheet first."
            )
            % {"name": name}
        ) from None
    report = _keep(client, name, content, read, actor)
    new = payouts.store_items(
        report,
        [
            payouts.ItemData(
                item.payout, item.key, item.kind, item.day, item.amount, item.currency, item.reference,
                item.counterparty, dict(item.details),
            )
            for item in read.items
        ],
        [payouts.PayoutData(payout.id, payout.day, payout.amount, payout.currency) for payout in read.payouts],
    )  # fmt: skip
    found = payouts.link_payouts(client)
    return PayoutImport(report, len(read.items), new, found, tuple(report.problems))


def problem_words(problem: dict[str, Any]) -> str:
    """A stored problem as a sentence in the active language, with sums in its form."""
    sums = {name: readable(text) for name, text in problem["params"].items() if name != "text"}
    return gettext(WORDS[problem["code"]]) % {"line": problem["line"], **problem["params"], **sums}


def unexplained(report: PayoutReport) -> int:
    """How many items of a report belong to no payout, or to one whose bank line is not known."""
    return PayoutItem.objects.filter(report=report, transaction=None).count()


def _keep(client: Client, name: str, content: bytes, read: Report, actor: User | None) -> PayoutReport:
    days = [item.day for item in read.items]
    report, _created = PayoutReport.objects.get_or_create(
        client=client,
        stored=store(content, "text/csv"),
        defaults={
            "provider": read.provider,
            # The name comes from a file system, which takes bytes that are no characters; no database does.
            "name": name.encode("utf-8", "replace").decode().replace("\0", "")[:255],
            "from_date": min(days, default=None),
            "to_date": max(days, default=None),
            "problems": [
                {"line": problem.line, "code": problem.code, "params": dict(problem.params)}
                for problem in read.problems
            ],
            "imported_by": actor,
        },
    )
    return report
