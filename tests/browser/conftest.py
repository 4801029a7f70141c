"""A real browser for tests: Debian's Chromium, one context per person, language, size and theme."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from accounts.models import User

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PHONE = (390, 844)
DESKTOP = (1440, 900)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this test run."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    # Playwright keeps an event loop in the thread of the tests; Django would refuse its database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page with everything that went wrong on it."""

    page: Page
    base: str
    errors: list[str] = field(default_factory=list)

    def open(self, path: str) -> Any:
        """Go to a path of the live server; returns the answer."""
        return self.page.goto(self.base + path)

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def session_cookie(user: User) -> str:
    """Log a person in without the form; returns the session's key."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Visit]]:
    """``visit(user, size=PHONE, dark=False, language="de")`` gives a page of a logged-in person (or nobody)."""
    contexts: list[BrowserContext] = []

    def open_for(
        user: User | None = None, *, size: tuple[int, int] = DESKTOP, dark: bool = False, language: str = "de",
        scripts: bool = True,
    ) -> Visit:  # fmt: skip
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            locale="de-DE" if language == "de" else "en-GB",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        cookies = [{"name": django_settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}]
        if user is not None:
            key = session_cookie(user)
            cookies.append({"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url})
        context.add_cookies(cookies)  # type: ignore[arg-type]
        made = Visit(context.new_page(), live_server.url)

        def note(message: ConsoleMessage) -> None:
            if message.type == "error":
                made.errors.append(f"{made.page.url}: {message.text}")

        made.page.on("console", note)
        made.page.on("pageerror", lambda error: made.errors.append(f"{made.page.url}: {error}"))
        return made

    yield open_for
    for context in contexts:
        context.close()
