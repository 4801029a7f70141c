"""Answers that several resources give alike."""

from __future__ import annotations

from typing import NoReturn

from sandbox import errors
from sandbox.http import Answer, Call
from sandbox.world.model import Voucher


def refuse(call: Call, status: int, message: str) -> NoReturn:
    """End the call with a regular error body."""
    raise Answer(errors.regular(status, message, path=call.request.path, now=call.sandbox.now()))


def not_found(call: Call, *, legacy: bool = False) -> NoReturn:
    """End the call with 404; legacy resources use the older body when the settings say so."""
    if legacy and call.sandbox.settings.vouchers_legacy_404:
        raise Answer(errors.legacy(404, "missing_entity", None))
    refuse(call, 404, "Not Found")


def find_voucher(call: Call, types: tuple[str, ...], *, legacy: bool = False) -> Voucher:
    """Return the voucher of the path's id; an unknown id and another resource's type are the same 404."""
    voucher = call.vouchers.get(call.arguments["id"])
    if voucher is None or voucher.type not in types:
        not_found(call, legacy=legacy)
    return voucher
