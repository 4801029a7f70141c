"""How the states of connections, fetches and support requests look, and whose turn it is."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.display import state
from integrations.models import Connection, Status, SupportRequest, SyncRun
from integrations.words import failure

CONNECTION_LOOKS = {
    Status.NONE: ("none", "link_off"),
    Status.ACTIVATE: ("todo", "pending"),
    Status.ACTIVE: ("good", "check_circle"),
    Status.FAILED: ("failed", "error"),
}
RUN_LOOKS = {
    SyncRun.State.QUEUED: ("todo", "hourglass_empty"),
    SyncRun.State.RUNNING: ("todo", "sync"),
    SyncRun.State.DONE: ("good", "check_circle"),
    SyncRun.State.FAILED: ("failed", "error"),
}

# Whose turn it is and what somebody of the firm can do, while nothing has failed.
QUIET: dict[str, tuple[str | Promise, str | Promise]] = {
    Status.NONE: (
        _("The client has to act."),
        _("Nothing is connected. Ask the client to connect the accounting in the profile."),
    ),
    Status.ACTIVATE: (
        _("The client has to act."),
        _("The connection was begun, but no API key was entered. Remind the client, or help with making a key."),
    ),
    Status.ACTIVE: (_("Nobody has to act."), _("Vouchers are fetched every morning.")),
}


def connection_state(connection: Connection) -> SafeString:
    """A connection's state."""
    known = Status(connection.status)
    tone, icon = CONNECTION_LOOKS[known]
    return state(tone, known.label, icon)


def run_state(run: SyncRun) -> SafeString:
    """A fetch's state."""
    known = SyncRun.State(run.state)
    tone, icon = RUN_LOOKS[known]
    return state(tone, known.label, icon)


def request_state(request: SupportRequest) -> SafeString:
    """A support request's state."""
    if request.state == SupportRequest.State.OPEN:
        return state("todo", SupportRequest.State.OPEN.label, "mark_email_unread")
    if request.state == SupportRequest.State.ANSWERED:
        return state("soon", SupportRequest.State.ANSWERED.label, "mark_email_read")
    return state("good", SupportRequest.State.CLOSED.label)


@dataclass(frozen=True, slots=True)
class Case:
    """A connection's case in words: the cause, whose turn it is, the next step, and what the client reads."""

    cause: str | Promise
    turn: str | Promise
    step: str | Promise
    told: str


def case(connection: Connection) -> Case:
    """What to say about a connection to somebody of the firm."""
    if connection.status == Status.FAILED:
        words = failure(connection.reason, connection.provider)
        return Case(words.what, words.turn.for_staff, words.staff, f"{words.what} {words.next}")
    turn, step = QUIET[connection.status]
    if connection.is_bank and connection.status == Status.ACTIVE:
        step = _("Transactions are fetched every morning.")
    return Case("", turn, step, "")
