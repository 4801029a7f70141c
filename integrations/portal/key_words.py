"""What the key form answers: one specific message for each thing that can be wrong with a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.models import Connection, Provider, Reason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Text

EMPTY = _("Please enter the API key.")
TOO_SHORT = _("That is too short for an API key. Copy it again, from its first to its last character.")
TOO_LONG = _("That is longer than an API key. Copy only the key itself, nothing around it.")
ADDRESS = _("That is an address, not an API key. The key appears once, right after you have created it.")
NOT_A_KEY = _("That does not look like an API key. A key has no umlauts and no special characters such as # or %.")

ANOTHER_COMPANY = _(
    "This key belongs to another company than the one connected here before. Enter a key of the right company."
)
LEXWARE_PROBLEMS: dict[str, Text] = {
    Reason.KEY_REJECTED: _(
        "Lexware Office does not accept this key. Part of it may be missing, or it has expired or was deleted. "
        "Create a new one and copy it at once."
    ),
    Reason.KEY_EXPIRED: _("This key has expired. Create a new one in Lexware Office, or extend it there first."),
    Reason.PLAN_WITHOUT_API: _(
        "The key is right, but your Lexware Office plan does not allow a connection. "
        "Change to Lexware Office XL, then enter the same key again."
    ),
    Reason.PERMISSION_MISSING: _(
        "The key is right, but it may not read everything that we need. Create a new one and choose all permissions."
    ),
    Reason.ORGANIZATION_CHANGED: ANOTHER_COMPANY,
}
TWO_VALUES = _(
    "Qonto shows two values, the login and the secret key. Enter both, one after the other, and nothing else."
)
QONTO_PROBLEMS: dict[str, Text] = {
    Reason.KEY_REJECTED: _(
        "Qonto does not accept this login and secret key. Part of it may be missing, or the key was renewed there. "
        "Copy both again."
    ),
    Reason.PERMISSION_MISSING: _(
        "The key is right, but it may not read everything that we need. Let the account's owner create it."
    ),
    Reason.ORGANIZATION_CHANGED: ANOTHER_COMPANY,
}
PROBLEMS: Final = {Provider.LEXWARE: LEXWARE_PROBLEMS, Provider.QONTO: QONTO_PROBLEMS}
LATER = _("{provider} does not answer right now. Nothing is lost: please try again in a few minutes.")
STRANGE = _("{provider} answered in a way that we do not understand. That is for us to solve: please write to us.")
MOVED = _("Somebody else changed the connection at the same time. Please look at its state, then try again.")
OLD_KEY_KEPT = _("Until then the connection keeps working with the old key.")
OLD_KEY_IN_DOUBT = _("The old key was refused just now, too. We ask again in a few minutes, before we believe it.")
TOO_MANY = _("Too many keys were refused within a minute. Please wait a minute, then try again.")

# What a key must be allowed to read, by the first part of the path, as people know it.
PERMISSIONS: dict[str, Text] = {
    "profile": _("company profile"),
    "organization": _("company and its accounts"),
    "transactions": _("bank transactions"),
    "voucherlist": _("list of documents"),
    "vouchers": _("receipts"),
    "invoices": _("invoices"),
    "credit-notes": _("credit notes"),
    "down-payment-invoices": _("down payment invoices"),
    "payments": _("payments"),
    "files": _("files"),
}


def problem(reason: str, provider: str = Provider.LEXWARE) -> Text:
    """The message for a reason code of a failed connection."""
    if reason == Reason.UNREACHABLE:
        return later(provider)
    known = PROBLEMS[Provider(provider)].get(reason)
    return known if known is not None else format_lazy(STRANGE, provider=Provider(provider).label)


def later(provider: str) -> Text:
    """The message while the provider does not answer."""
    return format_lazy(LATER, provider=Provider(provider).label)


def permission_of(path: str) -> str:
    """What a refused path gives access to, as people know it; empty where the path says nothing to them."""
    first = path.strip("/").removeprefix("v1/").removeprefix("v2/").split("/")[0]
    return str(PERMISSIONS.get(first, ""))


def missing_permission(connection: Connection) -> str:
    """The permission that was missing when the key was last refused for that reason; empty where it is not known."""
    events = connection.events.filter(reason=Reason.PERMISSION_MISSING).order_by("-at", "-pk")
    detail = events.values_list("detail", flat=True).first() or {}
    return permission_of(str(detail.get("path", "")))


@dataclass(frozen=True, slots=True)
class Move:
    """The organization of a refused key, and the one that is connected here."""

    organization_id: str
    name: str
    former: str
    provider: str

    @property
    def problem(self) -> str:
        """Why the key was not taken, with both names."""
        return gettext(
            "This key belongs to “%(new)s”. Connected here is “%(old)s”. Enter a key of “%(old)s”. If your company has "
            "moved to another account at %(provider)s, tick the box below and enter the new key once more."
        ) % {"new": self.name, "old": self.former, "provider": self.provider}


def offered_move(connection: Connection) -> Move | None:
    """The organization whose key was last refused because it is another one; None where none was."""
    events = connection.events.filter(reason=Reason.ORGANIZATION_CHANGED).order_by("-at", "-pk")
    detail = events.values_list("detail", flat=True).first() or {}
    if not detail.get("organization_id"):
        return None
    former = str(detail.get("connected") or connection.organization_name)
    return Move(
        str(detail["organization_id"]), str(detail.get("organization", "")), former, connection.get_provider_display()
    )
