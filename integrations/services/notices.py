"""What clients are told by mail: connected, failed, works again, all documents here, a question, support's answer.

Each occasion once, whoever repeats; nothing of it needs the mail server to work.
"""

from collections.abc import Callable

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import mail
from accounts.mail import Letter
from accounts.models import Client, User
from integrations.models import ClientQuestion, Connection, Reason, Status, SupportMessage, SupportRequest, SyncRun
from integrations.words import failure

# So much of a text that somebody wrote stands in a mail; the rest is read in the portal.
SHOWN = 300


def people_of(client: Client) -> QuerySet[User]:
    """The people of a client who are written to."""
    people = User.objects.filter(memberships__client=client, is_active=True, is_staff=False)
    return people.exclude(email="").order_by("pk").distinct()


def moved(connection: Connection, before: str, reason: str, actor: User | None) -> None:
    """A connection has left the state ``before`` and its ``reason``: say so where the client did not see it happen.

    A key that is refused at the form is told there, and nowhere else. Nobody is written to because of an outage: there
    is nothing to do about it, and it is the same for everybody.
    """
    if Reason.UNREACHABLE in (reason, connection.reason) and before in (Status.ACTIVE, Status.FAILED):
        return
    occasion = f"{connection.pk}:{connection.status_since.timestamp():.6f}"
    by_client = actor is not None and not actor.is_staff
    if connection.status == Status.ACTIVE and before in (Status.NONE, Status.ACTIVATE):
        _tell(connection.client, "connected", occasion, lambda: _connected(connection))
    elif connection.status == Status.ACTIVE and before == Status.FAILED:
        write = _connected if not connection.last_sync_at else _works_again
        _tell(connection.client, "connected", occasion, lambda: write(connection))
    elif connection.status == Status.FAILED and before == Status.ACTIVE and not by_client:
        _tell(connection.client, "failed", occasion, lambda: _failed(connection))


def fetched(run: SyncRun) -> None:
    """The first fetch after connecting is complete: everything is here."""
    if run.trigger == SyncRun.Trigger.CONNECT:
        _tell(run.connection.client, "first_sync", str(run.pk), lambda: _first_fetch(run))


def asked(question: ClientQuestion) -> None:
    """The firm has a question. Several within an hour are one mail: the page lists them all."""
    hour = f"{question.client_id}:{question.asked_at:%Y-%m-%d-%H}"
    _tell(question.client, "question", hour, lambda: _question(question))


def answered(message: SupportMessage) -> None:
    """Support has answered whoever asked; everybody of the client where that person is gone."""
    request = message.request
    people = [request.author] if request.author and request.author.is_active else list(people_of(request.client))
    for person in people:
        key = f"support_answer:{message.pk}:{person.pk}"
        mail.queue(
            "support_answer", key, mail.reader_of(person), lambda: _support_answer(message), client=request.client
        )


def written_again(message: SupportMessage) -> None:
    """The client has added something to a request: support is told."""
    reader = mail.Reader(settings.SUPPORT_EMAIL, "", settings.LANGUAGE_CODE)
    mail.queue(
        "support_again",
        f"support_again:{message.pk}",
        reader,
        lambda: _to_support(message),
        client=message.request.client,
    )


def _tell(client: Client, kind: str, occasion: str, write: Callable[[], Letter]) -> None:
    for person in people_of(client):
        mail.queue(kind, f"{kind}:{occasion}:{person.pk}", mail.reader_of(person), write, client=client)


def _page(name: str, *parts: object) -> str:
    return settings.PUBLIC_URL + reverse(f"portal:{name}", args=parts)


def _names(connection: Connection) -> dict[str, str]:
    return {
        "company": connection.client.name,
        "provider": connection.get_provider_display(),
        "organization": connection.organization_name,
    }


def _connected(connection: Connection) -> Letter:
    names = _names(connection)
    comes = (
        _("Its transactions are being fetched now, and from then on every morning.")
        if connection.is_bank
        else _("Your paid documents are being fetched now, and from then on every morning. You need not do anything.")
    )
    return Letter(
        subject=_("%(provider)s is connected") % names,
        paragraphs=(_("%(provider)s of “%(organization)s” is connected with %(company)s.") % names, comes),
        link=(_("See the connection"), _page("company", connection.client.number)),
    )


def _works_again(connection: Connection) -> Letter:
    names = _names(connection)
    return Letter(
        subject=_("The connection to %(provider)s works again") % names,
        paragraphs=(
            _("The connection of %(company)s to %(provider)s works again. What was missed is being fetched.") % names,
        ),
        link=(_("See the connection"), _page("company", connection.client.number)),
    )


def _failed(connection: Connection) -> Letter:
    words, names = failure(connection.reason, connection.provider), _names(connection)
    return Letter(
        subject=_("The connection to %(provider)s failed") % names,
        paragraphs=(
            _("Nothing reaches us from %(provider)s for %(company)s at the moment. What was fetched is kept.") % names,
            f"{words.what} {words.turn.for_client} {words.next}",
        ),
        link=(_("See what helps"), _page("company", connection.client.number)),
    )


def _first_fetch(run: SyncRun) -> Letter:
    connection = run.connection
    names = _names(connection)
    number = run.created + run.changed + run.unchanged
    since = connection.synced_from or run.from_date
    if connection.is_bank:
        what = ngettext("%(n)d transaction is here.", "%(n)d transactions are here.", number) % {"n": number}
    else:
        what = ngettext("%(n)d paid document is here.", "%(n)d paid documents are here.", number) % {"n": number}
    if since is not None:
        what += " " + _("We have looked from %(day)s on.") % {"day": date_format(since)}
    left = run.skipped.count()
    paragraphs = [what]
    if left:
        words = ngettext("%(n)d was not taken over.", "%(n)d were not taken over.", left) % {"n": left}
        paragraphs.append(words + " " + _("The connection's page says why."))
    return Letter(
        subject=_("The first fetch from %(provider)s is done") % names,
        paragraphs=tuple(paragraphs),
        link=(_("See the connection"), _page("company", connection.client.number)),
    )


def _question(question: ClientQuestion) -> Letter:
    return Letter(
        subject=_("A question about %(company)s") % {"company": question.client.name},
        paragraphs=(
            _("your accountant would like to know:"),
            _("“%(question)s”") % {"question": _short(question.text)},
        ),
        link=(_("Answer in the portal"), _page("todo", question.client.number)),
        after=(_("There you can also send a document or a photo."),),
    )


def _support_answer(message: SupportMessage) -> Letter:
    request = message.request
    return Letter(
        subject=_("Answer to your request %(reference)s") % {"reference": request.reference},
        paragraphs=tuple(part.strip() for part in message.text.split("\n") if part.strip()),
        link=(_("See the request"), _page("request", request.client.number, request.reference)),
    )


def _to_support(message: SupportMessage) -> Letter:
    request: SupportRequest = message.request
    address = settings.PUBLIC_URL + reverse("admin:integrations_supportrequest_change", args=[request.pk])
    return Letter(
        subject=f"[{request.reference}] {request.client}",
        paragraphs=(_("The client has written again:"), _short(message.text)),
        link=(_("Open the case"), address),
    )


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
