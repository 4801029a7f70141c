"""Import the bank files that lie in the inbox."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.operator_command import Failed, OperatorCommand
from integrations.services.inbox import Taken, import_inbox


class Command(OperatorCommand):
    help = "Import the bank files in INBOX_DIR/<client number>/, as the schedule does every few minutes."
    example = "python manage.py import_inbox --json"

    def work(self, **options: Any) -> None:
        if settings.INBOX_DIR is None:
            raise Failed(_("INBOX_DIR is not set: there is no inbox."))
        taken = list(import_inbox())
        self.answer({"files": [_row(one) for one in taken]}, "\n".join(_text(one) for one in taken))
        refused = sum(one.refused for one in taken)
        if refused:
            words = _("%(refused)d of %(count)d files were not taken over as a whole.")
            raise Failed(words % {"refused": refused, "count": len(taken)})


def _row(taken: Taken) -> dict[str, Any]:
    return {
        "client": taken.client,
        "name": taken.result.name,
        "format": taken.result.format,
        "transactions": taken.result.transactions,
        "new": taken.result.new,
        "refused": taken.refused,
        "moved_to": str(taken.moved_to),
    }


def _text(taken: Taken) -> str:
    words = _("%(client)s %(name)s: %(transactions)d transactions, %(new)d new, moved to %(folder)s")
    return words % {**_row(taken), "folder": taken.moved_to.parent.name}
