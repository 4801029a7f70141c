"""Every word of the packages we stand on has German, in one form of address, and stays English in English."""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import django
import django_q
import polib
import pytest
import unfold
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import translation
from django.views.i18n import JavaScriptCatalog

from config.translations import BASE_DIR, IGNORED, OWN_CATALOGUE, compile_catalogues, problems

THEME = BASE_DIR / "locale" / "theme"
DJANGO = Path(django.__file__).parent
UNFOLD = Path(unfold.__file__).parent
QUEUE = Path(django_q.__file__).parent
DJANGO_PARTS = ("conf", "contrib/admin", "contrib/auth", "contrib/contenttypes", "contrib/sessions")
UNFOLD_PARTS = ("filters", "forms")

# Words that are the same in German; anything else that equals its source was forgotten.
SAME_IN_GERMAN = {"Cluster", "Code", "Hook", "Link", "Name", "System"}

GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
TRANSLATE = re.compile(r"""\{%\s*trans(?:late)?\s+(["'])(.+?)\1|\b_\((["'])(.+?)\3\)""")
BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b(.*?)%\}(.*?)(?:\{%\s*plural\s*%\}.*?)?\{%\s*endblocktrans(?:late)?\s*%\}", re.S
)


def texts_of_template(source: str) -> Iterator[str]:
    for _quote, tag, _other, call in TRANSLATE.findall(source):
        yield tag or call
    for options, body in BLOCK.findall(source):
        text = re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", body)
        yield " ".join(line.strip() for line in text.strip().splitlines()) if "trimmed" in options else text


def gettext_calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in GETTEXT:
                yield node


def texts_of_package(package: Path) -> set[str]:
    texts: set[str] = set()
    for path in package.rglob("*"):
        parts = path.relative_to(package).parts
        if "tests" in parts or (parts[0] == "contrib" and len(parts) > 2 and parts[1] not in UNFOLD_PARTS):
            continue
        if path.suffix == ".html":
            texts.update(texts_of_template(path.read_text(encoding="utf-8")))
        elif path.suffix == ".py":
            for call in gettext_calls(ast.parse(path.read_text(encoding="utf-8"))):
                if call.args and isinstance(call.args[0], ast.Constant):
                    texts.add(str(call.args[0].value))
    return texts


def german_of(path: Path) -> dict[str, str]:
    """The translated entries of a catalogue: source text to German, all plural forms in one."""
    return {
        entry.msgid: entry.msgstr or " ".join(entry.msgstr_plural.values())
        for entry in polib.pofile(str(path))
        if entry.translated()
    }


def german(domain: str = "django") -> dict[str, str]:
    """What a person meets in German, before our own texts: later catalogues win, as Django merges them."""
    folders = [DJANGO / part / "locale" for part in DJANGO_PARTS] + [QUEUE / "locale", THEME]
    merged: dict[str, str] = {}
    for folder in folders:
        path = folder / "de" / "LC_MESSAGES" / f"{domain}.po"
        if path.exists():
            merged |= german_of(path)
    return merged


@pytest.mark.parametrize(("package", "at_least"), [(UNFOLD, 120), (QUEUE, 100)], ids=["unfold", "django_q"])
def test_every_text_of_the_package_has_german(package: Path, at_least: int) -> None:
    texts = texts_of_package(package)
    assert len(texts) > at_least  # the search itself still finds them
    assert sorted(texts - german().keys()) == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_text_of_django_has_german(domain: str) -> None:
    translated = german(domain).keys()
    for part in DJANGO_PARTS:
        path = DJANGO / part / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"
        if path.exists():
            wanted = {entry.msgid for entry in polib.pofile(str(path)) if not entry.obsolete}
            assert sorted(wanted - translated) == []


def test_catalogues_of_the_packages_have_no_problem() -> None:
    assert [line for line in problems(BASE_DIR) if line.startswith("locale/theme/")] == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_german_is_not_the_source_text(domain: str) -> None:
    ours = german_of(THEME / "de" / "LC_MESSAGES" / f"{domain}.po")
    assert {text for text, word in ours.items() if text == word} <= SAME_IN_GERMAN


@pytest.mark.parametrize("domain", ["django", "djangojs", "own"])
def test_everybody_is_addressed_formally(domain: str) -> None:
    informal = re.compile(r"\b(du|dein(e[mnrs]?)?|dir|dich|musst|kannst|hast|bist)\b", re.IGNORECASE)
    words = german_of(BASE_DIR / OWN_CATALOGUE) if domain == "own" else german(domain)
    assert {text for text, word in words.items() if informal.search(word)} == set()


@pytest.fixture
def compiled(tmp_path: Path) -> Iterator[None]:
    """Django reading the theme's catalogues from a compiled copy."""
    shutil.copytree(THEME, tmp_path / "locale", ignore=shutil.ignore_patterns("*.mo"))
    compile_catalogues(tmp_path)
    with override_settings(LOCALE_PATHS=[tmp_path / "locale"], LANGUAGE_CODE="de"):
        yield


@pytest.mark.usefixtures("compiled")
def test_django_speaks_our_german_and_leaves_english_alone() -> None:
    with translation.override("de"):
        assert translation.gettext("Type to search") == "Suchbegriff eingeben"
        assert translation.gettext("Your password was changed.") == "Ihr Passwort wurde geändert."
        assert translation.gettext("Save") == "Sichern"
    with translation.override("en"):
        assert translation.gettext("Type to search") == "Type to search"


@pytest.mark.usefixtures("compiled")
def test_scripts_of_the_admin_speak_our_german() -> None:
    with translation.override("de"):
        answer = JavaScriptCatalog.as_view(packages=["django.contrib.admin"])(RequestFactory().get("/"))
    assert isinstance(answer, HttpResponse)
    assert "Sie haben Felder ge\\u00e4ndert" in answer.content.decode()


def test_no_text_hides_in_an_f_string() -> None:
    """Not every GNU gettext looks into f-strings: such a text would never be collected."""
    hidden = [
        f"{path.relative_to(BASE_DIR)}:{node.lineno}"
        for path in BASE_DIR.glob("*/**/*.py")
        if not set(IGNORED) & set(path.relative_to(BASE_DIR).parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr) and any(True for _ in gettext_calls(node))
    ]
    assert hidden == []
