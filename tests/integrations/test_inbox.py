"""Files in the inbox are imported once they are whole, and moved with words for what was wrong."""

import fcntl
import json
import os
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Client
from integrations.services.inbox import import_inbox
from integrations.tasks import import_inbox as scheduled
from matching.models import Transaction
from tests.integrations.statements.builder import booking, one

pytestmark = pytest.mark.django_db
CONTENT = one(booking("10.00", "Rechnung 1"))


@pytest.fixture
def inbox(tmp_path: Path, settings: Any, kontor_client: Client) -> Path:
    settings.INBOX_DIR = tmp_path
    folder = tmp_path / kontor_client.number
    folder.mkdir()
    return folder


def lay(folder: Path, name: str, content: bytes = CONTENT, age: float = 60) -> Path:
    file = folder / name
    file.write_bytes(content)
    os.utime(file, (time.time() - age, time.time() - age))
    return file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_files_are_imported_and_moved(inbox: Path) -> None:
    lay(inbox, "march.xml")
    scheduled()
    assert names(inbox) == ["done"]
    assert names(inbox / "done") == ["march.xml"]
    assert Transaction.objects.count() == 1
    lay(inbox, "march.xml")
    scheduled()
    assert names(inbox / "done") == ["march (2).xml", "march.xml"]
    assert Transaction.objects.count() == 1


def test_refused_files_say_why_in_the_firms_language(inbox: Path) -> None:
    lay(inbox, "scan.pdf", b"%PDF-1.4 nonsense")
    (taken,) = import_inbox()
    assert taken.refused
    assert names(inbox / "refused") == ["scan.pdf", "scan.pdf.txt"]
    assert "pdf" in (inbox / "refused" / "scan.pdf.txt").read_text()
    assert list(import_inbox()) == []


def test_a_folder_of_no_client(inbox: Path) -> None:
    other = inbox.parent / "4711"
    other.mkdir()
    lay(other, "march.xml")
    (taken,) = import_inbox()
    assert taken.refused
    assert "4711" in (other / "refused" / "march.xml.txt").read_text()
    assert not Transaction.objects.exists()


def test_what_is_not_whole_waits(inbox: Path) -> None:
    lay(inbox, "young.xml", age=0)
    lay(inbox, "march.xml.part")
    lay(inbox, ".hidden")
    (inbox / "link.xml").symlink_to(lay(inbox.parent, "outside.xml"))
    assert list(import_inbox()) == []
    assert names(inbox) == [".hidden", "link.xml", "march.xml.part", "young.xml"]


def test_never_two_at_once(inbox: Path) -> None:
    lay(inbox, "march.xml")
    with (inbox.parent / ".lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert list(import_inbox()) == []
    assert len(list(import_inbox())) == 1


def test_the_command(inbox: Path, settings: Any) -> None:
    lay(inbox, "a.xml")
    lay(inbox, "b.xml", b"hello")
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 2"):
        call_command("import_inbox", "--json", stdout=out)
    files = json.loads(out.getvalue())["files"]
    assert [(file["name"], file["new"], file["refused"]) for file in files] == [("a.xml", 1, False), ("b.xml", 0, True)]
    settings.INBOX_DIR = None
    assert list(import_inbox()) == []
    with pytest.raises(CommandError, match="INBOX_DIR"):
        call_command("import_inbox")
