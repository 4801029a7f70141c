"""Where a file is uploaded: for which client, by whom, and how the pages around it look."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse

from accounts.models import Client, User
from integrations.models import StatementFile
from matching.models import BankAccount


class Render(Protocol):
    """Puts a part into the page of the admin or of the portal."""

    def __call__(
        self, request: HttpRequest, part: str, title: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        """Answer with the page."""


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of the pages."""

    upload: str
    coverage: str
    question: Callable[[str, StatementFile], str]
    account: Callable[[BankAccount], str] = field(default=lambda _account: "")


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at one client."""

    client: Client
    user: User
    links: Links
    render: Render
