"""Files: once per content, whole or not at all."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from django.db import DatabaseError

from vouchers import storage
from vouchers.models import StoredFile

pytestmark = pytest.mark.django_db


def files(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


def test_the_same_bytes_are_kept_once(media: Path) -> None:
    first = storage.store(b"receipt", "application/pdf")
    second = storage.store(b"receipt", "image/png")
    assert first.pk == second.pk
    assert first.sha256 == hashlib.sha256(b"receipt").hexdigest()
    assert files(media) == [media / first.path]
    with storage.open_stored(first) as content:
        assert content.read() == b"receipt"


@pytest.mark.parametrize("damage", ["gone", "half"])
def test_damaged_bytes_are_written_again(media: Path, damage: str) -> None:
    stored = storage.store(b"receipt", "application/pdf")
    path = media / stored.path
    if damage == "gone":
        path.unlink()
        with pytest.raises(FileNotFoundError):
            storage.open_stored(stored)
    else:
        path.write_bytes(b"rec")
    storage.store(b"receipt", "application/pdf")
    assert path.read_bytes() == b"receipt"


def test_a_full_disk_leaves_neither_file_nor_row(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        storage.store(b"receipt", "application/pdf")
    assert files(media) == []
    assert not StoredFile.objects.exists()


def test_bytes_without_a_row_are_taken_up_again(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**options: object) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(StoredFile.objects, "get_or_create", broken)
        with pytest.raises(DatabaseError):
            storage.store(b"receipt", "application/pdf")
    stored = storage.store(b"receipt", "application/pdf")
    assert files(media) == [media / stored.path]


def test_what_a_killed_process_left_is_swept_away(media: Path) -> None:
    stored = storage.store(b"receipt", "application/pdf")
    old, young = media / storage.UNFINISHED / "old", media / storage.UNFINISHED / "young"
    old.write_bytes(b"rec")
    young.write_bytes(b"rec")
    os.utime(old, (time.time() - 7200,) * 2)
    assert storage.sweep_unfinished() == 1
    assert files(media) == sorted([young, media / stored.path])


def test_an_empty_file_is_a_file() -> None:
    assert storage.store(b"", "application/octet-stream").size == 0


@pytest.mark.django_db
def test_the_first_to_store_a_file_does_not_decide_what_it_is() -> None:
    receipt = b"%PDF-1.7 a receipt"
    assert storage.store(receipt, "application/xml").content_type == "application/pdf"
    assert storage.store(receipt, "application/pdf").content_type == "application/pdf"
    assert storage.store(b"nobody knows", "text/plain").content_type == "text/plain"
