"""Bytes without a row go, everything else stays."""

import os
import time
from pathlib import Path

import pytest

from vouchers import storage
from vouchers.orphans import A_DAY, sweep_orphans

pytestmark = pytest.mark.django_db


def make_old(path: Path) -> None:
    os.utime(path, (time.time() - A_DAY - 60,) * 2)


def test_only_old_bytes_without_a_row_are_removed(media: Path) -> None:
    kept = media / storage.store(b"known and old", "text/plain").path
    young = media / storage.write(b"just written", "text/plain").path
    forgotten = media / storage.write(b"forgotten", "text/plain").path
    make_old(kept)
    make_old(forgotten)
    assert sweep_orphans() == 1
    assert [path.exists() for path in (kept, young, forgotten)] == [True, True, False]
    assert list((media / storage.UNFINISHED).iterdir()) == []
    assert sweep_orphans() == 0


def test_who_finds_forgotten_bytes_keeps_them(media: Path) -> None:
    forgotten = media / storage.write(b"forgotten", "text/plain").path
    make_old(forgotten)
    found = storage.write(b"forgotten", "text/plain")
    assert sweep_orphans() == 0
    assert storage.row_of(found).path == found.path
    assert forgotten.read_bytes() == b"forgotten"


def test_an_empty_media_folder_is_fine(media: Path) -> None:
    assert sweep_orphans() == 0
