"""A window on the client's pages that holds each of them to what holds for all."""

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.conftest import DESKTOP, PHONE, Visit

SHOTS = Path(os.environ.get("KONTOR_SHOTS", "var/screenshots/portal"))
SIZES = {390: PHONE, 1440: DESKTOP}
LOOKS = list(itertools.product(SIZES, ("light", "dark"), ("de", "en")))
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": WCAG}}


@dataclass
class Window:
    """A visit that knows its look, keeps pictures, and holds every page to what holds for all of them."""

    visit: Visit
    look_name: str
    foreign: list[str] = field(default_factory=list)

    @property
    def page(self) -> Page:
        return self.visit.page

    @property
    def errors(self) -> list[str]:
        return self.visit.errors + self.foreign

    def go(self, path: str) -> Page:
        self.visit.open(path)
        return self.page

    def look(self, name: str, *, rules: bool = True) -> None:
        """Take a picture; no sideways scroll, no error, no violation of WCAG 2.2 AA."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}-{self.look_name}.png", full_page=True, animations="disabled")
        assert self.visit.sideways() <= 0, f"{name} scrolls sideways"
        if rules and self.look_name.endswith("-en"):  # the same elements in German
            found = Axe().run(self.page, options=RULES).response
            places = [(item["id"], [node["html"][:160] for node in item["nodes"]]) for item in found["violations"]]
            assert found["passes"], "the rules were not looked at"
            assert places == [], f"{name}: {places}"
        assert self.errors == [], f"{name}: {self.errors}"


Open = Callable[..., Window]


@pytest.fixture
def window(visit: Callable[..., Visit]) -> Open:
    """``window(user, width=390, theme="dark", language="de", script=True)``; user None: not logged in."""

    def open_window(
        user: User | None = None, *, width: int = 390, theme: str = "light", language: str = "de", script: bool = True
    ) -> Window:
        made = visit(user, size=SIZES[width], dark=theme == "dark", language=language, scripts=script)
        opened = Window(made, f"{width}-{theme}-{language}")
        host = urlsplit(made.base).netloc

        def note(request: Any) -> None:
            if urlsplit(request.url).scheme.startswith("http") and urlsplit(request.url).netloc != host:
                opened.foreign.append(f"asks another host: {request.url}")

        made.page.on("request", note)
        return opened

    return open_window
