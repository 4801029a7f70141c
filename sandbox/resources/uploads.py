"""Uploads of receipts (reference: upload a receipt 9.1, files of a voucher 7.4)."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, NoReturn

from sandbox import errors
from sandbox.http import Answer, Call, Response, Route, json_response
from sandbox.noticing import announced
from sandbox.resources.multipart import Part, read_form
from sandbox.resources.replies import find_voucher, refuse
from sandbox.resources.voucher_reading import COLLECTIVE
from sandbox.state import Sandbox
from sandbox.world.model import BOOKKEEPING_TYPES, Organisation, StoredFile, Voucher

MOST_BYTES = 5 * 1024 * 1024
EXTENSIONS = {"pdf": "pdf", "jpg": "jpg", "jpeg": "jpg", "png": "png", "xml": "xml"}
# How long the text recognition takes, in seconds of the service's time.
RECOGNITION_SECONDS = 12.0


def _refuse(i18n_key: str, status: int = 406) -> NoReturn:
    raise Answer(errors.legacy(status, i18n_key, "file"))


def _malformed(status: int, body: Any) -> NoReturn:
    """End the call with one of the two malformed variants of the older error body (measured)."""
    raise Answer(json_response(body, status))


def _form(call: Call) -> list[Part]:
    parts = read_form(call.request.headers.get("content-type", ""), call.request.body)
    if parts is None:
        refuse(call, 415, "Content type must be multipart/form-data")
    return parts


def _check_type(parts: list[Part]) -> None:
    """Demand the field ``type``, whose only value is ``voucher``."""
    kinds = [part.content.decode("utf-8", "replace") for part in parts if part.name == "type"]
    if not kinds:
        source = "Required request parameter 'type' for method parameter type String is not present"
        _malformed(400, {"i18nKey": "bad_request_error", "source": source})
    if kinds[0] != "voucher":
        _malformed(400, "Invalid or missing upload type.")


def _receipt(parts: list[Part]) -> tuple[bytes, str]:
    """Return the bytes and the kind of the uploaded file; without one the service itself fails (500, documented)."""
    file = next((part for part in parts if part.name == "file" and part.filename), None)
    if file is None:
        raise Answer(errors.gateway(500, None))
    extension = EXTENSIONS.get(file.filename.rpartition(".")[2].lower() if "." in file.filename else "")
    if extension is None:
        _refuse("inacceptable_file_extension")
    if len(file.content) > MOST_BYTES:
        _refuse("max_file_size_exceeded")
    # The readers are imported on first use: they are big, and most calls need none of them.
    from sandbox.documents.inspection import problem

    found = problem(file.content, extension)
    if found:
        _refuse(found)
    return file.content, extension


def _same(files: list[StoredFile], content: bytes) -> StoredFile | None:
    """Return the file that has the same bytes, if there is one."""
    checksum = hashlib.sha256(content).hexdigest()
    return next((file for file in files if file.checksum == checksum), None)


def _store(call: Call, voucher: Voucher, content: bytes, extension: str) -> StoredFile:
    from sandbox.documents.inspection import preview_paper

    file = StoredFile(
        id=str(uuid.uuid4()),
        voucher_id=voucher.id,
        extension=extension,
        paper=preview_paper(content, extension, call.organisation.company, call.sandbox.current_day()),
        content=content,
        checksum=hashlib.sha256(content).hexdigest(),
    )
    call.organisation.files[file.id] = file
    voucher.files.append(file.id)
    return file


def _recognise(sandbox: Sandbox, organisation: Organisation, voucher_id: str) -> None:
    """End the text recognition: the voucher waits for somebody to check it, and only now exists for webhooks."""
    with sandbox.lock:
        voucher = organisation.vouchers.get(voucher_id)
        if voucher is None or voucher.state != "blank":
            return
        with announced(sandbox, organisation, voucher.id):
            voucher.state = "unchecked"
            voucher.touch(sandbox.now())


def upload(call: Call) -> Response:
    """Store a receipt and make a voucher of it; bytes that are there already answer with what they became then."""
    parts = _form(call)
    _check_type(parts)
    content, extension = _receipt(parts)
    sandbox, organisation = call.sandbox, call.organisation
    known = _same(list(organisation.files.values()), content)
    if known is not None:
        return json_response({"id": known.id, "voucherId": known.voucher_id}, 202)
    moment = sandbox.now()
    voucher = Voucher(
        id=str(uuid.uuid4()),
        type="purchaseinvoice",
        number=None,
        day=None,
        due=None,
        contact=None,
        contact_name=COLLECTIVE[False],
        lines=(),
        gross_prices=True,
        created=moment,
        updated=moment,
        tax_type="gross",
        version=0,
        state="blank",
    )
    organisation.vouchers[voucher.id] = voucher
    file = _store(call, voucher, content, extension)
    sandbox.later.do(RECOGNITION_SECONDS, lambda: _recognise(sandbox, organisation, voucher.id))
    return json_response({"id": file.id, "voucherId": voucher.id}, 202)


def attach(call: Call) -> Response:
    """Attach a receipt to a voucher; bytes that it has already answer with the file's id."""
    voucher = find_voucher(call, BOOKKEEPING_TYPES, legacy=True)
    content, extension = _receipt(_form(call))
    known = _same([call.organisation.files[file] for file in voucher.files], content)
    if known is not None:
        return json_response({"id": known.id}, 202)
    with announced(call.sandbox, call.organisation, voucher.id):
        file = _store(call, voucher, content, extension)
        voucher.touch(call.sandbox.now())
    return json_response({"id": file.id}, 202)


def status(call: Call) -> Response:
    """Refuse, as for every ordinary key: none has the permission that this needs (measured)."""
    raise Answer(errors.gateway(403, "access_denied"))


ROUTES = (
    Route("POST", "/v1/files", upload, scope="files.write", legacy=True),
    Route("POST", "/v1/vouchers/{id}/files", attach, scope="files.write", legacy=True),
    Route("GET", "/v1/files/{id}/status", status, legacy=True),
)
