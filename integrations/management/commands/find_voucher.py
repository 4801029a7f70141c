"""Finds a document of a client and says why it is here or why not."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from accounts.display import day, money
from accounts.operator_command import Failed, OperatorCommand
from integrations.finding import search
from integrations.finding.asking import ask
from integrations.finding.shapes import Found, Outcome
from integrations.finding.wanted import read
from integrations.finding.words import answer, asked_words, differences
from integrations.models import Provider

FAILED = (Outcome.NOT_CONNECTED, Outcome.TOO_OFTEN, Outcome.BUSY, Outcome.FAILED)


class Command(OperatorCommand):
    help = (
        "Find a document of a client by its number, a part of a name, or an amount, and say whether it was seen, since "
        "when, in which state, and why it was or was not taken over."
    )
    example = "python manage.py find_voucher 10001 RE-2041"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client", metavar="CLIENT", help="Client number.")
        parser.add_argument("text", metavar="TEXT", help="Number, name, or amount (1190, 1190.00, 1.190,00).")
        parser.add_argument("--ask", action="store_true", help="Ask Lexware Office for this exact number first.")

    def work(self, **options: Any) -> None:
        client = self.client(options["client"])
        connection = client.connections.filter(provider=Provider.LEXWARE).first()
        if connection is None:
            raise Failed(_("Client %(client)s was never connected.") % {"client": client.number})
        wanted = read(options["text"])
        asked = ask(connection, wanted) if options["ask"] else None
        findings = search.find(wanted, search.one(connection))
        lines = [asked_words(asked.outcome)] if asked else []
        lines += [_text(found) for found in findings.documents] or [_("Nothing is known about it.")]
        if findings.more:
            lines.append(_("There are more."))
        data = {
            "asked": asked.outcome.value if asked else None,
            "more": findings.more,
            "documents": [_data(found) for found in findings.documents],
        }
        self.answer(data, "\n".join(lines))
        if asked and asked.outcome in FAILED:
            raise Failed(asked_words(asked.outcome))


def _data(found: Found) -> dict[str, Any]:
    said = answer(found)
    return {
        "id": found.external_id,
        "number": found.number,
        "date": found.date,
        "contact": found.contact,
        "total": found.total,
        "type": found.type,
        "status": found.status,
        "standing": found.standing.value,
        "reason": found.reason or None,
        "first_seen": found.since,
        "since": found.standing_since,
        "files_missing": found.files_missing,
        "words": f"{said.what} {said.next}".strip(),
        "changes": [{"at": change.at, "kind": change.kind, "fields": change.fields} for change in found.changes],
    }


def _text(found: Found) -> str:
    said = answer(found)
    head = [found.number or _("without number"), day(found.date), money(found.total, found.currency), found.contact]
    lines = [f"{', '.join(part for part in head if part)}: {said.title}"]
    lines.append(f"  {' '.join(part for part in (said.since, said.what, said.next) if part)}")
    for change in found.changes:
        fields = "; ".join(f"{item.name}: {item.told}" for item in differences(change))
        lines.append(f"  {day(change.at.date())} {change.get_kind_display()} {fields}".rstrip())
    return "\n".join(lines)
