"""Compiling, inspecting and collecting catalogues in small projects made for the purpose."""

import gettext
import os
import shutil
import subprocess
from pathlib import Path

import polib
import pytest

from config import translations

HEADER = """msgid ""
msgstr ""
"Language: de\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
GOOD = 'msgid "Voucher"\nmsgstr "Beleg"\n'

needs_gettext = pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed")


def write_catalogue(root: Path, *entries: str, name: str = "locale/de/LC_MESSAGES/django.po") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + "\n".join(entries), encoding="utf-8")
    return path


def make_project(root: Path, **texts: str) -> None:
    """A checkout with one file for each keyword: the text to translate, in a Python file."""
    git = shutil.which("git") or "git"
    subprocess.run([git, "init", "-q", str(root)], check=True)
    for name, text in texts.items():
        folder = root / name
        folder.mkdir()
        (folder / "words.py").write_text(
            f"from django.utils.translation import gettext as _\n\nWORD = _({text!r})\n", encoding="utf-8"
        )


def test_compile_makes_a_catalogue_gettext_can_read(tmp_path: Path) -> None:
    write_catalogue(tmp_path, GOOD)
    (written,) = translations.compile_catalogues(tmp_path)
    with written.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Voucher") == "Beleg"


def test_compile_takes_every_catalogue_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_catalogue(tmp_path, GOOD)
    write_catalogue(tmp_path, GOOD, name="locale/theme/de/LC_MESSAGES/djangojs.po")
    assert len(translations.compile_catalogues(tmp_path)) == 2
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {"django.po", "django.mo", "djangojs.po", "djangojs.mo"}


def test_compile_again_writes_nothing(tmp_path: Path) -> None:
    write_catalogue(tmp_path, GOOD)
    translations.compile_catalogues(tmp_path)
    assert translations.compile_catalogues(tmp_path) == []


def test_compile_again_after_a_change(tmp_path: Path) -> None:
    source = write_catalogue(tmp_path, GOOD)
    (written,) = translations.compile_catalogues(tmp_path)
    later = written.stat().st_mtime_ns + 1
    os.utime(source, ns=(later, later))
    assert translations.compile_catalogues(tmp_path) == [written]


def test_compile_leaves_out_fuzzy_entries(tmp_path: Path) -> None:
    write_catalogue(tmp_path, '#, fuzzy\nmsgid "Voucher"\nmsgstr "Gutschein"\n')
    (written,) = translations.compile_catalogues(tmp_path)
    assert not list(polib.mofile(str(written)))


def test_compile_names_a_broken_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "locale/de/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "Voucher\n', encoding="utf-8")
    with pytest.raises(translations.TranslationError, match=r"^locale/de/LC_MESSAGES/django\.po:1: cannot be read"):
        translations.compile_catalogues(tmp_path)


@pytest.mark.parametrize(
    "entry",
    [
        GOOD,
        '#, python-format\nmsgid "%(n)s of %(all)s"\nmsgstr "von %(all)s sind es %(n)s"\n',
        '#, python-format\nmsgid "%(p)s %% sure"\nmsgstr "zu %(p)s %% sicher"\n',
        'msgid "{name} at {place}"\nmsgstr "{place}: {name}"\n',
        'msgid "Half %"\nmsgstr "Halbe %"\n',
        '#, python-format\nmsgid "%(n)s voucher"\nmsgid_plural "%(n)s vouchers"\n'
        'msgstr[0] "ein Beleg"\nmsgstr[1] "%(n)s Belege"\n',
        '#, python-format\nmsgid "One voucher"\nmsgid_plural "%(n)s vouchers"\n'
        'msgstr[0] "%(n)s Beleg"\nmsgstr[1] "%(n)s Belege"\n',
    ],
)
def test_no_problem(tmp_path: Path, entry: str) -> None:
    write_catalogue(tmp_path, entry)
    assert translations.problems(tmp_path) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Voucher"\nmsgstr ""\n', "not translated"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x"\nmsgstr[1] ""\n', "not translated"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x"\n', "not translated"),
        ('#, fuzzy\nmsgid "Voucher"\nmsgstr "Gutschein"\n', "fuzzy"),
        ('#~ msgid "Voucher"\n#~ msgstr "Beleg"\n', "obsolete"),
        ('msgid "%(name)s left"\nmsgstr "%(nam)s ging"\n', "without %(name)s and with unknown %(nam)s"),
        ('msgid "%(name)s left"\nmsgstr "ging"\n', "without %(name)s"),
        ('msgid "%(n)d left"\nmsgstr "noch %(n)s"\n', "without %(n)d and with unknown %(n)s"),
        ('#, python-format\nmsgid "%s of %d"\nmsgstr "%d von %s"\n', "placeholders differ"),
        ('msgid "Hello {name}"\nmsgstr "Hallo"\n', "without {name}"),
        ('msgid "Hello {}"\nmsgstr "Hallo {} {}"\n', "with unknown {} (no. 2)"),
        ('#, python-format\nmsgid "%(p)s sure"\nmsgstr "%(p)s % sicher"\n', "a single % in the translation"),
        ('msgid "100%% sure"\nmsgstr "100 % sicher"\n', "a single % in the translation"),
        (
            'msgid "%(n)s a"\nmsgid_plural "%(n)s b"\nmsgstr[0] "%(n)s x"\nmsgstr[1] "viele y"\n',
            "without %(n)s",
        ),
    ],
)
def test_problem_is_found_with_its_place(tmp_path: Path, entry: str, fault: str) -> None:
    write_catalogue(tmp_path, GOOD, entry)
    (line,) = translations.problems(tmp_path)
    assert line.startswith("locale/de/LC_MESSAGES/django.po:")
    assert fault in line


def test_unreadable_catalogue_is_a_problem_and_hides_no_other(tmp_path: Path) -> None:
    write_catalogue(tmp_path, 'msgid "Voucher"\nmsgstr ""\n')
    broken = write_catalogue(tmp_path, name="locale/theme/de/LC_MESSAGES/django.po")
    broken.write_text("msgid no quotes\n", encoding="utf-8")
    found = translations.problems(tmp_path)
    assert len(found) == 2
    assert "not translated" in found[0]
    assert "cannot be read" in found[1]


@needs_gettext
def test_check_names_texts_that_were_never_collected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_project(tmp_path, vouchers="Voucher", matching="Proposal", tests="Only a test")
    write_catalogue(tmp_path, GOOD)
    assert translations.main(["check"], tmp_path) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "locale/de/LC_MESSAGES/django.po: not collected: “Proposal”",
        "problems: 1",
    ]
    assert not list(tmp_path.rglob("*.pot"))


@needs_gettext
def test_collect_translate_check_is_complete(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_project(tmp_path, vouchers="Voucher", tests="Only a test")
    template = tmp_path / "templates"
    template.mkdir()
    (template / "page.html").write_text(
        "{% load i18n %}{% blocktranslate with n=1 %}Hello {{ n }}{% endblocktranslate %}", encoding="utf-8"
    )
    assert translations.main(["collect"], tmp_path) == 0
    path = tmp_path / translations.OWN_CATALOGUE
    catalogue = polib.pofile(str(path))
    assert {entry.msgid for entry in catalogue} == {"Voucher", "Hello %(n)s"}
    for entry in catalogue:
        entry.msgstr = {"Voucher": "Beleg", "Hello %(n)s": "Hallo %(n)s"}[entry.msgid]
    catalogue.save(str(path))
    capsys.readouterr()
    assert translations.main(["check"], tmp_path) == 0
    assert capsys.readouterr().out == "catalogues: 1, all complete\n"


@needs_gettext
def test_collect_twice_changes_nothing_and_names_nobody(tmp_path: Path) -> None:
    make_project(tmp_path, vouchers="Voucher")
    path = translations.collect(tmp_path)
    first = path.read_bytes()
    assert translations.collect(tmp_path).read_bytes() == first
    for word in (b"Date", b"Translator", b"AUTHOR", b"fuzzy"):
        assert word not in first


@needs_gettext
def test_collect_keeps_translations_and_drops_unused_texts(tmp_path: Path) -> None:
    make_project(tmp_path, vouchers="Voucher")
    path = write_catalogue(tmp_path, GOOD, 'msgid "Gone for good"\nmsgstr "Weg"\n')
    translations.collect(tmp_path)
    assert [(entry.msgid, entry.msgstr) for entry in polib.pofile(str(path))] == [("Voucher", "Beleg")]


@needs_gettext
def test_check_names_a_broken_catalogue_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_catalogue(tmp_path, 'msgid "Voucher\nmsgstr ""\n')
    assert translations.main(["check"], tmp_path) == 1
    assert capsys.readouterr().out.count("cannot be read") == 1


def test_check_says_when_gettext_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_catalogue(tmp_path, GOOD)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert translations.main(["check"], tmp_path) == 1
    assert "GNU gettext is missing" in capsys.readouterr().out


def test_command_line_compiles_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_catalogue(tmp_path, GOOD)
    assert translations.main(["compile"], tmp_path) == 0
    assert translations.main(["compile"], tmp_path) == 0
    assert capsys.readouterr().out.splitlines() == [
        "compiled locale/de/LC_MESSAGES/django.mo",
        "all catalogues are compiled",
    ]


@pytest.mark.parametrize("arguments", [[], ["translate"], ["compile", "now"]])
def test_wrong_usage(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(arguments, tmp_path) == 2
    assert "usage:" in capsys.readouterr().err


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(["--help"]) == 0
    assert "collect" in capsys.readouterr().out
