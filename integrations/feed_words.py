"""Which accounts of a bank feed are read, and in words why others are not; for clients and the firm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _
from stdnum import iban as iban_form

from integrations.models import Connection

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text

NOT_READ: Final[dict[str, Text]] = {
    "external": _("kept at another bank: it is not fetched from here"),
    "closed": _("closed: it is not fetched"),
    "no_iban": _("has no IBAN: it is not fetched"),
    "other_client": _("kept at another client: we look at it"),
    "private": _("private: it is not fetched"),
}
_UNKNOWN: Final = _("is not fetched")


@dataclass(frozen=True, slots=True)
class FeedLine:
    """An account as the provider names it, with its IBAN where it is read, or why it is not."""

    name: str
    iban: str
    why: Text | str

    @property
    def grouped(self) -> str:
        """The IBAN in groups of four, as it stands on a card."""
        return iban_form.format(self.iban) if self.iban else ""


def feed_lines(connection: Connection) -> list[FeedLine]:
    """The accounts of a connection, those that are read first; one query."""
    feeds = connection.feed_accounts.select_related("account").order_by("pk")
    lines = [
        FeedLine(feed.name, feed.account.iban, "")
        if feed.account
        else FeedLine(feed.name, "", NOT_READ.get(feed.left_out, _UNKNOWN))
        for feed in feeds
    ]
    return sorted(lines, key=lambda line: bool(line.why))
