"""What we say to people about Qonto; see ``words``, which finds the words for a connection."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.models import Provider, Reason
from integrations.shared_words import failures, fetch_problems, in_doubt
from integrations.word_shapes import ProviderWords, Turn, Words

NAME = Provider.QONTO.label
_FAILURES = {
    **failures(NAME),
    Reason.KEY_REJECTED: Words(
        title=_("Key rejected"),
        what=_("Qonto does not accept the login and secret key. They may be incomplete, or the key was renewed there."),
        turn=Turn.CLIENT,
        next=_("Open “Integrations and Partnerships” in Qonto, copy login and secret key, and enter both here."),
        staff=_("Ask the client for the current key. A renewed key in Qonto ends the one before."),
    ),
    Reason.PERMISSION_MISSING: Words(
        title=_("Permission missing"),
        what=_("The key may not read everything that we need: the organization, its accounts and their transactions."),
        turn=Turn.CLIENT,
        next=_("Let the account's owner create the key in Qonto, then enter it here."),
        staff=_("Only the owner of the account can create a key that may read everything."),
    ),
}
# Accounts, lines and documents that one fetch could not take over.
_LEFT_OUT = {
    "account_of_another_client": Words(
        title=_("Account kept elsewhere"),
        what=_("This account is kept at another client of ours; its transactions were not taken over."),
        turn=Turn.US,
        next=_("You need not do anything. We look at it."),
        staff=_("Find out to whom the account belongs: the same IBAN is kept at another client."),
    ),
    "record_unreadable": Words(
        title=_("Not readable"),
        what=_("One of the transaction's details arrived in a form that we cannot read."),
        turn=Turn.US,
        next=_("You need not do anything. We look at it, and a statement of the account can be uploaded meanwhile."),
        staff=_("The detail names the field. Every fetch asks again; a statement file closes the gap meanwhile."),
    ),
    "not_found": Words(
        title=_("Document gone"),
        what=_("The document beside the transaction was removed in Qonto before we could fetch it."),
        turn=Turn.TIME,
        next=_("Nothing to do, unless it was removed by mistake."),
        staff=_("Nothing to do."),
    ),
    "not_downloadable": Words(
        title=_("Document missing"),
        what=_("The document beside the transaction cannot be downloaded."),
        turn=Turn.TIME,
        next=_("We try again with every fetch. If it stays here, see whether it opens in Qonto."),
        staff=_("The transaction itself is here. If it stays so, ask the client for the document."),
    ),
}
_UNKNOWN_LEFT_OUT = Words(
    title=_("Not taken over"),
    what=_("It could not be fetched completely."),
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
        NAME,
        _IN_DOUBT,
        busy=_("The limit counts by the address that calls: other programs of the firm use it up too."),
    ),
    in_doubt=_IN_DOUBT,
)
