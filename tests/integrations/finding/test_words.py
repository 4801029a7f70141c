"""What became different about a document, and what follows from its being withdrawn, in the reader's form."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.utils import translation

from integrations.finding.shapes import Found, Standing
from integrations.finding.words import answer, differences
from integrations.models import Connection, VoucherChange
from vouchers.words import WITHDRAWN_WORDS

AT = datetime(2026, 3, 3, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "kept", "german", "english"),
    [
        ("total", ["1100.00", "-1190.50"], "1.100,00 → -1.190,50", "1,100.00 → -1,190.50"),
        ("open_amount", ["", "0.00"], "0,00", "0.00"),
        ("date", ["2026-02-10", "2026-02-11"], "10.02.2026 → 11.02.2026", "10 Feb 2026 → 11 Feb 2026"),
        ("paid_on", ["", "2026-02-11"], "11.02.2026", "11 Feb 2026"),
        ("type", ["invoice", "new"], "Rechnung → new", "Invoice → new"),
        ("status", ["open", "paid"], "Offen → Bezahlt", "Open → Paid"),
        (
            "payments",
            ["", "2026-02-11 1190.50 EUR partPaymentFinancialTransaction; ? 2.00 EUR new"],
            "11.02.2026 1.190,50 EUR Banktransaktion; ? 2,00 EUR new",
            "11 Feb 2026 1,190.50 EUR Bank transaction; ? 2.00 EUR new",
        ),
        ("number", ["RE-1", "2026-02-10"], "RE-1 → 2026-02-10", "RE-1 → 2026-02-10"),
        ("remark", ["1190.50", ""], "1190.50 → –", "1190.50 → –"),
        ("new", "1", "1", "1"),
    ],
)
def test_a_difference_is_told_in_the_readers_form(field: str, kept: object, german: str, english: str) -> None:
    change = VoucherChange(fields={field: kept})
    for language, words in (("de", german), ("en", english)):
        with translation.override(language):
            (item,) = differences(change)
            assert item.told == words


@pytest.mark.parametrize("reason", WITHDRAWN_WORDS)
def test_only_what_may_be_paid_again_is_said_to_come_back(reason: str) -> None:
    found = Found(
        Connection(), "x", "RE-1", date(2026, 2, 10), "Ahrens", Decimal(1), "EUR", "invoice", "open",
        Standing.WITHDRAWN, reason=reason, standing_since=AT,
    )  # fmt: skip
    with translation.override("en"), time_machine.travel(AT, tick=False):
        said = answer(found)
    assert said.what.startswith("It was here, and has not counted since 3 March: ")
    final = reason in ("deleted", "voided", "dated_earlier", "organization_changed")
    assert ("When it is paid again" in said.next) is not final
