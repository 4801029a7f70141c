"""Questions of the firm to a client: asked, answered with words and documents, done. Safe to repeat, never deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Client, User
from integrations.models import ClientQuestion, QuestionFile
from integrations.services import notices
from integrations.services.support import without_keys
from matching.models import Proposal, Transaction
from vouchers import storage
from vouchers.models import StoredFile, Voucher

State = ClientQuestion.State
Subject = Voucher | Transaction | Proposal

LONGEST_QUESTION: Final = 2000
LONGEST_ANSWER: Final = 4000
LARGEST_FILE: Final = 10_000_000
"""Bytes of one document."""
MOST_FILES: Final = 10
"""Documents of one answer."""
KINDS: Final = frozenset({"application/pdf", "image/png", "image/jpeg", "application/xml"})


class UnableToAnswer(Exception):
    """What was asked or answered cannot be taken; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A document as it was sent: its name, its size in bytes, and how its bytes are read."""

    name: str
    size: int
    read: Callable[[], bytes]


def field_of(subject: Subject) -> str:
    """The column of a question that names this kind of thing."""
    return {Voucher: "voucher", Transaction: "transaction", Proposal: "proposal"}[type(subject)]


def ask(subject: Subject, text: str, actor: User) -> ClientQuestion:
    """Ask the client about a voucher, a payment or a proposal. ``UnableToAnswer`` where nothing was asked.

    The same open question about the same thing is asked once, however often the button is pressed.
    """
    words = text.strip()
    if not words:
        raise UnableToAnswer(_("Please write what you want to know."))
    if len(words) > LONGEST_QUESTION:
        raise UnableToAnswer(_("A question has at most 2,000 characters."))
    with transaction.atomic():
        Client.objects.select_for_update().get(pk=subject.client_id)
        question, created = ClientQuestion.objects.get_or_create(
            client_id=subject.client_id,
            state=State.OPEN,
            text=words,
            **{field_of(subject): subject},
            defaults={"asked_by": actor},
        )
        if created:
            notices.asked(question)
    return question


def answer(question: ClientQuestion, text: str, sent: Iterable[Sent], actor: User) -> ClientQuestion:
    """Take an answer, documents or both; more may follow until the firm is done. ``UnableToAnswer`` says why not."""
    words, files = _checked(text, list(sent), already=question.answer)
    with transaction.atomic():
        here = ClientQuestion.objects.filter(pk=question.pk, state__in=[State.OPEN, State.ANSWERED])
        values = {"answer": words} if words else {}
        if not here.update(state=State.ANSWERED, answered_by=actor, answered_at=timezone.now(), **values):
            raise UnableToAnswer(_("This question is settled already. Write to us if something is missing."))
        _keep(question, files, actor)
    question.refresh_from_db()
    return question


def send_document(line: Transaction, text: str, sent: Iterable[Sent], actor: User) -> ClientQuestion:
    """Take what a client sends for a payment that has no document: files, or words why there is none."""
    known = _unasked(line)
    if known is not None:
        return answer(known, text, sent, actor)
    words, files = _checked(text, list(sent), already="")
    try:
        with transaction.atomic():
            question = ClientQuestion.objects.create(
                client_id=line.client_id,
                transaction=line,
                kind=ClientQuestion.Kind.DOCUMENT,
                state=State.ANSWERED,
                answer=words,
                answered_by=actor,
                answered_at=timezone.now(),
            )
            _keep(question, files, actor)
    except IntegrityError:
        known = _unasked(line)
        if known is None:
            raise
        with transaction.atomic():
            _keep(known, files, actor)
        return known
    return question


def finish(question: ClientQuestion, actor: User) -> bool:
    """The firm has what it needs, or needs it no more; False where that was said already."""
    here = ClientQuestion.objects.filter(pk=question.pk, state__in=[State.OPEN, State.ANSWERED])
    done = here.update(state=State.DONE, done_by=actor, done_at=timezone.now())
    question.refresh_from_db()
    return bool(done)


def reopen(question: ClientQuestion) -> bool:
    """Take "done" back; False where it was not done, or something newer stands in its place."""
    state = State.ANSWERED if question.answered_at else State.OPEN
    here = ClientQuestion.objects.filter(pk=question.pk, state=State.DONE, answered_at=question.answered_at)
    try:
        with transaction.atomic():
            back = here.update(state=state, done_by=None, done_at=None)
    except IntegrityError:
        return False
    question.refresh_from_db()
    return bool(back)


def _unasked(line: Transaction) -> ClientQuestion | None:
    found = ClientQuestion.objects.filter(transaction=line, kind=ClientQuestion.Kind.DOCUMENT, done_at=None)
    return found.first()


Kept = list[tuple[str, StoredFile]]


def _checked(text: str, sent: list[Sent], *, already: str) -> tuple[str, Kept]:
    """The words and the files, whose bytes lie on the disk already; ``UnableToAnswer`` before anything is written."""
    words = without_keys(text.strip(), None)
    if not words and not sent and not already:
        raise UnableToAnswer(_("Please write an answer or choose a document."))
    if len(words) > LONGEST_ANSWER:
        raise UnableToAnswer(_("That is more than we can take at once. Please shorten it to 4,000 characters."))
    if len(sent) > MOST_FILES:
        raise UnableToAnswer(_("Please send at most %(n)d documents at once.") % {"n": MOST_FILES})
    for file in sent:
        if file.size > LARGEST_FILE:
            raise UnableToAnswer(_("“%(name)s” is larger than 10 MB.") % {"name": file.name})
        if not file.size:
            raise UnableToAnswer(_("“%(name)s” is empty.") % {"name": file.name})
    contents = [(PurePath(file.name).name[:255] or "document", file.read()) for file in sent]
    for name, content in contents:
        if storage.content_type_of(content, "") not in KINDS:
            raise UnableToAnswer(
                _("“%(name)s” is neither a PDF nor a picture (JPEG, PNG) nor an electronic invoice (XML).")
                % {"name": name}
            )
    return words, [(name, storage.write(content, "")) for name, content in contents]


def _keep(question: ClientQuestion, files: Kept, actor: User) -> None:
    for name, written in files:
        QuestionFile.objects.get_or_create(
            question=question, stored=storage.row_of(written), defaults={"name": name, "sent_by": actor}
        )
