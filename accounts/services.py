"""The writers of clients and people."""

import re
from datetime import date

from django.db import transaction

from accounts.models import Client, Membership, Service, TaxYear, User, VatReturn

# A client's number stands in addresses and file names.
NUMBER = re.compile(r"\w[\w.-]{0,19}")
LONGEST_NAME = 200


class UnableToAddClient(Exception):
    """The client cannot be added; the text says why."""


def next_client_number() -> str:
    """The next free five-digit number, from 10001 on."""
    numbers = [int(n) for n in Client.objects.values_list("number", flat=True) if n.isdecimal()]
    return str(max([10000, *numbers]) + 1)


@transaction.atomic
def add_client(
    *,
    name: str,
    email: str,
    number: str = "",
    service: str = Service.TAX,
    closed_through: int | None = None,
    vat_filed_through: date | None = None,
    accountant: User | None = None,
    today: date,
) -> Client:
    """Add a client with its tax years, its last filed VAT return and a person who can log in for it.

    ``closed_through``: the last closed tax year; the years after it up to the current one are open. Without it only the
    current year is open. ``vat_filed_through``: the last day of the last filed VAT period (its month is the period).
    ``UnableToAddClient`` where the number is taken or a value makes no sense.
    """
    name, number = name.strip(), number.strip() or next_client_number()
    if not 0 < len(name) <= LONGEST_NAME:
        raise UnableToAddClient(f"The name must have 1 to {LONGEST_NAME} characters.")
    if not NUMBER.fullmatch(number):
        raise UnableToAddClient("The number may have up to 20 letters, digits, dots and hyphens.")
    if Client.objects.filter(number=number).exists():
        raise UnableToAddClient(f"There is a client with the number {number} already.")
    if service not in Service.values:
        raise UnableToAddClient(f"Unknown service {service!r}: use one of {', '.join(Service.values)}.")
    if closed_through is not None and not 2000 <= closed_through <= today.year:
        raise UnableToAddClient(f"The closed year {closed_through} is not between 2000 and {today.year}.")
    if vat_filed_through is not None and vat_filed_through > today:
        raise UnableToAddClient("A VAT return cannot be filed for a period that has not ended.")
    client = Client.objects.create(number=number, name=name, email=email, service=service, accountant=accountant)
    first_open = today.year if closed_through is None else closed_through + 1
    if closed_through is not None:
        TaxYear.objects.create(
            client=client, year=closed_through, closed_on=min(today, date(closed_through + 1, 12, 31))
        )
    for year in range(first_open, today.year + 1):
        TaxYear.objects.create(client=client, year=year)
    if vat_filed_through is not None:
        VatReturn.objects.create(
            client=client,
            period_start=vat_filed_through.replace(day=1),
            period_end=vat_filed_through,
            filed_on=min(today, vat_filed_through),
        )
    if email:
        person = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email)
        Membership.objects.get_or_create(client=client, user=person)
    return client
