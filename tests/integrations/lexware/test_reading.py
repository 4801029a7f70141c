"""Rows, documents and payments: tolerant where the provider is loose, strict about what counts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
import responses
import simplejson

from integrations.providers.errors import AnswerNotUnderstood, RecordUnreadable
from integrations.providers.lexware import reading
from integrations.providers.lexware.client import LexwareApi
from tests.integrations.lexware.conftest import URL

ID = "9d0b5a3e-0f0f-4b0e-8d55-2f3a5cc0a111"
ROW = {
    "id": ID,
    "voucherType": "invoice",
    "voucherStatus": "paid",
    "voucherNumber": "RE2041",
    "voucherDate": "2026-02-10T00:00:00.000+01:00",
    "createdDate": "2026-02-10T11:02:45.000+01:00",
    "updatedDate": "2026-07-24T08:30:12.000+02:00",
    "dueDate": "2026-03-12T00:00:00.000+01:00",
    "contactId": "1c6f6f0a-73a1-4c44-a0c2-8a9f0e1b2c3d",
    "contactName": "Nordlicht Werkzeugbau GmbH",
    "totalAmount": 1190.0,
    "openAmount": 690.0,
    "currency": "EUR",
    "archived": True,
}


def body(*rows: object, **fields: object) -> bytes:
    page = {"content": list(rows), "number": 0, "totalPages": 1, "totalElements": len(rows), "last": True}
    return simplejson.dumps(page | fields, use_decimal=True).encode()


def row(**changes: object) -> dict[str, object]:
    return {name: value for name, value in (ROW | changes).items() if value != "absent"}


def test_a_row_is_read_field_by_field() -> None:
    found = reading.voucher_page(body(ROW)).rows[0]
    assert found.id == UUID(ID)
    assert (found.type, found.status, found.number) == ("invoice", "paid", "RE2041")
    assert (found.date, found.due_date) == (date(2026, 2, 10), date(2026, 3, 12))
    assert found.contact_id == UUID("1c6f6f0a-73a1-4c44-a0c2-8a9f0e1b2c3d")
    assert found.contact_name == "Nordlicht Werkzeugbau GmbH"
    assert (found.total, found.open_amount, found.currency) == (Decimal("1190.0"), Decimal("690.0"), "EUR")
    assert found.archived is True
    assert found.created_at == datetime(2026, 2, 10, 10, 2, 45, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 7, 24, 6, 30, 12, tzinfo=UTC)


OPTIONAL = ("voucherNumber", "voucherDate", "dueDate", "contactId", "contactName", "openAmount", "currency", "archived")


@pytest.mark.parametrize("value", [None, "absent"])
def test_a_row_needs_only_what_makes_it_a_voucher(value: object) -> None:
    changes = dict.fromkeys((*OPTIONAL, "createdDate"), value)
    page = reading.voucher_page(body(row(**changes)))
    assert page.unreadable == ()
    found = page.rows[0]
    assert (found.number, found.date, found.due_date, found.contact_id, found.contact_name) == (
        "",
        None,
        None,
        None,
        "",
    )
    assert (found.open_amount, found.currency, found.archived, found.created_at) == (None, "EUR", False, None)


def test_words_that_are_new_to_us_are_kept() -> None:
    found = reading.voucher_page(body(row(voucherType="hologram", voucherStatus="dreamt", colour={"of": "money"})))
    assert (found.rows[0].type, found.rows[0].status) == ("hologram", "dreamt")
    assert simplejson.loads(found.rows[0].raw)["colour"] == {"of": "money"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": "absent"}, "missing: id"),
        ({"id": "RE-1"}, "id: 'RE-1' is not an id"),
        ({"id": 5}, "id: 5 is not an id"),
        ({"totalAmount": None}, "missing: totalAmount"),
        ({"totalAmount": "about 12"}, "totalAmount: 'about 12' is not an amount"),
        ({"openAmount": [1]}, "openAmount: [1] is not an amount"),
        ({"updatedDate": "yesterday"}, "updatedDate: 'yesterday' is not a moment"),
        ({"voucherDate": "10.02.2026"}, "voucherDate: '10.02.2026' is not a date"),
        ({"voucherType": None}, "voucherType: nothing is not a text"),
        ({"archived": "no"}, "archived: 'no' is neither true nor false"),
    ],
)
def test_an_unreadable_row_loses_no_other(changes: dict[str, object], problem: str) -> None:
    page = reading.voucher_page(body(row(voucherNumber="RE1"), row(**changes), row(voucherNumber="RE3")))
    assert [found.number for found in page.rows] == ["RE1", "RE3"]
    (unreadable,) = page.unreadable
    assert (unreadable.problem, unreadable.number) == (problem, "RE2041")
    assert simplejson.loads(unreadable.raw) == row(**changes)


@pytest.mark.parametrize("item", [None, 5, "row", []])
def test_a_row_that_is_no_object_loses_no_other(item: object) -> None:
    page = reading.voucher_page(body(item, ROW))
    assert len(page.rows) == 1
    assert page.unreadable[0].problem == "not an object"


def test_digits_are_kept_in_the_raw_row() -> None:
    text = '{"content": [{"id": "%s", "totalAmount": 100.00, "x": 0.10000000000000000555, "y": 12345678901234567890}]}'
    (unreadable,) = reading.voucher_page((text % ID).encode()).unreadable
    assert '"totalAmount": 100.00' in unreadable.raw
    assert '"x": 0.10000000000000000555' in unreadable.raw
    assert '"y": 12345678901234567890' in unreadable.raw


def test_half_a_character_in_a_name_does_not_spoil_the_row() -> None:
    text = body(ROW).replace(b"Nordlicht", b"Nord\\ud83dlicht")
    found = reading.voucher_page(text).rows[0]
    assert found.contact_name == "Nord?licht Werkzeugbau GmbH"
    assert found.raw.encode()
    assert simplejson.loads(found.raw)["contactName"].startswith("Nord\ud83dlicht")


@pytest.mark.parametrize("content", [{}, {"content": None}, {"content": {"a": 1}}, {"content": [], "number": "x"}])
def test_a_page_without_rows_is_not_an_empty_page(content: dict[str, object]) -> None:
    with pytest.raises(AnswerNotUnderstood):
        reading.voucher_page(simplejson.dumps(content).encode())


def test_a_page_that_says_little_is_taken_for_the_one_asked_for() -> None:
    page = reading.voucher_page(body(ROW, last=None, number=None, totalPages=None, totalElements=None), asked_for=3)
    assert (page.number, page.total_pages, page.total_elements, page.last) == (3, 4, 1, False)


PAYMENTS = {"openAmount": "1337.00", "currency": "EUR", "paymentStatus": "openRevenue", "voucherType": "salesinvoice"}


def test_an_open_amount_may_be_text_or_missing() -> None:
    found = reading.payments(simplejson.dumps(PAYMENTS).encode())
    assert (str(found.open_amount), found.items, found.paid_on, found.voucher_status) == ("1337.00", (), None, "")
    assert reading.payments(b'{"paymentItems": null}').open_amount is None


@pytest.mark.parametrize(
    "item",
    [5, {"paymentItemType": "x"}, {"paymentItemType": "x", "amount": "?"}, {"amount": 5}],
)
def test_a_payment_that_cannot_be_read_makes_the_record_unreadable(
    api: LexwareApi, service: responses.RequestsMock, item: object
) -> None:
    good = {"paymentItemType": "manualPayment", "amount": 1, "postingDate": "2026-02-10T00:00:00.000+01:00"}
    service.get(f"{URL}/v1/payments/{ID}", json=PAYMENTS | {"paymentItems": [good, item]})
    with pytest.raises(RecordUnreadable, match=r"paymentItems\[1\]") as caught:
        api.payments(ID)
    assert (caught.value.who, caught.value.path) == ("record", f"/v1/payments/{ID}")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([ID, "77a0c1c4"], (ID, "77a0c1c4")),
        ([], ()),
        (None, ()),
        ({"documentFileId": ID}, (ID,)),
        ({"documentFileId": None}, ()),
        ({}, ()),
    ],
)
def test_files_come_in_two_shapes(files: object, expected: tuple[str, ...]) -> None:
    text = simplejson.dumps({"id": ID, "files": files, "version": 4})
    found = reading.document(text.encode())
    assert (found.file_ids, found.version, found.remark, found.raw) == (expected, 4, "", text)


@pytest.mark.parametrize(
    "changes",
    [{"id": None}, {"files": ["../profile"]}, {"files": "x"}, {"files": [None]}, {"version": "1"}, {"remark": 5}],
)
def test_a_document_with_a_wrong_field_is_unreadable(changes: dict[str, object]) -> None:
    with pytest.raises(RecordUnreadable):
        reading.document(simplejson.dumps({"id": ID, "files": [], "version": 1} | changes).encode())


def test_an_unknown_type_of_document_is_the_caller_s_mistake(api: LexwareApi) -> None:
    for call in (api.document, api.document_file):
        with pytest.raises(ValueError, match="is not one of"):
            call("quotation", ID)
    with pytest.raises(ValueError, match="is not one of"):
        api.document_file("purchaseinvoice", ID)
    with pytest.raises(ValueError, match="is not an id"):
        api.file("../profile")
