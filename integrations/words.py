"""What we say to people: about a failed connection, a document that was left out, a fetch that did not end.

One place for the portal, the admin and the mails, so that a client and the support person on the phone read the same.
Always in this order: what happened, whose turn it is, what comes next. A code that is not listed here gets honest
general words, never itself.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations import qonto_words
from integrations.models import Provider, Reason
from integrations.word_shapes import Turn, Words

__all__ = [
    "FAILURES",
    "FETCH_PROBLEMS",
    "IN_DOUBT",
    "LEFT_OUT",
    "Turn",
    "Words",
    "failure",
    "fetch_problem",
    "in_doubt",
    "left_out",
]

FAILURES: dict[str, Words] = {
    Reason.KEY_REJECTED: Words(
        title=_("API key rejected"),
        what=_(
            "Lexware Office does not accept the API key. It may be incomplete, or it was deleted or replaced there."
        ),
        turn=Turn.CLIENT,
        next=_("Create a new API key in Lexware Office and enter it here. It takes about two minutes."),
        staff=_("Ask the client for a new API key. Nobody at the firm can create it."),
    ),
    Reason.KEY_EXPIRED: Words(
        title=_("API key expired"),
        what=_("The API key has reached its end. Lexware Office lets a key live for 24 months at most."),
        turn=Turn.CLIENT,
        next=_(
            "Create a new API key in Lexware Office and enter it here, or extend the old one there and enter it again."
        ),
        staff=_("Ask the client to extend the API key or to create a new one."),
    ),
    Reason.PLAN_WITHOUT_API: Words(
        title=_("Plan does not include the connection"),
        what=_("Your Lexware Office plan does not allow a connection. Only Lexware Office XL does."),
        turn=Turn.CLIENT,
        next=_("Change to Lexware Office XL in your Lexware Office account, then enter the API key again."),
        staff=_("The client needs Lexware Office XL. Until then documents have to come another way."),
    ),
    Reason.PERMISSION_MISSING: Words(
        title=_("Permission missing"),
        what=_("The API key may not read everything that we need."),
        turn=Turn.CLIENT,
        next=_("Create a new API key with all permissions and enter it here."),
        staff=_("Ask the client for a new API key with all permissions. The timeline names the one that is missing."),
    ),
    Reason.ORGANIZATION_CHANGED: Words(
        title=_("Key of another company"),
        what=_("The API key belongs to another company than the one connected here before."),
        turn=Turn.CLIENT,
        next=_(
            "Enter a key of the right company. If you have moved to a new Lexware Office account, say so in the form."
        ),
        staff=_("Ask the client which company is meant. After a move the client confirms it in the form."),
    ),
    Reason.UNREACHABLE: Words(
        title=_("Lexware Office not reachable"),
        what=_("Lexware Office has not answered us several times in a row. Nothing is lost."),
        turn=Turn.TIME,
        next=_(
            "A connection that worked before comes back by itself; otherwise enter the key again later. "
            "If it takes longer than a day, write to us."
        ),
        staff=_("See whether other clients are affected too, then check the connection again."),
    ),
}
_UNKNOWN_FAILURE = Words(
    title=_("Connection interrupted"),
    what=_("Something about the connection is not right, and we do not know yet what it is."),
    turn=Turn.US,
    next=_("Write to us, so that we look at it together."),
    staff=_("Look at the timeline; the last entry says what was answered."),
)


def failure(reason: str, provider: str = Provider.LEXWARE) -> Words:
    """The words for a failed connection's reason code."""
    known = qonto_words.FAILURES if provider == Provider.QONTO else FAILURES
    return known.get(reason, _UNKNOWN_FAILURE)


# Documents that one fetch could not take over; the codes are those of the client's errors about one record.
LEFT_OUT: dict[str, Words] = {
    "not_found": Words(
        title=_("No longer there"),
        what=_("The document was deleted in Lexware Office before we could fetch it."),
        turn=Turn.TIME,
        next=_("Nothing to do, unless it was deleted by mistake."),
        staff=_("Nothing to do."),
    ),
    "no_payment_information": Words(
        title=_("No payment found"),
        what=_("Lexware Office calls the document paid, but names no payment for it."),
        turn=Turn.CLIENT,
        next=_("Open it in Lexware Office and assign the payment. We fetch it the next morning."),
        staff=_("The client can assign the payment in Lexware Office."),
    ),
    "not_downloadable": Words(
        title=_("File missing"),
        what=_("The file of the document cannot be downloaded."),
        turn=Turn.CLIENT,
        next=_("Open it in Lexware Office and see whether its file can be opened there. If so, write to us."),
        staff=_("Ask the client for the file, or look at the raw answer."),
    ),
    "file_missing": Words(
        title=_("File missing"),
        what=_("The document names a file that Lexware Office cannot find."),
        turn=Turn.TIME,
        next=_("We try again with every fetch. If it stays here, see whether the file opens in Lexware Office."),
        staff=_("The voucher itself is here. If it stays so, ask the client for the file."),
    ),
    "file_cut_off": Words(
        title=_("File incomplete"),
        what=_("The file arrived without its end."),
        turn=Turn.TIME,
        next=_("We fetch it again. If it still looks the same tomorrow, we keep it as it is."),
        staff=_(
            "The voucher itself is here. The file is fetched again; if it is the same a day later, it is kept as it is."
        ),
    ),
    "unknown_type": Words(
        title=_("New kind of document"),
        what=_("This kind of document is new in Lexware Office. We cannot take it over yet."),
        turn=Turn.US,
        next=_("You need not do anything. We look at it."),
        staff=_("It stands among the seen documents; Kontor has to learn the new type."),
    ),
    "record_unreadable": Words(
        title=_("Not readable"),
        what=_("One of the document's details arrived in a form that we cannot read."),
        turn=Turn.US,
        next=_("You need not do anything. We look at it."),
        staff=_("Look at the raw answer: one field is not what it must be."),
    ),
    "permission_missing": Words(
        title=_("Permission missing"),
        what=_("The API key may not read this document."),
        turn=Turn.CLIENT,
        next=_("Renew the API key with all permissions."),
        staff=_("Ask the client for a new API key with all permissions."),
    ),
}
_UNKNOWN_LEFT_OUT = Words(
    title=_("Not taken over"),
    what=_("The document could not be fetched completely."),
    turn=Turn.TIME,
    next=_("We try again with every fetch. If it stays here for some days, write to us."),
    staff=_("Look at the detail of the entry, and fetch again."),
)


def left_out(code: str, provider: str = Provider.LEXWARE) -> Words:
    """The words for a record that a fetch did not take over."""
    if provider == Provider.QONTO:
        return qonto_words.LEFT_OUT.get(code, qonto_words.UNKNOWN_LEFT_OUT)
    return LEFT_OUT.get(code, _UNKNOWN_LEFT_OUT)


# The key was rejected once, which is not believed yet: said of the connection and of the fetch that met it.
IN_DOUBT = Words(
    title=_("Being looked into"),
    what=_("Lexware Office refused the API key once. That happens during a disturbance on their side, too."),
    turn=Turn.TIME,
    next=_("We ask again in a few minutes and go on by ourselves. What is here stays as it is."),
    staff=_("It is asked again within minutes; only a second refusal fails the connection."),
)

# Fetches that ended before their end, while the connection as such stands.
FETCH_PROBLEMS: dict[str, Words] = {
    "in_doubt": IN_DOUBT,
    "unavailable": Words(
        title=_("Lexware Office did not answer"),
        what=_("Lexware Office did not answer during the last fetch."),
        turn=Turn.TIME,
        next=_("We try again by ourselves. Nothing is lost."),
        staff=_("It is tried again; look at it if it stays like this until tomorrow."),
    ),
    "rate_limited": Words(
        title=_("Lexware Office was busy"),
        what=_("Lexware Office asked us to go slower, and the last fetch did not get to its end."),
        turn=Turn.TIME,
        next=_("We go on by ourselves. Nothing is lost."),
        staff=_("Something else may be using the same Lexware Office account at the same time."),
    ),
    "replaced": Words(
        title=_("Key replaced meanwhile"),
        what=_("A new API key was entered while the fetch with the old one was under way."),
        turn=Turn.TIME,
        next=_("You need not do anything: the fetch goes on with the new key."),
        staff=_("Nothing to do: another fetch follows with the new key."),
    ),
}
_UNKNOWN_FETCH_PROBLEM = Words(
    title=_("Fetch interrupted"),
    what=_("The last fetch did not get to its end."),
    turn=Turn.US,
    next=_("You need not do anything. We look at it, and nothing is lost."),
    staff=_("Look at the fetch's error and at the calls in the timeline."),
)


def in_doubt(provider: str = Provider.LEXWARE) -> Words:
    """The words for a key that was rejected once."""
    return qonto_words.IN_DOUBT if provider == Provider.QONTO else IN_DOUBT


def fetch_problem(code: str, provider: str = Provider.LEXWARE) -> Words:
    """The words for a fetch that failed; reasons of a failed connection are known here too."""
    if provider == Provider.QONTO:
        return qonto_words.FETCH_PROBLEMS.get(code) or qonto_words.FAILURES.get(code) or _UNKNOWN_FETCH_PROBLEM
    return FETCH_PROBLEMS.get(code) or FAILURES.get(code) or _UNKNOWN_FETCH_PROBLEM
