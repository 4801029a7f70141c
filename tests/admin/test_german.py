"""What the theme and Django would leave in English for a German reader."""

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def german() -> Browser:
    """An administrator who reads German."""
    browser = Browser(headers={"accept-language": "de"})
    browser.force_login(User.objects.create_superuser(email="chefin@kanzlei.example", password="x"))
    return browser


def test_groups_and_what_they_may_do(german: Browser) -> None:
    group = Group.objects.get(name="Accountant")
    page = german.get(f"/admin/auth/group/{group.pk}/change/").content.decode()
    assert "Belege: ändern, ansehen" in page
    assert not re.search(r"Accountant|Can (view|add|change)", page)
    for path in ("/admin/auth/group/", "/admin/accounts/user/"):
        page = german.get(path).content.decode()
        assert "Sachbearbeitung" in page
        assert "Accountant" not in page


def test_the_search_in_the_filter_by_client_gets_its_words(german: Browser) -> None:
    page = german.get("/admin/vouchers/voucher/").content.decode()
    scripts = re.findall(r'<script src="[^"]*/([\w.]+\.js)"', page)
    words = scripts.index("de.js")
    assert scripts.index("select2.full.js") < words < scripts.index("jquery.init.js")


def test_the_language_can_be_changed_from_every_page(german: Browser) -> None:
    page = german.get("/admin/").content.decode()
    assert re.search(r'name="language"[^>]*value="en"', page)
    german.post("/language/setlang/", {"language": "en", "next": "/admin/"})
    assert "Waits for a decision" in german.get("/admin/").content.decode()
