"""Who is who in the demo firm: nothing but names, so that pictures and tests may read it too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.groups import ACCOUNTANT, PARTNER, SUPPORT

PASSWORD = "hafenkante"  # noqa: S105 - printed on the screen, for this machine only


@dataclass(frozen=True, slots=True)
class DemoClient:
    """One client of the demo. ``organization``, ``bank``: its index in the sandbox's Lexware Office, in its Qonto."""

    number: str
    name: str
    email: str
    service: str
    accountant: str
    organization: int | None
    about: str
    bank: int | None = None


CLIENTS = (
    DemoClient("10001", "", "chef@mandant-1.example", "tax", "anna", 0, "tax only, two open years"),
    DemoClient("10002", "", "chef@mandant-2.example", "bookkeeping", "bernd", 1, "bookkeeping, VAT return filed"),
    DemoClient("10003", "", "chef@mandant-3.example", "tax", "anna", 2, "has not connected yet"),
    DemoClient(
        "10004",
        "Yogastudio Ruhepol",
        "chef@mandant-4.example",
        "tax",
        "bernd",
        None,
        "began; a bank statement is missing",
    ),
    DemoClient(
        "10005",
        "Kiosk am Speicher",
        "chef@mandant-5.example",
        "tax",
        "anna",
        None,
        "key is rejected",
    ),
    DemoClient("10006", "", "chef@mandant-6.example", "tax", "anna", None, "Qonto connected", bank=0),
)
STAFF = {
    "admin": ("Alma Adler", None),
    "anna": ("Anna Albers", ACCOUNTANT),
    "bernd": ("Bernd Brock", ACCOUNTANT),
    "svenja": ("Svenja Sund", SUPPORT),
    "paula": ("Paula Petersen", PARTNER),
}


def staff_email(login: str) -> str:
    """The address with which a member of the demo's staff logs in."""
    return f"{login}@hafenkante.example"


def name_of(plan: DemoClient, sandbox: Mapping[str, Any]) -> str:
    """What a client is called: by the demo, or by the sandbox's announcement."""
    if plan.name:
        return plan.name
    known = sandbox["organizations"] if plan.bank is None else sandbox["qonto"]["organizations"]
    return str(known[plan.organization if plan.bank is None else plan.bank]["name"])
