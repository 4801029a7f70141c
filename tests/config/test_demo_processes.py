"""No process of the demo outlives the demo, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.demo.processes import Processes

LAUNCHER = """
import os, pathlib, signal, sys
from config.demo.processes import Processes
with Processes({}, pathlib.Path(sys.argv[1])) as processes:
    visible = processes.start("visible", "sleep", "60", visible=True)
    logged = processes.start("logged", "sleep", "60")
    print(visible.pid, logged.pid, flush=True)
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
"""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
@pytest.mark.parametrize("end", ["killed", "left"])
def test_children_end_with_the_launcher(tmp_path: Path, end: str) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path), end], stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert launcher.stdout is not None
    with launcher.stdout:
        children = [int(pid) for pid in launcher.stdout.readline().split()]
    assert launcher.wait(20) == (-signal.SIGKILL if end == "killed" else 0)
    deadline = time.monotonic() + 10
    while any(map(alive, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(children) == 2
    assert not any(map(alive, children))


def test_output_goes_to_the_log_and_its_end_can_be_shown(tmp_path: Path) -> None:
    with Processes({"WORD": "seven"}, tmp_path) as processes:
        processes.start("speaker", "sh", "-c", "echo $WORD $OTHER; exit 3", environment={"OTHER": "eight"}).wait(10)
        assert processes.dead() == "speaker"
        assert processes.log_tail("speaker") == "seven eight"
