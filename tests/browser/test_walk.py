"""Every page, as everybody, in every size, theme and language: no error, no sideways scroll. Keeps the screenshots."""

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from accounts.models import User
from sandbox.server import start
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.world import World, build, member_of

SHOTS = Path(__file__).resolve().parent.parent.parent / "var" / "screenshots"
TODAY = date(2026, 3, 12)
# One page of each kind is enough; what is downloaded is no page.
ONCE = re.compile(r"/\d+(?=/|$)")
NOT_PAGES = re.compile(r"^/(static|media|language|logout|admin/jsi18n|admin/files|admin/autocomplete|admin/logout)")


def kind_of(path: str) -> str:
    return ONCE.sub("/N", path)


def links(visit: Visit) -> list[str]:
    found = visit.page.eval_on_selector_all(
        "a[href]", "all => all.map(a => new URL(a.getAttribute('href'), location).href)"
    )
    inside = [urlsplit(link) for link in found if link.startswith(visit.base)]
    return sorted({link.path for link in inside if not NOT_PAGES.match(link.path)})


def crawl(visit: Visit, start_at: str) -> list[str]:
    """One path of each kind of page that links lead to."""
    seen: dict[str, str] = {}
    waiting = [start_at]
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in seen:
            continue
        answer = visit.open(path)
        assert answer.status == 200, f"{path}: {answer.status}"
        where = urlsplit(visit.page.url).path
        seen[kind_of(path)] = seen[kind_of(where)] = where
        waiting += links(visit)
    return sorted(set(seen.values()))


def name_of(role: str, path: str) -> str:
    return f"{role}{kind_of(path).replace('/', '-').rstrip('-')}"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_page_in_every_form(visit: Callable[..., Visit], settings: object):
    sandbox = start(port=0, world="demo", time_scale=500, today=TODAY)
    try:
        settings.LEXWARE_API_URL = sandbox.url
        settings.LEXWARE_TIME_SCALE = 500
        world = build(sandbox, TODAY)
    finally:
        sandbox.stop()
    problems = walk(visit, world)
    assert problems == []


def walk(visit: Callable[..., Visit], world: World) -> list[str]:
    people: dict[str, tuple[User | None, str]] = {
        "nobody": (None, "/login/"),
        "admin": (world.staff["admin"], "/admin/"),
        "accountant": (world.staff["bernd"], "/admin/"),
        "support": (world.staff["svenja"], "/admin/"),
        "active": (member_of(world.clients[1]), "/"),
        "none": (member_of(world.clients[2]), "/"),
        "activate": (member_of(world.clients[3]), "/"),
        "failed": (member_of(world.clients[4]), "/"),
    }
    only = os.environ.get("WALK_ONLY", "").split(",") if os.environ.get("WALK_ONLY") else list(people)
    problems: list[str] = []
    for role in only:
        user, start_at = people[role]
        scout = visit(user)
        paths = crawl(scout, start_at)
        problems += scout.errors
        # Pages of the accountant that the admin has walked in every form already are walked once.
        forms = [
            (size, dark, language)
            for size in (PHONE, DESKTOP)
            for dark in (False, True)
            for language in ("de", "en")
        ]  # fmt: skip
        if role in ("accountant", "support"):
            forms = [(DESKTOP, False, "de"), (PHONE, True, "en")]
        for size, dark, language in forms:
            at = visit(user, size=size, dark=dark, language=language)
            for path in paths:
                form = f"{size[0]}-{'dark' if dark else 'light'}-{language}"
                answer = at.open(path)
                if answer.status != 200:
                    problems.append(f"{role} {path} {form}: {answer.status}")
                if (too_wide := at.sideways()) > 0:
                    problems.append(f"{role} {path} {form}: {too_wide} px too wide")
                if at.page.locator("html").get_attribute("lang") != language:
                    problems.append(f"{role} {path} {form}: wrong language")
                folder = SHOTS / form
                folder.mkdir(parents=True, exist_ok=True)
                at.page.screenshot(path=folder / f"{name_of(role, path)}.png")
            problems += at.errors
            at.page.context.close()
    return problems
