"""What the control interface shows: organisations, bank statements, the truth, and the log of calls."""

from __future__ import annotations

from sandbox.control.shapes import Operation, organisation_of, refuse
from sandbox.http import Request, Response, json_response
from sandbox.state import Sandbox
from sandbox.world.camt import Period, periods, write_statement
from sandbox.world.model import BankAccount, Organisation


def organizations(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """List the organisations with their keys."""
    rows = [
        {
            "name": item.company.name,
            "organization_id": item.id,
            "key": sandbox.main_keys.get(item.id),
            "about": item.about,
            "vouchers": len(item.vouchers),
            "bank_accounts": [{"iban": account.iban, "bank": account.bank} for account in item.accounts],
        }
        for item in sandbox.world.organisations.values()
    ]
    return json_response({"organizations": rows})


def _name(account: BankAccount, period: Period) -> str:
    return f"{account.iban}-{period.name}.xml"


def statements_of(sandbox: Sandbox, organisation: Organisation) -> list[tuple[BankAccount, Period]]:
    """Return every bank account with every period there is a statement for."""
    return [(account, period) for account in organisation.accounts for period in periods(account, sandbox.today)]


def statements(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """List the bank statements."""
    organisation = organisation_of(sandbox, arguments)
    base = f"http://{request.headers.get('host', '127.0.0.1')}/control/organizations/{organisation.id}/statements"
    rows = [
        {
            "name": _name(account, period),
            "iban": account.iban,
            "bank": account.bank,
            "version": f"camt.053.001.{account.version}",
            "period": period.name,
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "url": f"{base}/{_name(account, period)}",
        }
        for account, period in statements_of(sandbox, organisation)
    ]
    return json_response({"statements": rows})


def statement(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Send one bank statement."""
    organisation = organisation_of(sandbox, arguments)
    for account, period in statements_of(sandbox, organisation):
        if _name(account, period) == arguments["name"]:
            content = write_statement(organisation, account, period)
            disposition = f'attachment; filename="{arguments["name"]}"'
            return Response(200, content, "application/xml", {"Content-Disposition": disposition})
    refuse("no such statement", 404)


def requests(sandbox: Sandbox, request: Request, arguments: dict[str, str]) -> Response:
    """Send the counters of calls to the service, and the latest calls themselves."""
    wanted = request.value("organization")
    calls = sandbox.log.calls(wanted)
    return json_response(
        {
            "organizations": sandbox.log.counters(),
            "calls": [
                {
                    "organization": call.organisation,
                    "method": call.method,
                    "path": call.path,
                    "query": call.query,
                    "status": call.status,
                    "seconds": round(call.seconds, 4),
                }
                for call in calls
            ],
        }
    )


READING = (
    Operation(
        "GET", "/control/organizations", "lists the organizations with their keys and bank accounts", organizations
    ),
    Operation("GET", "/control/organizations/{organization}/statements", "lists the bank statements", statements),
    Operation(
        "GET", "/control/organizations/{organization}/statements/{name}", "sends a statement (camt.053)", statement
    ),
    Operation(
        "GET",
        "/control/requests",
        "counts the calls to the service per organization (total, by status, rate limited) and lists the latest; "
        "?organization= lists only its calls; status 0 is a connection that was cut",
        requests,
    ),
)
