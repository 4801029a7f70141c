"""The inbox: a folder for each client, from which bank files are imported by the clock.

``<inbox>/<client number>/<file>`` goes to ``done/`` beside it, or to ``refused/`` with a text that says why. A file is
moved only when its import is written, and an import may be repeated: whatever dies between is made up for next time.
"""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Client
from integrations.services.statements import StatementImport, import_file, problem_words, too_large, unreadable
from integrations.statements.source import MAX_FILE

logger = logging.getLogger(__name__)

STABLE_SECONDS: Final = 30
"""A file that was written to more recently may be half of one."""
UNFINISHED: Final = (".part", ".partial", ".filepart", ".tmp", ".crdownload", ".download", ".txt")
DONE, REFUSED = "done", "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one file of the inbox; ``moved_to`` is where it lies now.

    ``refused``: something of it was not taken over.
    """

    client: str
    result: StatementImport
    moved_to: Path
    refused: bool


def import_inbox(*, stable_seconds: float = STABLE_SECONDS) -> Iterator[Taken]:
    """Import what lies in the inbox, file after file; nothing where there is none or somebody else is at it."""
    folder = settings.INBOX_DIR
    if folder is None or not folder.is_dir():
        return
    with _alone(folder) as alone:
        if not alone:
            return
        for client_folder in sorted(path for path in folder.iterdir() if _is_folder(path)):
            client = Client.objects.filter(number=client_folder.name).first()
            for file in _waiting(client_folder, stable_seconds):
                yield _take(client, client_folder, file)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else works on the inbox, on this machine or another one; a process that dies lets go."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink() and not path.name.startswith(".")


def _waiting(folder: Path, stable_seconds: float) -> list[Path]:
    """The files that are complete, oldest first."""
    found = []
    for path in folder.iterdir():
        if path.is_symlink() or not path.is_file() or path.name.startswith(".") or path.suffix.lower() in UNFINISHED:
            continue
        changed = path.stat().st_mtime
        if time.time() - changed >= stable_seconds:
            found.append((changed, path))
    return [path for _, path in sorted(found)]


def _take(client: Client | None, folder: Path, file: Path) -> Taken:
    result = _import(client, file) if client is not None else StatementImport(file.name, "unknown", (), 0, 0, 0)
    refused = client is None or bool(result.errors)
    moved_to = _move(file, folder / (REFUSED if refused else DONE))
    if refused:
        with translation.override(settings.LANGUAGE_CODE):
            words = _reasons(result) if client is not None else _no_client(folder.name)
        moved_to.with_name(f"{moved_to.name}.txt").write_text(words, encoding="utf-8")
    logger.info("Inbox: client %s, %d new transactions, refused: %s", folder.name, result.new, refused)
    return Taken(folder.name, result, moved_to, refused)


def _import(client: Client, file: Path) -> StatementImport:
    try:
        if file.stat().st_size > MAX_FILE:
            return too_large(file.name)
        return import_file(client, file.name, file.read_bytes())
    except OSError as error:
        return unreadable(file.name, error)


def _move(file: Path, folder: Path) -> Path:
    """Move a file, beside an older one of the same name if there is one."""
    folder.mkdir(exist_ok=True)
    target, number = folder / file.name, 1
    while target.exists():
        number += 1
        target = folder / f"{file.stem} ({number}){file.suffix}"
    return file.rename(target)


def _no_client(number: str) -> str:
    words = _("There is no client with the number %(number)s. Name the folder by the client's number in Kontor.")
    return words % {"number": number} + "\n"


def _reasons(result: StatementImport) -> str:
    words = _("%(count)d transactions were read, %(new)d of them are new. This was not taken over:")
    lines = [words % {"count": result.transactions, "new": result.new}]
    lines += [": ".join(problem_words(problem)) for problem in result.errors]
    if result.needs_account:
        lines.append(_("Upload the file in Kontor: there you can choose the account."))
    return "\n".join(lines) + "\n"
