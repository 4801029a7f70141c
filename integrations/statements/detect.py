"""Tell from the first bytes what kind of file this is."""

import re
from typing import Final

MESSAGES: Final = {
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
ARCHIVES: Final = ("zip", "gzip")

SPREADSHEETS: Final = ("xls", "xlsx", "ods")

_MAGIC: Final = (
    *((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\x1f\x8b", "gzip"), (b"%PDF", "pdf")),
    *((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"), (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n", "png")),
    *((b"OFXHEADER", "ofx"), (b"!Type:", "qif")),
)
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_PROLOG: Final = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_NAMESPACE: Final = re.compile(r"""\sxmlns(?::[\w.-]+)?\s*=\s*["']([^"']*)["']""")
_ISO_MESSAGE: Final = re.compile(r"\b([a-z]{4}\.\d{3}\.\d{3}\.\d{2})$")
_MESSAGE_ELEMENT: Final = re.compile(r"<(?:[\w.-]+:)?(" + "|".join(MESSAGES) + r")[\s/>]")
_MT940_START: Final = re.compile(r"^(?:\{[^\n]*\{4:)?:20:", re.MULTILINE)
# The reference may be cut off with the first line of a file.
_MT940_HEADLESS: Final = re.compile(r"^:25P?:(?=.*\n(?::28C?:.*\n)?:60[FM]:)", re.MULTILINE)
_MT940_FIELD: Final = re.compile(r"^:(?:25P?|28C?|60[FM]):", re.MULTILINE)
_MT942_FIELD: Final = re.compile(r"^:(?:34F|13D?|90[CD]):", re.MULTILINE)
_MT940_BALANCE: Final = re.compile(r"^:6[02][FM]:", re.MULTILINE)


def has_doctype(head: bytes) -> bool:
    """Whether an XML file declares a document type before its first element."""
    text = _text(head)
    return text.startswith("<!DOCTYPE", _after_prolog(text))


def detect(head: bytes) -> str:
    """Name the format of a file by its first bytes (some 64 kB are plenty).

    ``camt.053.001.08`` (052 and 054 likewise), ``camt.053`` if no known namespace gives the version, another ISO
    20022 message such as ``pain.001.001.03``, ``xml``, ``html``, ``mt940``, ``mt942``, ``csv``, ``json``, ``zip``,
    ``gzip``, ``pdf``, ``xls``, ``jpeg``, ``png``, ``ofx``, ``qif``, ``empty`` or ``unknown``. A file of Excel or of
    LibreOffice is a ``zip`` by its first bytes.
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    text = _text(head)
    text = text.rstrip("\x00\x1a")  # what old systems fill the last block of a file with
    if not text.strip():
        return "empty"
    if "\x00" in text:
        return "unknown"
    start = text.lstrip()
    if start.startswith("<"):
        return _xml_format(text)
    if start.startswith(("{", "[")) and re.match(r"[{\[]\s*[\"{\[\]}\d-]", start) and not start.startswith("{1:"):
        return "json"
    # Windows line ends, and the @@ that some programs write instead of one
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("@@", "\n")
    mt940 = _MT940_START.search(lines) or _MT940_HEADLESS.search(lines)
    if mt940 and _MT940_FIELD.search(lines, mt940.end()):
        provisional = _MT942_FIELD.search(lines, mt940.end()) and not _MT940_BALANCE.search(lines, mt940.end())
        return "mt942" if provisional else "mt940"
    return "csv" if _looks_like_table(lines) else "unknown"


def wide_encoding(head: bytes) -> str:
    """UTF-16 without a mark of its order, by the places of the zero bytes; empty for anything else."""
    start = head[:400]
    zeros = start[::2].count(0), start[1::2].count(0)
    if len(start) < 8 or max(zeros) < len(start) * 0.3 or min(zeros) > len(start) * 0.05:
        return ""
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _text(head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, errors="replace")
    if wide := wide_encoding(head):
        return head.decode(wide, errors="replace")
    return head.decode("utf-8", errors="replace")


def _after_prolog(text: str) -> int:
    found = _PROLOG.match(text)
    return found.end() if found else 0


def _without_comments(text: str) -> str:
    parts, start = [], 0
    while (opening := text.find("<!--", start)) >= 0 and (closing := text.find("-->", opening + 4)) >= 0:
        parts.append(text[start:opening])
        start = closing + 3
    return "".join(parts) + text[start:]


def _xml_format(text: str) -> str:
    body = _without_comments(text[_after_prolog(text) :])
    if body.startswith("<!DOCTYPE"):
        if re.match(r"<!DOCTYPE\s+html", body, re.IGNORECASE):
            return "html"
        # the version behind the declaration does not matter, such a file is refused
        body = re.sub(r"<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>", "", body, count=1, flags=re.DOTALL).lstrip()
    if body[:5].lower() == "<html":
        return "html"
    element = _MESSAGE_ELEMENT.search(body)
    known = MESSAGES[element.group(1)] if element else ""
    for namespace in _NAMESPACE.findall(body):
        message = _ISO_MESSAGE.search(namespace)
        if message and (not known or message.group(1).startswith(known)):
            return message.group(1)
    return known or "xml"


def _looks_like_table(lines: str) -> bool:
    rows = [line for line in lines.split("\n") if line.strip()][:50]
    if any(sum(row.count(mark) >= 2 for row in rows) >= 2 for mark in ";\t,"):
        return True
    # names of columns without a row below them; a comma is found in letters too
    return any(row.count(mark) >= 4 for row in rows for mark in (";\t," if len(rows) == 1 else ";\t"))
