"""What we say to people about Lexware Office; see ``words``, which finds the words for a connection."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.models import Provider, Reason
from integrations.shared_words import failures, fetch_problems, in_doubt
from integrations.word_shapes import ProviderWords, Turn, Words

NAME = Provider.LEXWARE.label
_FAILURES = {
    **failures(NAME),
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
}
# Documents that one fetch could not take over; the codes are those of the client's errors about one record.
_LEFT_OUT = {
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
_IN_DOUBT = in_doubt(NAME)
WORDS = ProviderWords(
    failures=_FAILURES,
    left_out=_LEFT_OUT,
    unknown_left_out=_UNKNOWN_LEFT_OUT,
    fetch_problems=fetch_problems(
        NAME, _IN_DOUBT, busy=_("Something else may be using the same Lexware Office account at the same time.")
    ),
    in_doubt=_IN_DOUBT,
)
