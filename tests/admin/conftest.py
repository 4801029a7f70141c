"""A client with everything on it, and people who are logged in."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from accounts.models import Client, User
from tests.factories import World, world

Login = Callable[[User], Browser]


@pytest.fixture
def login() -> Login:
    """A browser in which a person is logged in, reading English."""

    def make(user: User) -> Browser:
        browser = Browser(headers={"accept-language": "en"})
        browser.force_login(user)
        return browser

    return make


@pytest.fixture
def full(kontor_client: Client, member: User) -> World:
    """The accountant's client with three open cases and everything else."""
    return world(kontor_client, member)
