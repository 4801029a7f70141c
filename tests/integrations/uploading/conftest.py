"""The two doors through which bank files come: the firm's and the client's."""

from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, User
from integrations.models import StatementFile

SAMPLES = Path(__file__).parent.parent.parent / "samples"


def sample(name: str) -> bytes:
    """One of our own sample files."""
    return (SAMPLES / name).read_bytes()


@dataclass
class Door:
    """A person's browser with the addresses of the pages."""

    browser: Browser
    upload: str
    question: Callable[[str, StatementFile], str]

    def send(self, *files: tuple[str, bytes], **headers: str) -> str:
        """Upload files; the words of the page."""
        sent = [SimpleUploadedFile(name, content) for name, content in files]
        answer = self.browser.post(self.upload, {"files": sent}, headers=headers)
        assert answer.status_code == 200, answer.status_code
        return unescape(answer.content.decode())

    def ask(self, question: str, file: StatementFile, data: dict[str, Any] | None = None) -> str:
        """Look at a question, or answer it."""
        address = self.question(question, file)
        answer = self.browser.get(address) if data is None else self.browser.post(address, data, follow=True)
        assert answer.status_code == 200, answer.status_code
        return unescape(answer.content.decode())


def portal_door(client: Client, user: User) -> Door:
    """The client's pages."""
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(user)
    return Door(
        browser,
        reverse("portal:bank_upload", args=[client.number]),
        lambda question, file: reverse(f"portal:bank_{question}", args=[client.number, file.pk]),
    )


def admin_door(client: Client, user: User) -> Door:
    """The firm's pages."""
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(user)
    return Door(
        browser,
        f"{reverse('admin:integrations_statementfile_add')}?client={client.pk}",
        lambda question, file: reverse(f"admin:integrations_statementfile_{question}", args=[file.pk]),
    )


@pytest.fixture(params=["portal", "admin"])
def door(request: pytest.FixtureRequest, kontor_client: Client, member: User, accountant: User) -> Door:
    """Both of them, one after the other."""
    if request.param == "portal":
        return portal_door(kontor_client, member)
    return admin_door(kontor_client, accountant)
