"""What waits for the client, on one page: questions, drafts, payments without a document, statements, keys."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.scoping import scoped
from integrations.key_end_words import SOON_DAYS, countdown, days_left, tone
from integrations.models import ClientQuestion, Connection, QuestionFile, Status
from integrations.portal.banks import due_tasks
from integrations.portal.place import Place, inside, page
from integrations.question_words import PAIRS, RELATED, Subject, subject_of
from integrations.services import questions as service
from integrations.services.open_payments import without_document
from integrations.words import failure
from matching.models import ExternalPayment
from vouchers.file_views import delivered

MOST_SHOWN = 50
# Of payments without a document: more at once discourages.
MOST_LINES = 15
State = ClientQuestion.State


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it is about."""

    question: ClientQuestion
    about: Subject


@dataclass(frozen=True, slots=True)
class KeyTask:
    """A connection whose key ends soon, or that has failed."""

    connection: Connection
    words: str | Promise
    tone: str


@require_GET
@inside
def overview(request: HttpRequest, place: Place) -> HttpResponse:
    """Everything that waits for the client; what is settled below. The same queries however much there is."""
    today = timezone.localdate()
    own = _own(place).select_related(*RELATED, "asked_by").prefetch_related(*PAIRS)
    waiting = list(own.filter(state=State.OPEN).order_by("-asked_at", "-pk")[:MOST_SHOWN])
    answered = list(own.exclude(state=State.OPEN).order_by("-answered_at", "-pk")[:MOST_SHOWN])
    drafts = scoped(ExternalPayment.objects.filter(client=place.client), place.user)
    drafts = drafts.filter(state=ExternalPayment.State.DRAFT)
    lines = without_document(place.client, today)
    context = {
        "questions": [Asked(one, subject_of(one)) for one in waiting],
        "answered": [Asked(one, subject_of(one)) for one in answered],
        "drafts": drafts.count(),
        "lines": lines[:MOST_LINES],
        "more_lines": len(lines) - MOST_LINES,
        "bank_tasks": due_tasks(place, today),
        "keys": [task for one in place.connections.values() if (task := _key_task(one)) is not None],
    }
    context["nothing"] = not any(context[name] for name in ("questions", "drafts", "lines", "bank_tasks", "keys"))
    return page(request, place, "portal/todo.html", context)


@require_http_methods(["GET", "POST"])
@inside
def question(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """One question, and the form that answers it; more may be sent until the firm is done."""
    rows = _own(place).select_related(*RELATED, "asked_by", "answered_by").prefetch_related(*PAIRS)
    asked = get_object_or_404(rows, pk=pk)
    error = ""
    if request.method == "POST":
        try:
            service.answer(asked, request.POST.get("answer", ""), sent_files(request), place.user)
        except service.UnableToAnswer as problem:
            error = str(problem)
        else:
            messages.success(request, _("Thank you. We have your answer; it is our turn now."))
            return redirect("portal:todo", place.client.number)
    context = {
        "asked": asked,
        "about": subject_of(asked),
        "files": list(asked.files.select_related("stored").order_by("pk")),
        "error": error,
        "typed": request.POST.get("answer", asked.answer),
    }
    return page(request, place, "portal/question.html", context, status=422 if error else 200)


@require_http_methods(["GET", "POST"])
@inside
def document(request: HttpRequest, place: Place, pk: int) -> HttpResponse:
    """Send the document of a payment, or say why there is none."""
    line = next((one for one in without_document(place.client, timezone.localdate()) if one.pk == pk), None)
    if line is None:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            service.send_document(line, request.POST.get("answer", ""), sent_files(request), place.user)
        except service.UnableToAnswer as problem:
            error = str(problem)
        else:
            messages.success(request, _("Thank you. The document lies with its payment now; it is our turn."))
            return redirect("portal:todo", place.client.number)
    context = {"line": line, "error": error, "typed": request.POST.get("answer", "")}
    return page(request, place, "portal/document.html", context, status=422 if error else 200)


@require_GET
@inside
def question_file(request: HttpRequest, place: Place, pk: int) -> HttpResponseBase:
    """A document that somebody of the company sent."""
    own = scoped(QuestionFile.objects.filter(question__client=place.client), place.user, "question__client")
    file = get_object_or_404(own.select_related("stored"), pk=pk)
    return delivered(file.stored, file.name)


def sent_files(request: HttpRequest) -> list[service.Sent]:
    """The documents of a form, chosen, dropped or photographed."""
    found = [*request.FILES.getlist("files"), *request.FILES.getlist("photo")]
    return [_sent(file) for file in found]


def _sent(file: "UploadedFile[Any]") -> service.Sent:
    return service.Sent(file.name or "", file.size or 0, file.read)


def _own(place: Place) -> QuerySet[ClientQuestion]:
    return scoped(ClientQuestion.objects.filter(client=place.client), place.user)


def _key_task(connection: Connection) -> KeyTask | None:
    if connection.status == Status.FAILED:
        return KeyTask(connection, failure(connection.reason, connection.provider).title, "red")
    left = days_left(connection.key_expires_on, timezone.localdate())
    if connection.status != Status.ACTIVE or left is None or left > SOON_DAYS or connection.key_expires_on is None:
        return None
    words = _("API key: %(countdown)s") % {"countdown": countdown(connection.key_expires_on, timezone.localdate())}
    return KeyTask(connection, words, "red" if tone(left) == "failed" else "amber")
