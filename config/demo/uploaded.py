"""The statements of the demo's yoga studio: MT940, month by month, with one month that nobody has uploaded yet."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from accounts.models import Client
from integrations.models import StatementFile
from integrations.services.completeness import covered_of
from integrations.services.statements import import_file
from matching.coverage import Kind, Span
from matching.models import BankAccount, Transaction
from matching.services.intake import account_for

ACCOUNT: Final = "20050550/1234567890"
BANK: Final = "Sparkasse Hafenstadt"
MONTHS: Final = 7
# Counted from the newest month.
LEFT_OUT: Final = 2
OPENING: Final = Decimal("2150.00")
LINES: Final = (
    (3, Decimal("-480.00"), "HAUSVERWALTUNG HAFEN", "MIETE STUDIO"),
    (11, Decimal("1310.20"), "KARTENABRECHNUNG", "KURSGEBUEHREN TERMINAL 4711"),
    (19, Decimal("-612.35"), "MATTEN OEHLERT", "LIEFERUNG 2204"),
)


@dataclass(frozen=True, slots=True)
class Month:
    """A month with the balance that it begins with."""

    first: date
    last: date
    opening: Decimal

    @property
    def closing(self) -> Decimal:
        """The balance that it ends with."""
        return self.opening + sum(amount for _, amount, _, _ in LINES)

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"Kontoauszug-{self.first:%Y-%m}.sta"

    @property
    def content(self) -> bytes:
        """The statement, as a German savings bank writes it."""
        rows = []
        for day, amount, name, purpose in LINES:
            mark, booked = "C" if amount > 0 else "D", self.first.replace(day=day)
            rows.append(f":61:{booked:%y%m%d}{booked:%m%d}{mark}{_money(amount)}NTRFNONREF")
            rows.append(f":86:166?00BUCHUNG?20{purpose} {booked:%m.%Y}?32{name}")
        lines = (
            f":20:{self.first:%Y%m}",
            f":25:{ACCOUNT}",
            f":28C:{self.first:%m}/1",
            f":60F:C{self.first - timedelta(days=1):%y%m%d}EUR{_money(self.opening)}",
            *rows,
            f":62F:C{self.last:%y%m%d}EUR{_money(self.closing)}",
            "-",
        )
        return "\r\n".join(("", *lines, "")).encode()


def months(today: date) -> list[Month]:
    """The full months before today, the oldest first."""
    last = today.replace(day=1) - timedelta(days=1)
    days = []
    for _ in range(MONTHS):
        days.append((last.replace(day=1), last))
        last = last.replace(day=1) - timedelta(days=1)
    found: list[Month] = []
    for first, end in reversed(days):
        found.append(Month(first, end, found[-1].closing if found else OPENING))
    return found


def upload(client: Client, today: date) -> None:
    """Import all months but one. A demo that has been here before keeps what it has."""
    if StatementFile.objects.filter(client=client).exists():
        return
    every = months(today)
    account = account_for(client, other_id=ACCOUNT, bank=BANK)
    BankAccount.objects.filter(pk=account.pk).update(wanted_from=every[0].first)
    for month in every:
        if month is not every[-1 - LEFT_OUT]:
            import_file(client, month.name, month.content)


def upload_differences(client: Client, today: date) -> list[str]:
    """What is not as it must be, in words: every line is here, and exactly the month that was left out is missing."""
    every = months(today)
    wanted = (len(every) - 1) * len(LINES)
    count = Transaction.objects.filter(client=client).count()
    problems = [f"{count} transactions instead of {wanted}"] if count != wanted else []
    lacking = every[-1 - LEFT_OUT]
    missing = [
        finding.span
        for one in covered_of(client, today)
        for finding in one.coverage.findings
        if finding.kind is Kind.MISSING
    ]
    if missing != [Span(lacking.first, lacking.last)]:
        problems.append(f"the days without statement are not those of {lacking.first:%B %Y}")
    return problems


def _money(amount: Decimal) -> str:
    return f"{abs(amount):.2f}".replace(".", ",")
