"""Making and changing organizations, accounts and transactions, for the demo world and the control interface."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sandbox.documents.plain import plain_page
from sandbox.qonto.model import Account, Attachment, Organization, Transaction, id_of
from sandbox.qonto.office import Office
from sandbox.world.iban import random_iban

SHOPS = ("Bürobedarf Kranz", "Stadtwerke Musterstadt", "Werkzeug Oller", "Druckhaus Nord", "Bahnfahrt", "Cloudspeicher")
# Of the demo world's outgoing payments every so manyth has its receipt in Qonto.
EVERY_RECEIPT = 12
CUSTOMERS = ("Anker Gastro GmbH", "Praxis Dr. Wied", "Hotel Seeblick", "Kita Sonnenhof", "Verein Nordlicht e.V.")


def add_organization(office: Office, name: str, rng: Random) -> Organization:
    """Make an organization with one open account and a key."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower()).strip("-")
    slug = f"{plain}-{rng.randrange(1000, 10000)}"
    organization = Organization(slug, name, login=slug, secret=f"{rng.getrandbits(128):032x}")
    organization.id = id_of(organization.key)
    office.organizations[organization.id] = organization
    add_account(organization, "Hauptkonto", rng).main = True
    return organization


def add_account(organization: Organization, name: str, rng: Random, *, iban: str | None = None) -> Account:
    """Make an account."""
    slug = f"{organization.slug}-bank-account-{len(organization.accounts) + 1}"
    account = Account(slug, name, random_iban(rng) if iban is None else iban)
    account.id = id_of(f"{organization.key}/{slug}")
    organization.accounts[account.id] = account
    return account


def add_transaction(
    organization: Organization,
    account: Account,
    cents: int,
    *,
    at: datetime,
    settled: datetime | None,
    updated: datetime,
    label: str = "",
    reference: str | None = None,
    kind: str = "",
    counterparty_iban: str = "",
) -> Transaction:
    """Make a transaction, pending where it is not settled."""
    number = sum(len(one.transactions) for one in organization.accounts.values()) + 1
    item = Transaction(
        key=f"{organization.slug}-1-transaction-{number}",
        cents=cents,
        status="completed" if settled else "pending",
        label=label,
        reference=reference,
        kind=kind or ("income" if cents > 0 else "transfer"),
        emitted=at,
        settled=settled,
        created=at,
        updated=updated,
        counterparty_iban=counterparty_iban,
    )
    item.id = id_of(f"{organization.id}/{item.key}")
    account.transactions[item.key] = item
    return item


def fill(organization: Organization, account: Account, count: int, last: datetime, rng: Random, *, once: bool) -> None:
    """Add settled transactions, one every six hours up to a moment; ``once``: all were changed in the same moment."""
    for place in range(count):
        at = last - timedelta(hours=6 * (count - place))
        income = rng.random() < 0.4
        add_transaction(
            organization,
            account,
            rng.randrange(100, 500_000) * (1 if income else -1),
            at=at,
            settled=at + timedelta(hours=1),
            updated=last if once else at + timedelta(hours=2, microseconds=rng.randrange(1_000_000)),
            label=rng.choice(CUSTOMERS if income else SHOPS),
            reference=f"Rechnung {rng.randrange(1000, 9999)}",
            counterparty_iban=random_iban(rng),
        )
    account.recount()


def attach_receipt(organization: Organization, item: Transaction) -> None:
    """Put the receipt of a payment beside it; the same payment gives the same document."""
    amount = f"{abs(item.cents) / 100:.2f}".replace(".", ",")
    lines = [item.label, item.reference or "", f"{item.emitted:%d.%m.%Y}", f"Betrag {amount} EUR"]
    name = f"{item.label} {item.emitted:%Y-%m-%d}.pdf"
    document = Attachment(name, plain_page(lines), item.emitted, id=id_of(f"{organization.id}/{item.key}/receipt"))
    organization.attachments[document.id] = document
    item.attachments.append(document.id)


def demo(office: Office, seed: int, today: datetime) -> None:
    """The organization of the demo world: two accounts that are read, one kept elsewhere, one closed; some receipts."""
    rng = Random(f"{seed}:qonto")
    organization = add_organization(office, "Atelier Linde GmbH", rng)
    main = next(iter(organization.accounts.values()))
    main.opening = 1_250_000
    fill(organization, main, 240, today, rng, once=False)
    spent = [item for item in main.transactions.values() if item.cents < 0]
    for item in spent[::EVERY_RECEIPT]:
        attach_receipt(organization, item)
    savings = add_account(organization, "Steuerkonto", rng)
    fill(organization, savings, 12, today, rng, once=False)
    add_account(organization, "Sparkasse", rng, iban="").external = True
    add_account(organization, "Altes Konto", rng).status = "closed"
    add_transaction(
        organization, main, -4_990, at=today, settled=None, updated=today, label="Cloudspeicher", kind="card"
    )
