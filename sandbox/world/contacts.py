"""The contacts of an organisation: customers (companies and people) and suppliers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from random import Random

from sandbox.world.iban import creditor_id, random_iban
from sandbox.world.model import Contact, Party
from sandbox.world.names import (
    FIRST_NAMES,
    LAST_NAMES,
    Region,
    address,
    company_name,
    company_spellings,
    person_spellings,
    slug,
)
from sandbox.world.profiles import Profile, Supply


def new_id(rng: Random) -> str:
    """Return a random UUID of version 4."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier's contact together with its habits."""

    contact: Contact
    supply: Supply


@dataclass(frozen=True, slots=True)
class AddressBook:
    """All contacts that deals are made with."""

    companies: tuple[Contact, ...]
    people: tuple[Contact, ...]
    town_hall: Contact
    suppliers: tuple[Supplier, ...]

    def all(self) -> tuple[Contact, ...]:
        """Return every contact."""
        return (*self.companies, *self.people, self.town_hall, *(item.contact for item in self.suppliers))


def _party(rng: Random, name: str, mail: str, region: Region) -> Party:
    street, postal, town = address(rng, region)
    return Party(
        name=name,
        street=street,
        zip=postal,
        city=town,
        iban=random_iban(rng),
        bic=f"{''.join(rng.choice('BDFGKLMNRSTV') for _ in range(4))}DE{rng.randrange(10)}{rng.choice('KLMX')}XXX",
        vat_id=f"DE{rng.randrange(10**8, 10**9)}",
        tax_number=f"{rng.randrange(10, 99)}/{rng.randrange(100, 999)}/{rng.randrange(10000, 99999)}",
        email=f"{mail}.example",
        phone=f"+49 {rng.choice(('8031', '40', '251', '541'))} 555{rng.randrange(100, 9999)}",
    )


def _company(rng: Random, name: str, number: int, region: Region) -> Contact:
    return Contact(
        id=new_id(rng),
        name=name,
        party=_party(rng, name, f"info@{slug(name)}", region),
        person=False,
        customer_number=number,
        vendor_number=None,
        our_number="",
        bank_names=company_spellings(name),
    )


def _person(rng: Random, first: str, last: str, number: int, region: Region) -> Contact:
    party = _party(rng, f"{first} {last}", f"{slug(first)}@{slug(last)}", region)
    return Contact(
        id=new_id(rng),
        name=f"{last}, {first}",
        party=Party(party.name, party.street, party.zip, party.city, party.iban, party.bic, email=party.email),
        person=True,
        customer_number=number,
        vendor_number=None,
        our_number="",
        bank_names=person_spellings(first, last),
    )


def _supplier(rng: Random, supply: Supply, number: int, region: Region) -> Supplier:
    party = _party(rng, supply.name, f"rechnung@{slug(supply.name)}", region)
    if supply.abroad:
        party = replace(
            party,
            street="12 Harbour Row",
            zip="D02 X285",
            city="Dublin, Irland",
            iban="",
            bic="",
            vat_id=f"IE{rng.randrange(10**6, 10**7)}T",
            phone="+353 1 555 0100",
        )
    contact = Contact(
        id=new_id(rng),
        name=supply.name,
        party=party,
        person=False,
        customer_number=None,
        vendor_number=number,
        our_number=str(rng.randrange(10_000, 9_999_999)),
        mandate=f"M{rng.randrange(10**6, 10**8)}",
        creditor_id=creditor_id(rng),
        bank_names=company_spellings(supply.name),
    )
    return Supplier(contact, supply)


def make_address_book(seed: int, profile: Profile) -> AddressBook:
    """Build the contacts of a company; the same for every day of the same seed."""
    rng = Random(f"{seed}:{profile.slug}:contacts")
    surnames = rng.sample(LAST_NAMES, profile.companies + profile.people)
    first_names = rng.sample(FIRST_NAMES, profile.people)
    numbers = iter(range(10_002, 11_000))
    companies = tuple(
        _company(rng, company_name(rng, surname), next(numbers), profile.region)
        for surname in surnames[: profile.companies]
    )
    people = tuple(
        _person(rng, first, last, next(numbers), profile.region)
        for first, last in zip(first_names, surnames[profile.companies :], strict=True)
    )
    town_hall = _company(
        rng, f"Gemeinde {rng.choice(('Wiesenfurt', 'Moosgrund', 'Erlenbruck'))}", next(numbers), profile.region
    )
    suppliers = tuple(_supplier(rng, supply, 70_001 + at, profile.region) for at, supply in enumerate(profile.supplies))
    return AddressBook(companies, people, town_hall, suppliers)
