"""Uploading, and the two questions that a file may put. A page without script works like one with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.models import StatementFile
from integrations.services import uploads
from integrations.services.payouts import PayoutImport, Refused, import_payout_report
from integrations.services.table_mappings import Preview, known_mapping, preview, remember
from integrations.services.uploads import LARGEST, MOST_FILES, Question, Upload
from integrations.statements.messages import describe, describe_place
from integrations.statements.tables import TableShape, describe_table
from integrations.uploading.account_form import NEW, AccountForm
from integrations.uploading.desk import Desk
from integrations.uploading.results import Result, refused, result
from integrations.uploading.table_form import TableForm

ONE = "X-Upload"
"""Sent by the script, which asks for the card of one file; the answer has it as well, unlike a login page."""
RAW_LINES = 8
RAW_WIDTH = 200


def upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The place to drop files, and what came of those that were sent."""
    results: list[Result] = []
    status = 200
    if request.method == "POST":
        results = _take_all(request, desk)
        if request.headers.get(ONE):
            answer = render(request, "uploads/results.html", {"results": results})
            answer[ONE] = "result"
            return answer
        status = 200 if results else 400
    context = {
        "results": results,
        "error": "" if results or request.method != "POST" else _("Please choose a file first."),
        "waiting": [(file, desk.links.question(question, file)) for file, question in uploads.waiting(desk.client)],
        "links": desk.links,
        "most": MOST_FILES,
        "largest": LARGEST,
        "megabytes": LARGEST // 1_000_000,
    }
    return desk.render(request, "uploads/upload.html", _("Upload bank files"), context, status=status)


def _take_all(request: HttpRequest, desk: Desk) -> list[Result]:
    today = timezone.localdate()
    results = []
    for number, file in enumerate(request.FILES.getlist("files")):
        name = str(file.name)
        if number >= MOST_FILES:
            words = ngettext("More than %(n)s file at once.", "More than %(n)s files at once.", MOST_FILES)
            results.append(refused(name, words % {"n": MOST_FILES}, _("Send this one with the next files.")))
        elif (file.size or 0) > LARGEST:
            words = _("The file is larger than %(n)s MB.") % {"n": LARGEST // 1_000_000}
            results.append(refused(name, words, _("Fetch a shorter period from the bank.")))
        else:
            results.append(result(desk, _take(desk, file), today))
    return results


def _take(desk: Desk, file: UploadedFile[Any]) -> Upload | PayoutImport:
    return uploads.receive(desk.client, str(file.name), file.read(), actor=desk.user)


def columns(request: HttpRequest, desk: Desk, file: StatementFile) -> HttpResponse:
    """Which column is what: asked, shown as it will be read, then imported and remembered."""
    content = _content(file)
    shape = describe_table(content)
    if shape is None:
        messages.error(request, _("There is no table in this file."))
        return redirect(desk.links.upload)
    known = known_mapping(desk.client, content)
    form = TableForm(request.POST or None, client=desk.client, shape=shape, known=known)
    as_report = request.POST.get("then") == "payout"
    if as_report:
        answer = _as_report(desk, form, file, content)
        if answer is not None:
            return _answered(request, desk, answer)
    shown: Preview | None = None
    if request.method == "POST" and not as_report and form.is_valid():
        chosen = form.chosen
        text = uploads.account_text(chosen) if chosen else form.cleaned_data["iban"] if _is_new(form) else ""
        shown = preview(content, form.with_account(text))
        ready = shown.ready
        if ready and request.POST.get("then") == "import" and request.POST.get("seen") == form.digest:
            read = _import_table(desk, form, file, content, shape)
            if read is not None:
                return _answered(request, desk, read)
    context = {
        "form": form,
        "file": file,
        "shape": shape,
        "raw": _first_lines(content, shape),
        "questions": [describe(question) for question in shape.questions],
        **_shown(shown),
        "seen": form.digest if shown else "",
        "changed": bool(shown) and request.POST.get("then") == "import" and request.POST.get("seen") != form.digest,
        "links": desk.links,
    }
    return desk.render(request, "uploads/columns.html", _("How is this table read?"), context)


def account(request: HttpRequest, desk: Desk, file: StatementFile) -> HttpResponse:
    """Whose payments a file tells of that does not say so."""
    content = _content(file)
    is_table = describe_table(content) is not None
    form = AccountForm(request.POST or None, client=desk.client, table=is_table)
    if request.POST.get("then") == "payout":
        answer = _as_report(desk, form, file, content)
        if answer is not None:
            return _answered(request, desk, answer)
    elif request.method == "POST" and form.is_valid():
        chosen = form.make()
        if chosen is not None:
            always = bool(form.cleaned_data.get("always"))
            return _answered(request, desk, uploads.answer_account(file, chosen, actor=desk.user, always=always))
    context = {
        "form": form,
        "file": file,
        "archive": file.format.startswith("zip"),
        "table": is_table,
        **_shown(preview(content, known_mapping(desk.client, content))),
        "links": desk.links,
    }
    return desk.render(request, "uploads/account.html", _("Whose payments are these?"), context)


def _content(file: StatementFile) -> bytes:
    try:
        return uploads.content_of(file)
    except FileNotFoundError:  # a backup without the media folder: there is nothing to ask about
        raise Http404 from None


def _is_new(form: AccountForm) -> bool:
    return bool(form.cleaned_data.get("account") == NEW)


def _import_table(desk: Desk, form: TableForm, file: StatementFile, content: bytes, shape: TableShape) -> Upload | None:
    """Import with the confirmed mapping and keep it; None where the account cannot be used."""
    own = form.make()
    if own is None and _is_new(form):
        return None
    mapping = form.with_account(uploads.account_text(own) if own else "")
    answer = uploads.take(desk.client, file.name, content, actor=desk.user, account=own, table=mapping)
    kept = form.with_account(uploads.account_text(own) if own and form.cleaned_data.get("always") else "")
    remember(desk.client, shape.key, kept, actor=desk.user)
    return answer


def _as_report(desk: Desk, form: forms.Form, file: StatementFile, content: bytes) -> PayoutImport | None:
    """The file is no bank file after all but tells what payouts are made of; None (and an error) where it is neither.

    What was chosen for a bank file stays in the form, without being asked for.
    """
    try:
        return import_payout_report(desk.client, file.name, content, desk.user)
    except Refused as problem:
        form.full_clean()
        form.errors.clear()
        form.add_error(None, str(problem))
        return None


def _answered(request: HttpRequest, desk: Desk, answer: Upload | PayoutImport) -> HttpResponse:
    """The card of the file after its question."""
    context = {"results": [result(desk, answer, timezone.localdate(), answered=True)], "links": desk.links}
    return desk.render(request, "uploads/answered.html", _("Upload bank files"), context)


def _shown(shown: Preview | None) -> dict[str, Any]:
    if shown is None:
        return {"shown": None}
    statements = shown.statements
    return {
        "shown": shown,
        "ready": shown.ready,
        "entries": sum(found.entries for found in statements),
        "sums": [(found.credit_total, found.debit_total, found.header.currency) for found in statements],
        "problems": [(describe_place(problem.place), describe(problem)) for problem in shown.problems],
    }


def _first_lines(content: bytes, shape: TableShape) -> str:
    """The beginning of the file as it is."""
    lines = content[: RAW_LINES * 2_000].decode(shape.encoding, "replace").splitlines()[:RAW_LINES]
    return "\n".join(line[:RAW_WIDTH] for line in lines)


def question_of(file: StatementFile) -> Question:
    """The question that a file still puts."""
    return uploads.question_of(file.format, file.errors)
