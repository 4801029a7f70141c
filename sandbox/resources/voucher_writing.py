"""``POST`` and ``PUT /v1/vouchers``: writing bookkeeping vouchers (reference: vouchers 7.2 to 7.4)."""

from __future__ import annotations

import uuid

from sandbox import errors
from sandbox.http import Answer, Call, Response, Route
from sandbox.noticing import announced
from sandbox.resources.checks import Issues
from sandbox.resources.replies import find_voucher
from sandbox.resources.voucher_reading import Written, read_voucher
from sandbox.resources.writing import action_result, json_body
from sandbox.world.model import BOOKKEEPING_TYPES, Voucher

UNBOOKED = ("unchecked", "blank")


def _take_over(voucher: Voucher, written: Written) -> None:
    """Replace everything that a client may write; what was left out is gone."""
    voucher.type = written.type
    voucher.number, voucher.day, voucher.due, voucher.shipped = (
        written.number,
        written.day,
        written.due,
        written.shipped,
    )
    voucher.contact, voucher.contact_name = written.contact, written.contact_name
    voucher.lines, voucher.tax_type = written.lines, written.tax_type
    voucher.gross_prices = written.tax_type == "gross"
    voucher.remark = written.remark


def create(call: Call) -> Response:
    """Book a voucher; a new one has version 0 (measured)."""
    written = read_voucher(json_body(call, legacy=True), call.organisation, complete=True)
    moment = call.sandbox.now()
    voucher = Voucher(
        id=str(uuid.uuid4()),
        type=written.type,
        number=None,
        day=None,
        due=None,
        contact=None,
        contact_name="",
        lines=(),
        gross_prices=True,
        created=moment,
        updated=moment,
        version=0,
    )
    _take_over(voucher, written)
    with announced(call.sandbox, call.organisation, voucher.id):
        call.organisation.vouchers[voucher.id] = voucher
    return action_result(call, "vouchers", voucher.id, moment, moment, voucher.version, 201)


def _kept_files(call: Call, voucher: Voucher, wanted: object) -> list[str]:
    """Return the files that the voucher keeps; only its own can be named, none means that all go."""
    issues = Issues()
    if wanted is not None and not (isinstance(wanted, list) and all(item in voucher.files for item in wanted)):
        issues.invalid("files")
    issues.refuse()
    named = wanted if isinstance(wanted, list) else []
    return [file for file in voucher.files if file in named]


def _check_version(voucher: Voucher, version: object) -> None:
    """Refuse a change that was made on a version gone by: 409 (documented); a missing one is a fault of the body."""
    if version is None:
        raise Answer(errors.legacy(406, "missing_entity", "version"))
    if isinstance(version, bool) or version != voucher.version:
        raise Answer(errors.legacy(409, "invalid_value", "version"))


def replace(call: Call) -> Response:
    """Replace a voucher: what the body leaves out is emptied, files that it does not name are deleted for good.

    An unchecked voucher stays so, and need not be complete, until ``voucherStatus`` is ``open``, which books it.
    """
    voucher = find_voucher(call, BOOKKEEPING_TYPES, legacy=True)
    body = json_body(call, legacy=True)
    unbooked = voucher.state in UNBOOKED
    books = unbooked and body.get("voucherStatus") == "open"
    written = read_voucher(body, call.organisation, complete=books or not unbooked)
    files = _kept_files(call, voucher, body.get("files"))
    _check_version(voucher, body.get("version"))
    with announced(call.sandbox, call.organisation, voucher.id):
        for file in voucher.files:
            if file not in files:
                del call.organisation.files[file]
        voucher.files = files
        _take_over(voucher, written)
        if books:
            voucher.state = ""
        voucher.touch(call.sandbox.now())
    return action_result(call, "vouchers", voucher.id, voucher.created, voucher.updated, voucher.version)


ROUTES = (
    Route("POST", "/v1/vouchers", create, scope="vouchers.write", legacy=True),
    Route("PUT", "/v1/vouchers/{id}", replace, scope="vouchers.write", legacy=True),
)
