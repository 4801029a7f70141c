"""Reads ``multipart/form-data`` (RFC 7578), as uploads are sent."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form; ``filename`` is empty for fields that are no files."""

    name: str
    filename: str
    content: bytes


def _parameters(header: str) -> tuple[str, dict[str, str]]:
    """Return the value of a header and its parameters, quotes and encodings undone."""
    message = Message()
    message["x"] = header
    found = message.get_params(failobj=[], header="x")
    values = {name.lower(): value if isinstance(value, str) else value[2] for name, value in found[1:]}
    return (found[0][0].lower() if found else ""), values


def read_form(content_type: str, body: bytes) -> list[Part] | None:
    """Return the parts of a form; None when the body is none, or is cut off."""
    media, parameters = _parameters(content_type)
    boundary = parameters.get("boundary", "").encode()
    if media != "multipart/form-data" or not boundary:
        return None
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        return None
    parts = []
    for piece in pieces[1:-1]:
        head, separator, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not separator:
            return None
        disposition = ""
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-disposition":
                disposition = value.strip()
        _, about = _parameters(disposition)
        parts.append(Part(about.get("name", ""), about.get("filename", ""), content))
    return parts
