"""The demo's folder, its secrets and its settings."""

import errno
import fcntl
import json
import secrets
import shutil
import socket
from datetime import date
from pathlib import Path
from typing import IO

LEFT_AT_DEFAULT = (
    "ALLOWED_HOSTS", "DEBUG", "DEFAULT_FROM_EMAIL", "LOG_LEVEL", "INBOX_DIR", "QUEUE_URL",
    "QUEUE_WORKERS", "STAFF_SECOND_FACTOR", "SYNC_HOUR", "SYNC_SPREAD_MINUTES", "SYNC_WORKERS", "TRUSTED_PROXIES",
)  # fmt: skip


class UnableToStart(Exception):
    """The demo cannot start; the text says what to do, in one line."""


def prepare_folder(folder: Path) -> None:
    """Make the demo's folder and see that it can be written. ``UnableToStart`` otherwise."""
    try:
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnableToStart(
            f"The folder {folder} cannot be written ({reason}). Give yourself the right, or choose another: "
            "DEMO_DIR=/path/to/folder make run"
        ) from error


def take(folder: Path) -> IO[str]:
    """Take a prepared folder for as long as the returned file stays open. ``UnableToStart`` where another demo has it.

    Two demos on one database would fetch from two sandboxes for the same clients.
    """
    lock = (folder / ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise UnableToStart(
            f"A demo is running in {folder} already. Use that one, stop it, or give this one a folder of its own: "
            f"make run PORT=… DEMO_DIR={folder}-2"
        ) from error
    return lock


def clear(folder: Path) -> None:
    """Remove what an earlier demo left in a folder that we took. ``UnableToStart`` where other things are in it."""
    left = [path for path in folder.iterdir() if path.name != ".lock"]
    if {path.name for path in left} - {"logs"} and not (folder / "state.json").is_file():
        raise UnableToStart(f"The folder {folder} holds other things than a demo. Choose an empty one, or a new one.")
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    (folder / "logs").mkdir()


def require_free_port(port: int) -> None:
    """``UnableToStart`` where something listens on the port already, or where it is none of ours to take."""
    if not 0 < port < 65536:
        raise UnableToStart(f"{port} is no port: choose a number from 1024 to 65535, for example make run PORT=8000")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise UnableToStart(
                    f"Port {port} is reserved for the administrator. Choose a higher one: make run PORT=8000"
                ) from error
            raise UnableToStart(
                f"Port {port} is in use (perhaps by another Kontor). Stop that program, or choose another port: "
                f"make run PORT={port + 1}"
            ) from error


def remembered(folder: Path, today: date) -> dict[str, str]:
    """What a second run must know again: the secrets, and the day on which the sandbox's world was made."""
    path = folder / "state.json"
    if path.is_file():
        return {str(k): str(v) for k, v in json.loads(path.read_text(encoding="utf-8")).items()}
    state = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FERNET_KEYS": secrets.token_urlsafe(32),
        "today": today.isoformat(),
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(state), encoding="utf-8")
    return state


def settings_for(
    folder: Path, state: dict[str, str], *, sandbox_url: str, time_scale: int, port: int, webhook_key: str = ""
) -> dict[str, str]:
    """The environment of every process of the demo; also written to ``<folder>/env`` for commands by hand.

    ``webhook_key``: the PEM text that the sandbox's webhooks are checked with; without it none are asked for.
    """
    values = {
        "SECRET_KEY": state["SECRET_KEY"],
        "FERNET_KEYS": state["FERNET_KEYS"],
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "LEXWARE_API_URL": sandbox_url,
        "QONTO_API_URL": sandbox_url,
        "EXCHANGE_RATES_URL": f"{sandbox_url}/stats/eurofxref",
        "LEXWARE_TIME_SCALE": str(time_scale),
        "LEXWARE_WEBHOOK_PUBLIC_KEY": webhook_key.strip().replace("\n", "\\n"),
        "PUBLIC_URL": f"http://localhost:{port}",
        "EMAIL_URL": f"filemail://{folder / 'mail'}",
        "FIRM_NAME": "Kanzlei Hafenkante",
        "SUPPORT_EMAIL": "support@hafenkante.example",
        "SUPPORT_PHONE": "+49 431 5550123",
        "CONSULTATION_URL": "https://termine.hafenkante.example",
        "ADVISER_EMAIL": "kanzlei@hafenkante.example",
    }
    path = folder / "env"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
    # Whoever runs the demo may have settings of a real installation in the shell: they must not leak in.
    return {
        **values,
        "ENV_FILE": str(path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **dict.fromkeys(LEFT_AT_DEFAULT, ""),
    }
