"""The people and places every test may use."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as drawing

from accounts.groups import ACCOUNTANT, PARTNER, SUPPORT
from accounts.models import Client, Membership, User
from accounts.services import add_client

TODAY = date(2026, 3, 12)

# No test is about time: on a busy machine a drawn example may take long.
drawing.register_profile("kontor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
drawing.load_profile("kontor")

NEEDS_DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only the other run can do, of the two that ``make test`` makes.

    With KONTOR_DATABASE_TESTS=only these are the tests that touch no database, and without PostgreSQL those marked so.
    """
    kept = items[:]
    if os.environ.get("KONTOR_DATABASE_TESTS") == "only":
        kept = [item for item in kept if item.get_closest_marker("django_db") or NEEDS_DATABASE & set(_fixtures(item))]
    if "postgresql" not in django_settings.DATABASES["default"]["ENGINE"]:
        kept = [item for item in kept if not item.get_closest_marker("postgresql")]
    left_out = set(items) - set(kept)
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = kept


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where CI=true, everything can run: a test that is skipped there has failed, with its reason."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which is forbidden in CI: {report.longrepr}"


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of other people's sample files, which are not part of this repository."""
    folder = os.environ.get("KONTOR_SAMPLES", "")
    if not folder:
        pytest.skip("KONTOR_SAMPLES is not set: the sample files of other projects are not here")
    return Path(folder)


@pytest.fixture(autouse=True)
def language() -> Iterator[None]:
    """Every test begins in the firm's language, whatever page was asked for before it."""
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def limits() -> None:
    """No test begins with attempts that another one has counted."""
    cache.clear()


@pytest.fixture(autouse=True)
def media(tmp_path_factory: pytest.TempPathFactory, settings: object) -> Iterator[Path]:
    """A media folder of its own for every test."""
    folder = tmp_path_factory.mktemp("media")
    old = django_settings.MEDIA_ROOT
    settings.MEDIA_ROOT = folder
    yield folder
    settings.MEDIA_ROOT = old


def _staff(email: str, name: str, group: str) -> User:
    user = User.objects.create_user(email, "correct horse battery", name=name, is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


@pytest.fixture
def accountant(db: None) -> User:
    """The accountant who keeps the client's books."""
    return _staff("anna@kanzlei.example", "Anna Albers", ACCOUNTANT)


@pytest.fixture
def colleague(db: None) -> User:
    """An accountant who has nothing to do with the client: the outsider inside."""
    return _staff("bernd@kanzlei.example", "Bernd Brock", ACCOUNTANT)


@pytest.fixture
def support(db: None) -> User:
    """Somebody from support."""
    return _staff("svenja@kanzlei.example", "Svenja Sund", SUPPORT)


@pytest.fixture
def partner(db: None) -> User:
    """A partner of the firm, who sees everything."""
    return _staff("paula@kanzlei.example", "Paula Petersen", PARTNER)


@pytest.fixture
def kontor_client(accountant: User) -> Client:
    """A tax-only client with the open years 2025 and 2026 and one person who can log in."""
    return add_client(
        name="Tischlerei Ahrens GmbH",
        email="ahrens@tischlerei.example",
        number="10001",
        closed_through=2024,
        accountant=accountant,
        today=TODAY,
    )


@pytest.fixture
def member(kontor_client: Client) -> User:
    """The person at the client."""
    user = Membership.objects.get(client=kontor_client).user
    user.set_password("correct horse battery")
    user.name = "Ingo Ahrens"
    user.save()
    return user


@pytest.fixture
def outsider(db: None) -> User:
    """A person at another client."""
    other = add_client(name="Bäckerei Ohlsen", email="ohlsen@baeckerei.example", number="10002", today=TODAY)
    user = Membership.objects.get(client=other).user
    user.set_password("correct horse battery")
    user.save()
    return user
