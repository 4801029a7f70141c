"""Names and types of downloaded files, which come from outside and are not to be trusted."""

import re
from email.message import Message
from pathlib import PurePosixPath

from integrations.providers.values import storable

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"<?xml", "application/xml"),
    (b"<!DOCTYPE html", "text/html"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
)
_GENERIC = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/force-download", "*/*"})
# Receipts are PDF, JPG, PNG or XML (reference: upload 9.1): these are an outage's page, or an error in disguise.
NEVER_A_RECEIPT = frozenset({"text/html", "application/xhtml+xml", "application/json"})
# The name of an XML document's first element, behind the declaration, comments and white space.
_ROOT = re.compile(rb"<\?xml[^>]*\?>\s*(?:<!--.*?-->\s*)*<([A-Za-z_][\w:.-]*)", re.DOTALL)
_ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "application/xml": ".xml",
    "text/xml": ".xml",
}


def content_type(header: str | None, content: bytes) -> str:
    """Return the plain media type of a file: the header's, or the content's own where the header says nothing."""
    said = (header or "").partition(";")[0].strip().lower()
    if said not in _GENERIC and re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", said):
        return said
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024]
    for magic, media_type in _MAGIC:
        if start.startswith(magic):
            return media_type
    return "application/octet-stream"


def is_whole(content: bytes) -> bool:
    """Return whether a file has its end, as far as its kind tells; True for kinds that have none we know.

    A body that was cut off before it was counted arrives without any sign of it. What is appended behind the end, as
    some programs do, is no fault.
    """
    head, tail = content[:1024], content[-4096:]
    if b"%PDF-" in head:
        # Made for reading page by page from the web, or revised: then the first of several ends is not the last.
        several = b"/Linearized" in head or content.count(b"%%EOF") > 1
        return b"%%EOF" in (tail if several else content)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"IEND\xaeB`\x82" in content
    if head.startswith(b"\xff\xd8\xff"):
        # A small preview of the picture inside of it has an end of its own.
        return b"\xff\xd9" in (tail if content.count(b"\xff\xd9") > 1 else content)
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<?xml"):
        root = _ROOT.match(text[:65_536])
        return root is not None and b"</" + root[1] in content
    return True


def file_name(disposition: str | None, fallback: str, media_type: str) -> str:
    """Return the bare file name of a ``Content-Disposition`` header, or ``fallback`` with a fitting ending.

    The provider sends ``inline; filename=name.pdf;`` without quotes (reference: download 9.2).
    """
    return bare_name(_given_name(disposition or ""), fallback, media_type)


def bare_name(given: str, fallback: str, media_type: str) -> str:
    """Return a file name from outside without parts of a path, or ``fallback`` with a fitting ending.

    Control characters and everything that a file system or a reader could misunderstand are removed; at most 150
    characters are left.
    """
    name = _UNSAFE.sub("", storable(given))
    name = PurePosixPath(name.replace("\\", "/")).name.strip(" .")
    if not name:
        return fallback + _ENDINGS.get(media_type, "")
    path = PurePosixPath(name)
    return name if len(name) <= 150 else path.stem[: 150 - len(path.suffix[:20])] + path.suffix[:20]


def _given_name(disposition: str) -> str:
    message = Message()
    message["Content-Disposition"] = disposition.replace("\r", " ").replace("\n", " ").rstrip("; ")
    try:
        name = message.get_filename("")
    except UnicodeError:  # encoded in a way that cannot be undone: ``filename*=punycode''…``
        return ""
    # HTTP headers arrive decoded as Latin-1; names with umlauts were sent as UTF-8.
    try:
        return name.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return storable(name)
