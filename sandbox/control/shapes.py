"""What an operation of the control interface is, and how its arguments are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from sandbox.http import Answer, Request, Response, json_response
from sandbox.state import Sandbox
from sandbox.world.model import Organisation, Voucher
from sandbox.world.money import cents

Run = Callable[[Sandbox, Request, dict[str, str]], Response]


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb on one path pattern below ``/control``; ``body`` names the JSON fields it takes and what they mean.

    An operation that is not ``locked`` waits for others, so the world is not locked while it runs.
    """

    method: str
    pattern: str
    does: str
    run: Run
    body: dict[str, str] = field(default_factory=dict)
    locked: bool = True

    def match(self, request: Request) -> dict[str, str] | None:
        """Return the path arguments when this operation is meant, otherwise None."""
        if request.method != self.method:
            return None
        compiled = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.pattern))
        found = re.fullmatch(compiled, request.path)
        return found.groupdict() if found else None


def refuse(message: str, status: int = 400) -> NoReturn:
    """End the call with an error."""
    raise Answer(json_response({"error": message}, status))


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object of the body; none is an empty object."""
    if not request.body.strip():
        return {}
    try:
        body = json.loads(request.body, parse_float=str)
    except ValueError:
        refuse("the body is not JSON")
    if not isinstance(body, dict):
        refuse("the body must be a JSON object")
    return body


def organisation_of(sandbox: Sandbox, arguments: dict[str, str]) -> Organisation:
    """Return the organisation named in the path."""
    organisation = sandbox.world.organisations.get(arguments["organization"])
    if organisation is None:
        refuse("no such organization", 404)
    return organisation


def voucher_of(sandbox: Sandbox, arguments: dict[str, str]) -> tuple[Organisation, Voucher]:
    """Return organisation and voucher named in the path."""
    organisation = organisation_of(sandbox, arguments)
    voucher = organisation.vouchers.get(arguments["voucher"])
    if voucher is None:
        refuse("no such voucher", 404)
    return organisation, voucher


def read_money(body: dict[str, Any], name: str, default: Decimal | None = None) -> Decimal:
    """Read an amount above zero with at most two decimals."""
    value = body.get(name)
    if value is None and default is not None:
        return default
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        refuse(f"{name} must be an amount such as 119.00")
    if not amount.is_finite() or amount <= 0 or amount != cents(amount):
        refuse(f"{name} must be an amount above zero with at most two decimals")
    return cents(amount)


def read_day(body: dict[str, Any], name: str, default: date) -> date:
    """Read a day as ``yyyy-mm-dd``."""
    value = body.get(name)
    if value is None:
        return default
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        refuse(f"{name} must be a day such as 2026-03-31")
