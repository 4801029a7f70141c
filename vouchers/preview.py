"""Page images of vouchers' files, made by a child process with limits and cached by content.

A file comes from strangers: it is read in a process of its own that may use little time and memory and whose crash
harms nobody. What it made stays under ``MEDIA_ROOT/previews`` for everybody who looks at the same bytes.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings

from vouchers.models import StoredFile

PDF = "application/pdf"
IMAGES = frozenset({"image/png", "image/jpeg"})
SECONDS = 10
MEMORY = 1_200_000_000
"""Address space in bytes; the libraries alone map about 300 MB."""

TRY_AGAIN_AFTER = 3600
"""Seconds; a page that could not be drawn is not tried again sooner."""

LARGEST = 30_000_000
"""Bytes; a larger file is offered in the original only."""


def previewable(content_type: str) -> bool:
    """Whether page images can be made of this kind of file."""
    return content_type == PDF or content_type in IMAGES


def page_count(stored: StoredFile) -> int:
    """The number of pages, 0 for a file that cannot be read (also remembered)."""
    known = known_page_count(stored)
    if known is None:
        _work(stored, _folder(stored), 1)
        known = known_page_count(stored)
    return known or 0


def known_page_count(stored: StoredFile) -> int | None:
    """The number of pages where the file was read before, without reading it."""
    try:
        return int((_folder(stored) / "pages").read_text())
    except (OSError, ValueError):
        return None


def page_image(stored: StoredFile, page: int) -> Path | None:
    """The PNG of a page (1 is the first), ``None`` where there is no such page or it cannot be read."""
    if not previewable(stored.content_type) or not 1 <= page <= max(page_count(stored), 0):
        return None
    image = _folder(stored) / f"{page}.png"
    failed = image.with_suffix(".failed")
    if not image.is_file() and not _is_young(failed):
        _work(stored, image.parent, page)
        if not image.is_file():
            failed.touch()
    return image if image.is_file() else None


def _is_young(mark: Path) -> bool:
    """Whether a page could not be drawn just now: every further look would keep a worker busy as long as the first."""
    try:
        return time.time() - mark.stat().st_mtime < TRY_AGAIN_AFTER
    except FileNotFoundError:
        return False


def _folder(stored: StoredFile) -> Path:
    return Path(settings.MEDIA_ROOT) / "previews" / stored.sha256[:2] / stored.sha256


def _work(stored: StoredFile, folder: Path, page: int) -> None:
    """Let the child read the file; its results appear whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(settings.MEDIA_ROOT) / stored.path
    count = 0
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        target = Path(scratch) / "page.png"
        if source.is_file() and stored.size <= LARGEST:
            count = _child(source, target, page, stored.content_type)
        if target.is_file():
            target.replace(folder / f"{page}.png")
        if source.is_file() and (count or page == 1):
            written = Path(scratch) / "pages"
            written.write_text(str(count))
            written.replace(folder / "pages")


def _child(source: Path, target: Path, page: int, content_type: str) -> int:
    command = [sys.executable, "-I", str(Path(__file__).with_name("preview_child.py"))]
    kind = "pdf" if content_type == PDF else "image"
    try:
        done = subprocess.run(  # noqa: S603
            [*command, kind, str(source), str(target), str(page), str(SECONDS), str(MEMORY)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS + 5,
            check=False,
            env={"PATH": os.environ.get("PATH", "")},
        )
    except subprocess.TimeoutExpired:
        return 0
    text = done.stdout.decode("ascii", "replace").strip()
    return int(text) if done.returncode == 0 and text.isdigit() else 0
