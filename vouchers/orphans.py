"""Bytes that nobody knows: a process died between writing them and writing their row, and nobody stored them again."""

import time
import uuid
from pathlib import Path

from django.conf import settings

from vouchers.models import StoredFile
from vouchers.storage import UNFINISHED

A_DAY = 86_400.0


def sweep_orphans(older_than_seconds: float = A_DAY) -> int:
    """Remove whole files that have no row; how many there were. What was stored again meanwhile stays."""
    incoming = Path(settings.MEDIA_ROOT) / UNFINISHED
    removed = 0
    for folder in sorted(path for path in incoming.parent.glob("[0-9a-f][0-9a-f]") if path.is_dir()):
        old = {path.name: path for path in folder.glob("*/*") if _age(path) > older_than_seconds}
        known = set(StoredFile.objects.filter(sha256__in=old).values_list("sha256", flat=True))
        for name in sorted(old.keys() - known):
            removed += _remove(old[name], incoming / uuid.uuid4().hex, older_than_seconds)
    return removed


def _remove(path: Path, aside: Path, older_than_seconds: float) -> bool:
    """Remove one file, unless somebody stores the same bytes at this very moment.

    Whoever finds the bytes there makes them young before the row is written; whoever does not writes them anew. So
    what is still old after it was put aside is needed by nobody.
    """
    aside.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.rename(aside)
    except FileNotFoundError:
        return False
    if _age(aside) <= older_than_seconds or StoredFile.objects.filter(sha256=path.name).exists():
        aside.replace(path)
        return False
    aside.unlink(missing_ok=True)
    return True


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
