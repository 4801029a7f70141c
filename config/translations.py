"""Translations: compile them, find what is missing in them, collect new texts.

Compiling and inspecting need nothing but polib. Finding the texts of the sources is left to Django's
``makemessages``, which calls GNU gettext. Run as ``python -m config.translations compile|check|collect``.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import polib

BASE_DIR = Path(__file__).resolve().parent.parent
OWN_CATALOGUE = Path("locale/de/LC_MESSAGES/django.po")
SOURCES = (".html", ".txt", ".py")
IGNORED = (".venv", "var", "tests")

_GETTEXT_TOOLS = ("xgettext", "msguniq", "msgmerge", "msgattrib")
_PERCENT = re.compile(r"%(?:\(\w+\))?[#0+-]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa]")
_BRACE = re.compile(r"\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")
_LINE = re.compile(r"(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s+)?\"(?:[^\"\\]|\\.)*\"")
_HEADER = {
    "Project-Id-Version": "Kontor",
    "Language": "de",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}

Key = tuple[str | None, str, str]


class TranslationError(Exception):
    """The work cannot be done here: a tool is missing, or a catalogue cannot be read. Its text says what to do."""


def compile_catalogues(root: Path) -> list[Path]:
    """Write a .mo beside every .po below root/locale that has none or an older one; return those written.

    Each file appears whole or not at all, so that processes starting together do not read half of one.
    Raises TranslationError for a catalogue that cannot be read, or a folder that cannot be written.
    """
    written = []
    for source in _catalogues(root):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        part = target.with_suffix(f".{os.getpid()}.part")
        content = _read(source, root).to_binary()
        try:
            part.write_bytes(content)
            part.replace(target)
        except OSError as error:
            raise TranslationError(f"{target}: cannot be written: {error.strerror}") from error
        written.append(target)
    return written


def problems(root: Path) -> list[str]:
    """Return one line for everything wrong in the catalogues below root/locale; empty when all is well.

    Found are: unreadable files, texts without translation, fuzzy and obsolete entries, and translations
    whose placeholders (``%(name)s``, ``%s``, ``{name}``, ``{}``) are not those of the source text.
    """
    found = []
    for path in _catalogues(root):
        try:
            catalogue = _read(path, root)
        except TranslationError as error:
            found.append(str(error))
            continue
        forms = _plural_forms(catalogue)
        for entry in catalogue:
            place = f"{path.relative_to(root)}:{entry.linenum}"
            found += [f"{place}: {fault}: {_short(entry.msgid)}" for fault in _faults(entry, forms)]
    return found


def missing_texts(root: Path) -> list[str]:
    """Return one line for every text of the sources that the own German catalogue does not know.

    Works on a temporary copy of the files git knows or would add, so that nothing in the checkout changes.
    Raises TranslationError when git or GNU gettext is missing or fails.
    """
    _require_gettext()
    own = root / OWN_CATALOGUE
    known = {_key(entry) for entry in _read(own, root) if not entry.obsolete} if own.exists() else set()
    with tempfile.TemporaryDirectory(prefix="kontor-texts-") as folder:
        copy = Path(folder)
        _copy_sources(root, copy)
        (copy / OWN_CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
        if own.exists():
            shutil.copy(own, copy / OWN_CATALOGUE)
        _makemessages(copy, "--keep-pot")
        template = copy / "locale/django.pot"
        wanted = list(_read(template, copy)) if template.exists() else []
    return [f"{OWN_CATALOGUE}: not collected: {_short(entry.msgid)}" for entry in wanted if _key(entry) not in known]


def collect(root: Path) -> Path:
    """Bring the own German catalogue up to date with the texts of the sources; return its path.

    New texts are added without translation, similar ones marked fuzzy, unused ones dropped. The header says
    nothing about people or dates, so that collecting twice changes nothing.
    """
    _require_gettext()
    path = root / OWN_CATALOGUE
    path.parent.mkdir(parents=True, exist_ok=True)
    _makemessages(root)
    if not path.exists():
        raise TranslationError(f"{OWN_CATALOGUE}: no text marked for translation was found in {root}")
    catalogue = _read(path, root)
    catalogue.header = ""
    catalogue.metadata = dict(_HEADER)
    catalogue.metadata_is_fuzzy = False
    catalogue.save(str(path))
    return path


def main(arguments: Sequence[str] | None = None, root: Path = BASE_DIR) -> int:
    """Run one of the commands; return the exit code: 0 all is well, 1 something is not, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m config.translations", description="Look after translations.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="compile|check|collect")
    commands.add_parser("compile", help="write the .mo files that are missing or old")
    commands.add_parser("check", help="say what is missing, fuzzy, obsolete or broken")
    commands.add_parser("collect", help=f"bring new texts into {OWN_CATALOGUE} (needs GNU gettext)")
    try:
        command = parser.parse_args(arguments).command
    except SystemExit as stop:  # argparse has said what was wrong, or printed the help
        return int(stop.code or 0)
    try:
        if command == "check":
            return _check(root)
        done = [collect(root)] if command == "collect" else compile_catalogues(root)
    except TranslationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    verb = "collected into" if command == "collect" else "compiled"
    for path in done:
        sys.stdout.write(f"{verb} {path.relative_to(root)}\n")
    if not done:
        sys.stdout.write("all catalogues are compiled\n")
    return 0


def _check(root: Path) -> int:
    lines = problems(root)
    try:
        lines += missing_texts(root)
    except TranslationError as error:
        lines += [str(error)] if str(error) not in lines else []
    for line in lines:
        sys.stdout.write(f"{line}\n")
    counted = f"problems: {len(lines)}" if lines else f"catalogues: {len(_catalogues(root))}, all complete"
    sys.stdout.write(f"{counted}\n")
    return 1 if lines else 0


def _catalogues(root: Path) -> list[Path]:
    return sorted((root / "locale").rglob("*.po"))


def _read(path: Path, root: Path) -> polib.POFile:
    """Parse a catalogue; polib alone would cut a line without its closing quote instead of refusing it."""
    place = path.relative_to(root) if path.is_relative_to(root) else path
    try:
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(map(str.strip, text.split("\n")), start=1):
            if line and not line.startswith("#") and not _LINE.fullmatch(line):
                raise TranslationError(f"{place}:{number}: cannot be read: {_short(line)}")
        return polib.pofile(str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise TranslationError(f"{place}: cannot be read: {str(error).replace(str(path), path.name)}") from error


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line[:69]}…”" if len(line) > 70 else f"“{line}”"


def _plural_forms(catalogue: polib.POFile) -> int:
    declared = re.search(r"nplurals\s*=\s*(\d+)", catalogue.metadata.get("Plural-Forms", ""))
    return int(declared[1]) if declared else 2


def _faults(entry: polib.POEntry, forms: int) -> list[str]:
    if entry.obsolete:
        return ["obsolete"]
    faults = ["fuzzy"] if entry.fuzzy else []
    texts = [entry.msgstr_plural.get(number, "") for number in range(forms)] if entry.msgid_plural else [entry.msgstr]
    if not all(texts):
        return [*faults, "not translated"]
    return faults + [fault for number, text in enumerate(texts) if (fault := _mismatch(entry, number, text))]


def _mismatch(entry: polib.POEntry, number: int, text: str) -> str:
    """Say how the placeholders of one translated form differ from the source text's, or nothing."""
    percent = "python-format" in entry.flags or "%(" in entry.msgid or "%%" in entry.msgid
    wanted = _placeholders(entry.msgid_plural or entry.msgid, percent)
    given = _placeholders(text, percent)
    # The form for exactly one may say it in words ("one voucher"); every other form needs the number.
    lost = set() if entry.msgid_plural and number == 0 else wanted - given
    extra = given - wanted - _placeholders(entry.msgid, percent)
    if lost or extra:
        parts = [f"without {_listed(lost)}"] * bool(lost) + [f"with unknown {_listed(extra)}"] * bool(extra)
        return f"placeholders differ, translation {' and '.join(parts)}"
    if percent and "%" in _PERCENT.sub("", text.replace("%%", "")):
        return "a single % in the translation must be written %%"
    return ""


def _placeholders(text: str, percent: bool) -> set[str]:
    """Return the placeholders of a text; those without a name carry their position, since order matters."""
    found = set()
    position = 0
    matches = _PERCENT.findall(text.replace("%%", "")) if percent else []
    braces = [match[0] for match in _BRACE.finditer(text)]
    for placeholder in matches + braces:
        if placeholder.startswith(("%(", "{")) and not placeholder.startswith(("{}", "{:", "{!")):
            found.add(placeholder)
        else:
            position += 1
            found.add(f"{placeholder} (no. {position})")
    return found


def _listed(placeholders: set[str]) -> str:
    return ", ".join(sorted(placeholders))


def _require_gettext() -> None:
    absent = [tool for tool in _GETTEXT_TOOLS if shutil.which(tool) is None]
    if absent:
        raise TranslationError(
            f"GNU gettext is missing ({', '.join(absent)}): install it, on Debian with apt-get install gettext"
        )


def _copy_sources(root: Path, target: Path) -> None:
    """Copy the files that may hold texts: those git knows, and new ones it does not ignore."""
    git = shutil.which("git")
    if git is None:
        raise TranslationError("git is missing: it says which files belong to the project")
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = _run(command, root)
    for name in filter(None, listing.split("\0")):
        source = root / name
        if name.endswith(SOURCES) and not set(IGNORED) & set(Path(name).parts) and source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)


def _makemessages(folder: Path, *options: str) -> None:
    command = [sys.executable, "-m", "django", "makemessages", "-l", "de", "--no-obsolete", "--no-location"]
    for ending in SOURCES:
        command += ["-e", ending.removeprefix(".")]
    for name in IGNORED:
        command += ["-i", name]
    _run([*command, *options], folder)


def _run(command: list[str], folder: Path) -> str:
    """Run a tool in a folder, free of our settings, and return what it printed."""
    # With settings, makemessages would take LOCALE_PATHS of the checkout instead of the folder's.
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)  # noqa: S603
    if result.returncode:
        last = (result.stderr or result.stdout).strip().splitlines()[-1:] or ["no message"]
        raise TranslationError(f"{Path(command[0]).name} {command[1]} failed: {last[0]}")
    return result.stdout


if __name__ == "__main__":
    sys.exit(main())
