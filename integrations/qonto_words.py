"""What we say to people about Qonto; see ``words``, which finds the words for a connection."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.models import Reason
from integrations.word_shapes import Turn, Words

FAILURES: dict[str, Words] = {
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
    Reason.ORGANIZATION_CHANGED: Words(
        title=_("Key of another company"),
        what=_("The key belongs to another company than the one connected here before."),
        turn=Turn.CLIENT,
        next=_("Enter a key of the right company. If you have moved to a new Qonto account, say so in the form."),
        staff=_("Ask the client which company is meant. After a move the client confirms it in the form."),
    ),
    Reason.UNREACHABLE: Words(
        title=_("Qonto not reachable"),
        what=_("Qonto has not answered us several times in a row. Nothing is lost."),
        turn=Turn.TIME,
        next=_(
            "A connection that worked before comes back by itself; otherwise enter the key again later. "
            "If it takes longer than a day, write to us."
        ),
        staff=_("See whether other clients are affected too, then check the connection again."),
    ),
}
LEFT_OUT: dict[str, Words] = {
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
UNKNOWN_LEFT_OUT = Words(
    title=_("Not taken over"),
    what=_("It could not be fetched completely."),
    turn=Turn.TIME,
    next=_("We try again with every fetch. If it stays here for some days, write to us."),
    staff=_("Look at the detail of the entry, and fetch again."),
)
IN_DOUBT = Words(
    title=_("Being looked into"),
    what=_("Qonto refused the key once. That may also be a disturbance on their side."),
    turn=Turn.TIME,
    next=_("We ask again in a few minutes and go on by ourselves. What is here stays as it is."),
    staff=_("It is asked again within minutes; only a second refusal fails the connection."),
)
FETCH_PROBLEMS: dict[str, Words] = {
    "in_doubt": IN_DOUBT,
    "unavailable": Words(
        title=_("Qonto did not answer"),
        what=_("Qonto did not answer during the last fetch."),
        turn=Turn.TIME,
        next=_("We try again by ourselves. Nothing is lost."),
        staff=_("It is tried again; look at it if it stays like this until tomorrow."),
    ),
    "rate_limited": Words(
        title=_("Qonto was busy"),
        what=_("Qonto asked us to go slower, and the last fetch did not get to its end."),
        turn=Turn.TIME,
        next=_("We go on by ourselves. Nothing is lost."),
        staff=_("The limit counts by the address that calls: other programs of the firm use it up too."),
    ),
    "replaced": Words(
        title=_("Key replaced meanwhile"),
        what=_("A new key was entered while the fetch with the old one was under way."),
        turn=Turn.TIME,
        next=_("You need not do anything: the fetch goes on with the new key."),
        staff=_("Nothing to do: another fetch follows with the new key."),
    ),
}
