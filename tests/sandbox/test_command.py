"""``python -m sandbox`` as people and other programs start it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def run(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_announces_itself_in_one_line_and_stops_quietly(number: signal.Signals) -> None:
    process = run("--today", "2026-11-20", "--time-scale", "20", "--world", "demo", "--seed", "3")
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert set(said) == {"url", "control_url", "organizations", "special_keys", "webhook_public_key", "qonto"}
        assert said["url"].startswith("http://127.0.0.1:")
        assert len(said["organizations"]) == 3
        assert set(said["organizations"][0]) == {"name", "key", "organization_id", "about"}
        assert set(said["special_keys"]) == {"expired", "plan_without_api", "permission_missing"}
        load_pem_public_key(said["webhook_public_key"].encode())
        for item in said["organizations"]:
            headers = {"Authorization": f"Bearer {item['key']}"}
            profile = requests.get(f"{said['url']}/v1/profile", headers=headers, timeout=10).json()
            assert (profile["companyName"], profile["organizationId"]) == (item["name"], item["organization_id"])
        started = time.monotonic()
        process.send_signal(number)
        rest, errors = process.communicate(timeout=5)
        assert (process.returncode, rest, errors) == (0, "", "")
        assert time.monotonic() - started < 1
    finally:
        process.kill()
        process.wait()


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = run("--port", str(taken.getsockname()[1]), "--world", "empty")
        out, errors = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "")
    assert errors.count("\n") == 1
    assert "Choose another --port" in errors


@pytest.mark.parametrize(
    "arguments", [["--port", "70000"], ["--today", "soon"], ["--world", "mars"], ["--time-scale", "0"]]
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    process = run(*arguments)
    out, errors = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert "usage:" in errors
