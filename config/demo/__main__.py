"""``python -m config.demo``: sandbox, workers, web server, the demo firm, and the main job done once.

``--once`` works on a fresh database, checks every number against the sandbox's truth, and ends without serving.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import types
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.children import die_with_parent
from config.demo.environment import (
    UnableToStart,
    clear,
    prepare_folder,
    remembered,
    require_free_port,
    settings_for,
    take,
)
from config.demo.processes import Processes
from config.translations import compile_catalogues

BASE_DIR = Path(__file__).resolve().parent.parent.parent
TIME_SCALE = 20


class Stopped(BaseException):
    """Somebody asked us to stop."""


def _stop(signum: int, frame: types.FrameType | None) -> None:
    raise Stopped


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _run(environment: dict[str, str], *command: str) -> None:
    """Run one step to its end; ``UnableToStart`` with the end of its output where it fails."""
    step = subprocess.run(  # noqa: S603
        [sys.executable, *command], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if step.returncode:
        tail = "\n".join((step.stdout + step.stderr).splitlines()[-15:])
        raise UnableToStart(f"'{' '.join(command)}' failed:\n{tail}")


def start_sandbox(processes: Processes, state: dict[str, str]) -> dict[str, object]:
    """Start the sandbox and return the line it prints once it answers."""
    process = processes.start(
        "sandbox", sys.executable, "-m", "sandbox", "--port", "0", "--world", "demo", "--time-scale", str(TIME_SCALE),
        "--today", state["today"], pipe=True,
    )  # fmt: skip
    assert process.stdout is not None  # noqa: S101
    line = process.stdout.readline()
    if not line:
        raise UnableToStart("The sandbox did not start:\n" + processes.log_tail("sandbox"))
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise UnableToStart("The sandbox did not say where it listens.")
    return answer


def wait_for_web(processes: Processes, port: int) -> None:
    """Wait until the web server answers: the sandbox's webhooks are sent there from the first connection on."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if processes.dead() == "web":
            raise UnableToStart(f"The web server ended unexpectedly:\n{processes.log_tail('web')}")
        time.sleep(0.1)


def demo(folder: Path, port: int, *, once: bool) -> int:
    """Bring everything up, do the main job, and serve until stopped. Returns the exit code."""
    began = time.monotonic()
    prepare_folder(folder)
    with take(folder), Processes({}, folder / "logs") as processes:
        if once:
            clear(folder)
        else:
            require_free_port(port)
        state = remembered(folder, datetime.now(UTC).astimezone(ZoneInfo("Europe/Berlin")).date())
        _say("Starting the Lexware Office sandbox …")
        sandbox = start_sandbox(processes, state)
        environment = settings_for(
            folder, state, sandbox_url=str(sandbox["url"]), time_scale=TIME_SCALE, port=port,
            webhook_key="" if once else str(sandbox["webhook_public_key"]),
        )  # fmt: skip
        processes.environment.update(environment)
        (folder / "sandbox.json").write_text(json.dumps(sandbox), encoding="utf-8")
        _say("Preparing the database …")
        compile_catalogues(BASE_DIR)
        _run(environment, "manage.py", "migrate", "--no-input")
        if not once:
            _run(environment, "manage.py", "collectstatic", "--no-input")
        processes.start("worker", sys.executable, "manage.py", "worker")
        if not once:
            processes.start(
                "web", sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}",
                "--workers", "2", "--threads", "4", "--no-control-socket",
            )  # fmt: skip
            wait_for_web(processes, port)
        _say("The demo firm does its morning's work …\n")
        firm = processes.start(
            "demo_firm", sys.executable, "manage.py", "demo_firm", *(["--check"] if once else []),
            visible=True, environment={"LOG_LEVEL": "WARNING"},
        )  # fmt: skip
        code = firm.wait()
        processes.running.pop("demo_firm")
        if code or once:
            return code
        _say(f"\nReady after {time.monotonic() - began:.0f} s: http://localhost:{port}   (Ctrl-C ends everything)")
        while True:
            time.sleep(0.5)
            if name := processes.dead():
                raise UnableToStart(f"'{name}' ended unexpectedly:\n{processes.log_tail(name)}")


def main() -> int:
    """Read the arguments, run, and turn what went wrong into one clear line."""
    parser = argparse.ArgumentParser(prog="python -m config.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="fresh database, check every number, do not serve")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    folder = options.folder or BASE_DIR / "var" / ("chain" if options.once else "demo")
    os.chdir(BASE_DIR)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup: whoever closes the terminal wants us to go on
        signal.signal(signal.SIGHUP, _stop)
    die_with_parent()
    try:
        return demo(folder.absolute(), options.port, once=options.once)
    except Stopped:
        _say("\nStopped.")
        return 1 if options.once else 0
    except UnableToStart as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
