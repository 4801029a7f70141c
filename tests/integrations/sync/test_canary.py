"""A canary: after everything that can be done with an API key, and everything that can go wrong, it is nowhere.

Searched: every column of every table, the queue's packed tasks and results, all logs (of this process and of a real
worker), error pages and the mails that tell administrators of errors, mails, exports, answers of commands, pages, and
every file of the media folder.
"""

import base64
import contextlib
import io
import json
import logging
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.db.models import F
from django.test import Client as Browser
from django.urls import reverse
from django_q.models import Failure, OrmQ, Task
from django_q.tasks import async_task

from accounts.models import Client, User
from integrations.models import CallEntry, Connection, ConnectionSecret, Status, SyncRun
from integrations.services import connections
from integrations.services.sync_queue import enqueue
from matching.export_formats import FORMATS
from matching.exports import SOURCES
from sandbox.signing import public_key_pem
from tests.integrations.sync.conftest import Lexware, fetch
from tests.processes import wait_until, worker_command

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BREAK_OFF = "tests.integrations.sync.canary_tasks.break_off"


class Canary:
    """A key, and every form in which it might show."""

    def __init__(self, key: str) -> None:
        middle = len(key) // 2
        forms = {key, key[:middle], key[middle:], quote(key)}
        self.forms = {form.encode() for form in forms} | {base64.b64encode(key.encode())[:-3]}

    def sings_in(self, what: object) -> bool:
        """Whether any form of the key is in a text or bytes."""
        content = what if isinstance(what, bytes) else str(what).encode("utf-8", "replace")
        return any(form in content for form in self.forms)


@pytest.fixture
def records() -> Iterator[list[str]]:
    """Everything that is logged in this process, libraries included, down to the last detail."""
    written: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(self.format(record))

    handler = Keep(logging.DEBUG)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@contextlib.contextmanager
def without_table(name: str) -> Iterator[None]:
    """A defect in the middle of everything: a table is gone."""
    with database.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO hidden_for_a_while")
    try:
        yield
    finally:
        with database.cursor() as cursor:
            cursor.execute(f"ALTER TABLE hidden_for_a_while RENAME TO {name}")


@contextlib.contextmanager
def without_media(media: Path) -> Iterator[None]:
    """A defect of the machine: files cannot be written."""
    (media / "files").rename(media / "kept") if (media / "files").exists() else (media / "kept").mkdir()
    (media / "files").write_text("in the way")
    try:
        yield
    finally:
        (media / "files").unlink()
        (media / "kept").rename(media / "files")


def rows_with(canary: Canary) -> list[str]:
    """The columns in which the key shows, the queue's packed ones unpacked."""
    found = []
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {database.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    content = bytes(value) if isinstance(value, memoryview) else value
                    if value is not None and canary.sings_in(content):
                        found.append(f"{table}.{column}")
    found += ["queue" for waiting in OrmQ.objects.all() if canary.sings_in(waiting.task)]
    found += ["results" for done in Task.objects.all() if canary.sings_in((done.args, done.kwargs, done.result))]
    return found


def command(*arguments: str) -> str:
    """What a command answers, or says of its failure."""
    answer = io.StringIO()
    with contextlib.suppress(CommandError, SystemExit):
        call_command(*arguments, stdout=answer, stderr=answer)
    return answer.getvalue()


def every_fault(small: Lexware, key: str) -> Iterator[None]:
    """Each way in which a service goes wrong, most of them with the key in the answer."""
    echo = f"'{key}' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer {key}'."
    for status in (400, 401, 402, 403, 404, 406, 409, 429, 500, 503, 504):
        small.fault("status", status=status, message=echo, count=None)
        yield
        small.no_faults()
    for kind in ("html", "reset", "truncated", "timeout_after_performing", "rate_limit_as_500"):
        small.fault(kind, message=echo, count=None)
        yield
        small.no_faults()


def test_the_key_is_nowhere(
    small: Lexware, kontor_client: Client, member: User, records: list[str], settings: Any, tmp_path: Path, media: Path
) -> None:
    settings.ADMINS = [("Operator", "operator@kanzlei.example")]
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = public_key_pem()
    key = small.key
    canary = Canary(key)
    shown: dict[str, object] = {}
    browser = Browser(raise_request_exception=False)
    browser.force_login(member)
    staff = Browser(raise_request_exception=False)
    staff.force_login(User.objects.create_superuser("root@kanzlei.example", "correct horse battery"))
    number = kontor_client.number
    form = reverse("portal:key", args=[number, "lexware"])

    def type_in(api_key: str, name: str) -> None:
        fields = {"api_key": api_key, "expires_on": "", "ends": "", "key_expires_on": "2028-11-20"}
        shown[f"form {name}"] = browser.post(form, fields).content

    # Refused in every way, then taken.
    for number_of, _ in enumerate(every_fault(small, key)):
        type_in(key, f"fault {number_of}")
    type_in(f" {key}\n{key}", "twice")
    type_in(key[:-4], "cut off")
    connection = Connection.objects.get()
    connection.events.update(at=F("at") - timedelta(minutes=1))  # refused keys are remembered for a minute
    type_in(key, "good")
    connection.refresh_from_db()
    assert connection.status == Status.ACTIVE, shown["form good"]
    assert ConnectionSecret.objects.get().api_key == key

    # Pages that break in the middle of it, for the visitor, for a developer, and for the administrators' mail.
    for debug in (False, True):
        settings.DEBUG = debug
        for table in ("integrations_ratebudget", "integrations_connectionevent", "integrations_connectionsecret"):
            with without_table(table):
                answer = browser.post(form, {"api_key": key, "key_expires_on": "2028-11-20"})
                shown[f"error page {debug} {table}"] = answer.content
                assert answer.status_code == 500
    settings.DEBUG = False
    assert any("operator@kanzlei.example" in message.to for message in mail.outbox)

    # Fetches through every fault, one that breaks off in our own code, tasks that fail, in a real worker.
    environment = {
        "LEXWARE_TIME_SCALE": str(settings.LEXWARE_TIME_SCALE),
        "LOG_LEVEL": "DEBUG",
        "EMAIL_URL": f"filemail://{tmp_path / 'mail'}",
        "DEBUG": "on",
    }
    with worker_command(tmp_path, **environment) as worker:
        worker.wait_for_workers()
        async_task(BREAK_OFF, connection.pk)
        for _ in every_fault(small, key):
            connections.get_or_create(kontor_client)
            Connection.objects.filter(pk=connection.pk).update(status=Status.ACTIVE, reason="", doubted_at=None)
            run = enqueue(connection, SyncRun.Trigger.MANUAL, full=True)
            wait_until(SyncRun.objects.filter(pk=run.pk, state__in=["done", "failed"]).exists, worker)
        wait_until(lambda: Failure.objects.exists() and not OrmQ.objects.exists(), worker)
        assert worker.stop() == 0
        shown["log of the worker"] = worker.text
    assert CallEntry.objects.filter(status=403).exists()
    assert "break_off" in Failure.objects.get().result

    Connection.objects.filter(pk=connection.pk).update(status=Status.ACTIVE, reason="", doubted_at=None)
    small.add(type="purchaseinvoice", number="NEW", total="17.00", date="2026-03-01", paid_on="2026-03-02")
    with without_media(media):
        assert fetch(connection, full=True).error == "internal"
    assert fetch(connection, full=True).state == SyncRun.State.DONE

    # People who paste it where it does not belong.
    shown["support"] = browser.post(
        reverse("portal:ask", args=[number]),
        {"message": f"My key {key} does not work. Bearer {key}!", "connection": connection.pk},
    ).content
    content = json.dumps({"organizationId": key, "eventType": key, "resourceId": key, "eventDate": key}).encode()
    shown["webhook"] = browser.post("/hooks/lexware/", content, content_type="application/json").content
    shown["unknown page"] = browser.get(f"/portal/{number}/nowhere/").content

    # What people and scripts see afterwards.
    for name in ("company", "support"):
        shown[name] = browser.get(reverse(f"portal:{name}", args=[number])).content
    for name in ("key", "history", "left_out", "progress"):
        shown[name] = browser.get(reverse(f"portal:{name}", args=[number, "lexware"])).content
    for model in ("connection", "syncrun", "supportrequest"):
        shown[f"list of {model}"] = staff.get(reverse(f"admin:integrations_{model}_changelist")).content
    shown["connection in the admin"] = staff.get(
        reverse("admin:integrations_connection_change", args=[connection.pk])
    ).content
    shown["status"] = command("connection_status", number, "--json")
    shown["refused"] = command("connect_lexware", number, "--key-file", str(tmp_path / "missing"), "--json")
    for kind in SOURCES:
        for file_format in FORMATS:
            target = tmp_path / f"export-{kind}.{file_format}"
            command("export", number, kind, "--format", file_format, "-o", str(target))
            shown[target.name] = unzipped(target)

    assert [name for name, content in shown.items() if canary.sings_in(content)] == []
    assert rows_with(canary) == []
    assert [line for line in records if canary.sings_in(line)] == []
    letters = [message.message().as_bytes() + repr(vars(message)).encode() for message in mail.outbox]
    assert len(letters) >= 4
    assert [letter for letter in letters if canary.sings_in(letter)] == []
    assert [path for path in files(media, tmp_path) if canary.sings_in(path.read_bytes())] == []
    assert not LogEntry.objects.filter(change_message__contains=key).exists()


def unzipped(path: Path) -> bytes:
    """The bytes of a file; of one that is packed, those of its parts."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as parts:
        return b"\n".join(parts.read(name) for name in parts.namelist())


def files(*folders: Path) -> list[Path]:
    """Every file below some folders."""
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_the_search_finds_what_is_there(small: Lexware, kontor_client: Client, tmp_path: Path) -> None:
    canary = Canary(small.key)
    assert rows_with(canary) == []
    kontor_client.name = f"a {small.key[:30]}"
    kontor_client.save()
    async_task("matching.tasks.match_client", small.key)
    assert {"accounts_client.name", "queue"} <= set(rows_with(canary))
    assert canary.sings_in(f"Bearer {small.key}")
