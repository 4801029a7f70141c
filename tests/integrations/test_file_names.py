"""Bank files with names of another age: bytes that are no characters today."""

import io
import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import Client
from integrations.models import StatementFile
from tests.integrations.statements.builder import Booking, one

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("command", ["import_statement", "inspect_statement"])
@pytest.mark.parametrize("as_json", [True, False])
def test_a_file_named_in_an_old_encoding_is_read(
    command: str, as_json: bool, kontor_client: Client, tmp_path: Path
) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Kontoausz\xfcge.xml"))
    file.write_bytes(one(Booking()))
    written = io.BytesIO()
    out = io.TextIOWrapper(written, encoding="utf-8")
    client = [kontor_client.number] if command == "import_statement" else []
    call_command(command, *client, str(file), *(["--json"] if as_json else []), stdout=out)
    out.flush()
    answer = written.getvalue().decode()
    assert "Kontoausz?ge.xml" in answer
    if as_json:
        json.loads(answer)
    if client:
        assert StatementFile.objects.get().name == "Kontoausz?ge.xml"
