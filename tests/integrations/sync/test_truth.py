"""The comparison itself: it says nothing where both sides are equal, and names what is not."""

from datetime import date
from pathlib import Path

import pytest

from integrations.models import Connection
from tests.integrations.sync.conftest import Lexware, fetch
from tests.integrations.sync.truth import differences, matching_differences
from vouchers.models import StoredFile, Voucher, VoucherFile

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 12)


def found(connection: Connection, lexware: Lexware) -> list[str]:
    return differences(connection.client, lexware.running.control_url, lexware.id, DAY)


def test_a_fetched_client_is_equal(joined: Connection, small: Lexware) -> None:
    assert len(found(joined, small)) == 7
    fetch(joined)
    assert found(joined, small) == []
    assert matching_differences(joined.client) == []


def test_every_kind_of_difference_is_named(joined: Connection, small: Lexware, media: Path) -> None:
    fetch(joined)
    voucher = Voucher.objects.get(number="N-2")
    (media / "files/incoming").mkdir(exist_ok=True)
    (media / "files/incoming/half").write_bytes(b"%PD")
    gone = StoredFile.objects.get(used_by__voucher__number="N-1")
    (media / gone.path).unlink()
    spoiled = StoredFile.objects.get(used_by__voucher__number="N-0")
    (media / spoiled.path).write_bytes(b"other bytes")
    VoucherFile.objects.filter(voucher__number="N-4").delete()
    voucher.payments.update(amount="1.00")
    small.do("unpay", small.id_of("N-3"))
    small.do("pay", small.id_of("OPEN"), date="2026-02-03")
    text = "\n".join(found(joined, small))
    for words in (
        "file without a row: files/incoming/half",
        f"row without a file: {gone.path}",
        f"other bytes than its name says: {spoiled.path}",
        "invoice N-4: ",
        "purchaseinvoice N-2: payments is",
        "there, but must not be: N-3",
        "missing: purchaseinvoice OPEN",
    ):
        assert words in text
