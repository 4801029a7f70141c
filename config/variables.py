"""Kontor's variables, read with django-environ: each has a kind, and a wrong value is refused in words that name it.

Empty means not set. No message shows a value that may hold a secret.
"""

import math
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

LINE = re.compile(r"(?:export\s+)?[A-Za-z_][A-Za-z_0-9]*=")
YES_NO = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}
MAIL_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+|[^<>]*<[^@\s<>]+@[^@\s<>]+>")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Variables:
    """The environment, with ``.env`` behind it. Every method raises ``ImproperlyConfigured`` for a wrong value."""

    def __init__(self, file: Path) -> None:
        self._env = environ.Env()
        self._file = file
        if file.is_file():
            self._check_lines()
            self._env.read_env(str(file))

    def _check_lines(self) -> None:
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{self._file} cannot be read: {error}") from error
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.lstrip().startswith("#") and not LINE.match(line):
                raise ImproperlyConfigured(f"{self._file}, line {number} is neither NAME=value nor a comment.")

    def text(self, name: str, default: str = "") -> str:
        """Any text."""
        return str(self._env.str(name, default="")).strip() or default

    def required(self, name: str, hint: str) -> str:
        """A text that has no safe default; ``hint`` says how to get one."""
        value = self.text(name)
        if not value:
            lost = "" if self._file.is_file() else f" (There is no file {self._file}.)"
            raise ImproperlyConfigured(f"{name} is not set. {hint}{lost}")
        return value

    def texts(self, name: str, default: list[str]) -> list[str]:
        """Texts with commas between."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()] or default

    def yes_no(self, name: str, *, default: bool) -> bool:
        """on or off."""
        value = self.text(name).lower()
        if value and value not in YES_NO:
            raise ImproperlyConfigured(f"{name} must be on or off, not '{value}'.")
        return YES_NO.get(value, default)

    def whole(self, name: str, default: int, least: int, most: int, why: str = "") -> int:
        """A whole number from ``least`` to ``most``; ``why`` explains the limits."""
        value = self.text(name, str(default))
        number = int(value) if value.isascii() and value.lstrip("-").isdigit() else None
        if number is None or not least <= number <= most:
            reason = f": {why}" if why else ""
            raise ImproperlyConfigured(f"{name} must be a number from {least} to {most}, not '{value}'{reason}.")
        return number

    def factor(self, name: str, default: float) -> float:
        """A number greater than 0."""
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not 0 < number < math.inf:
            raise ImproperlyConfigured(f"{name} must be a number greater than 0, not '{value}'.")
        return number

    def web_address(self, name: str, default: str) -> str:
        """An address that begins with http:// or https://, without a slash at its end."""
        value = self.text(name, default).rstrip("/")
        try:
            parts = urlsplit(value)
            right = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            right = False
        if not right:
            raise ImproperlyConfigured(f"{name} must be an address such as {default}, not '{value}'.")
        return value

    def mail_address(self, name: str, default: str) -> str:
        """One e-mail address, with or without a name before it."""
        value = self.text(name, default)
        if not MAIL_ADDRESS.fullmatch(value):
            raise ImproperlyConfigured(f"{name} must be an e-mail address, not '{value}'.")
        return value

    def database(self, name: str, default: str) -> dict[str, Any]:
        """SQLite or PostgreSQL as Django's settings describe it."""
        hint = "postgres://user:password@host:5432/name, or sqlite:////path/to/file"
        try:
            found: dict[str, Any] = self._env.db_url_config(self.text(name, default))
        except (ValueError, ImproperlyConfigured) as error:
            raise ImproperlyConfigured(f"{name} cannot be read as the address of a database: {hint}") from error
        if not str(found.get("ENGINE", "")).endswith((".sqlite3", ".postgresql")):
            raise ImproperlyConfigured(f"{name} must name PostgreSQL or SQLite: {hint}")
        return found

    def mail_server(self, name: str, default: str) -> dict[str, Any]:
        """The mail server as Django's settings describe it."""
        hint = "smtp+tls://user:password@host:587, consolemail://, or filemail:///path/to/folder"
        try:
            found: dict[str, Any] = self._env.email_url_config(self.text(name, default))
        except (ValueError, KeyError, ImproperlyConfigured) as error:
            raise ImproperlyConfigured(f"{name} cannot be read as the address of a mail server: {hint}") from error
        if folder := found.get("EMAIL_FILE_PATH"):
            # django-environ takes the first slash away, and the folder would be looked for wherever we were started
            found["EMAIL_FILE_PATH"] = f"/{folder}"
        return found

    def queue(self, name: str) -> str:
        """The address of a Redis server, or nothing."""
        value = self.text(name)
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ImproperlyConfigured(f"{name} must be the address of a Redis server, such as redis://host:6379/0")
        return value

    def public_key(self, name: str) -> str:
        """A public key in PEM form, given as text (line breaks may be written as \\n) or as the path of a file."""
        value = self.text(name).replace("\\n", "\n")
        if value and not value.startswith("-----BEGIN"):
            try:
                value = Path(value).read_text(encoding="ascii").strip()
            except (OSError, ValueError) as error:
                raise ImproperlyConfigured(
                    f"{name} is neither a key in PEM form nor a file that can be read."
                ) from error
        if value and "PUBLIC KEY-----" not in value:
            raise ImproperlyConfigured(f"{name} holds no public key in PEM form (-----BEGIN PUBLIC KEY-----).")
        return value

    def log_level(self, name: str, default: str) -> str:
        """DEBUG, INFO, WARNING, ERROR or CRITICAL."""
        value = self.text(name, default).upper()
        if value not in LOG_LEVELS:
            raise ImproperlyConfigured(f"{name} must be one of {', '.join(LOG_LEVELS)}, not '{value}'.")
        return value
