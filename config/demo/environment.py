"""The demo's folder, its secrets and its settings."""

import json
import secrets
import socket
from datetime import date
from pathlib import Path


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


def require_free_port(port: int) -> None:
    """``UnableToStart`` where something listens on the port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
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
    folder: Path, state: dict[str, str], *, sandbox_url: str, time_scale: int, port: int
) -> dict[str, str]:
    """The environment of every process of the demo; also written to ``<folder>/env`` for commands by hand."""
    values = {
        "SECRET_KEY": state["SECRET_KEY"],
        "FERNET_KEYS": state["FERNET_KEYS"],
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "LEXWARE_API_URL": sandbox_url,
        "LEXWARE_TIME_SCALE": str(time_scale),
        "PUBLIC_URL": f"http://localhost:{port}",
        "EMAIL_URL": f"filemail://{folder / 'mail'}",
        "FIRM_NAME": "Kanzlei Hafenkante",
        "SUPPORT_EMAIL": "support@hafenkante.example",
    }
    path = folder / "env"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()), encoding="utf-8")
    # Whoever runs the demo may have settings of a real installation in the shell: they must not leak in.
    return {
        **values,
        "ENV_FILE": str(path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "off",
        "QUEUE_URL": "",
    }
