"""The libraries that were considered for bank files, side by side, in an environment that is thrown away."""

import json
import subprocess
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

MINUTES: Final = 10


class Library(NamedTuple):
    """What is installed, which file it reads, and the lines that read ``path`` and leave ``count``."""

    package: str
    kind: str
    code: str


LIBRARIES: Final = (
    Library(
        "bankstatementparser==0.0.29",
        "camt",
        "from bankstatementparser import CamtParser\ncount = len(CamtParser(path).parse())",
    ),
    Library(
        "camt053==0.0.20",
        "camt",
        "from camt053.services import iter_entries\n"
        "count = sum(1 for _ in iter_entries(open(path, encoding='utf-8').read()))",
    ),
    Library(
        "mt-940==5.1.1",
        "mt940",
        "import mt940\n"
        "text = open(path, encoding='iso-8859-1').read()\n"
        "count = sum(len(s) for s in mt940.parse_statements(text, options=mt940.Options.all()))",
    ),
)
_FRAME: Final = """
import json, resource, sys, time
path = sys.argv[1]
def peak():
    try:  # ru_maxrss of a child may still be its parent's
        return int(open("/proc/self/status").read().partition("VmHWM:")[2].split(maxsplit=1)[0]) / 1024
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, began = peak(), time.process_time()
{code}
seconds = round(time.process_time() - began, 2)
print(json.dumps({{"seconds": seconds, "count": count, "megabytes": round(peak() - before)}}))
"""


def compare_libraries(folder: Path, files: dict[str, Path]) -> Iterator[dict[str, Any]]:
    """Read ``files`` with each library; one that cannot be installed, or fails, says so in its figures."""
    for library in LIBRARIES:
        home = folder / f"venv-{library.package.partition('=')[0]}"
        venv.create(home, with_pip=True)
        python = str(home / "bin" / "python")
        figures: dict[str, Any] = {"measured": library.package, "file": library.kind}
        installed = _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", library.package])
        if isinstance(installed, str):
            yield {**figures, "failed": f"not installed: {installed}"}
            continue
        done = _run([python, "-c", _FRAME.format(code=library.code), str(files[library.kind])])
        if isinstance(done, str):
            yield {**figures, "failed": done}
        else:
            yield {**figures, **json.loads(done.stdout.splitlines()[-1])}


def _run(command: list[str]) -> "subprocess.CompletedProcess[str] | str":
    """What a process said; or, where it failed or took too long, the last line of why."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MINUTES * 60)  # noqa: S603
    except subprocess.TimeoutExpired:
        return f"stopped after {MINUTES} minutes"
    if done.returncode:
        return (done.stderr.strip() or f"exit {done.returncode}").splitlines()[-1]
    return done
