"""Reading the voucher list to its end, although it moves and although one question shows 10,000 rows at most."""

import math
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import responses
import simplejson
from hypothesis import example, given
from hypothesis import strategies as st

from integrations.providers.lexware import reading
from integrations.providers.lexware.client import LexwareApi
from integrations.providers.lexware.errors import AnswerNotUnderstood, TooManyRows
from integrations.providers.lexware.paging import read_pages
from integrations.providers.lexware.types import VoucherPage
from tests.integrations.lexware.conftest import URL

FIRST = date(2026, 1, 1)


def row(number: int, changed: date = FIRST, seconds: int = 0) -> dict[str, object]:
    return {
        "id": str(UUID(int=number)),
        "voucherType": "invoice",
        "voucherStatus": "paid",
        "voucherNumber": f"RE{number}",
        "updatedDate": f"{changed}T12:{seconds // 60:02}:{seconds % 60:02}.000+01:00",
        "totalAmount": number,
    }


class Service:
    """A voucher list sorted by change, which may be changed between two pages."""

    def __init__(self, rows: list[dict[str, object]], size: int = 2, window: int = 10_000) -> None:
        self.rows = rows
        self.size = size
        self.window = window
        self.asked: list[tuple[int, date | None]] = []
        self.before: dict[int, Callable[[], object]] = {}

    def fetch(self, number: int, since: date | None) -> VoucherPage:
        """Answer like the service; run what is planned before the n-th call."""
        assert number * self.size < self.window, "the service refuses this"
        self.before.pop(len(self.asked), lambda: None)()
        self.asked.append((number, since))
        rows = [row for row in self.rows if not since or str(row["updatedDate"])[:10] >= since.isoformat()]
        rows.sort(key=lambda row: (str(row["updatedDate"]), str(row["id"])))
        shown = rows[: self.window]
        pages = math.ceil(len(shown) / self.size)
        page = {
            "content": shown[number * self.size : (number + 1) * self.size],
            "number": number,
            "totalPages": pages,
            "totalElements": len(shown),
            "last": number + 1 >= pages,
        }
        return reading.voucher_page(simplejson.dumps(page).encode(), number)

    def read(self, since: date | None = None, by_change: bool = True) -> list[str]:
        pages = read_pages(self.fetch, since=since, by_change=by_change, size=self.size)
        return [found.number for page in pages for found in page.rows]

    def touch(self, number: int) -> None:
        """Change a row: it moves to the end."""
        for place, found in enumerate(self.rows):
            if found["voucherNumber"] == f"RE{number}":
                self.rows[place] = row(number, FIRST + timedelta(days=300), seconds=len(self.asked))


@given(st.integers(min_value=0, max_value=12), st.integers(min_value=1, max_value=5))
def test_a_still_list_is_read_once(count: int, size: int) -> None:
    service = Service([row(number) for number in range(count)], size)
    assert service.read() == [f"RE{number}" for number in range(count)]
    assert len(service.asked) == max(math.ceil(count / size), 1)


def test_an_empty_list_is_one_empty_page() -> None:
    pages = list(read_pages(Service([]).fetch, since=None, by_change=True, size=2))
    assert [(page.rows, page.total_elements) for page in pages] == [((), 0)]


def test_a_row_that_slipped_into_a_page_already_read_is_not_lost() -> None:
    service = Service([row(number) for number in range(6)])
    # RE0 moves to the end: RE2 slips into the first page, which was read already.
    service.before[1] = lambda: service.touch(0)
    found = service.read()
    assert set(found) == {f"RE{number}" for number in range(6)}
    assert found.count("RE0") == 2
    assert all(found.count(f"RE{number}") == 1 for number in range(1, 6))


def test_a_row_that_left_the_list_does_not_take_another_with_it() -> None:
    service = Service([row(number) for number in range(6)])
    service.before[1] = lambda: service.rows.pop(0)
    assert sorted(service.read()) == [f"RE{number}" for number in range(6)]


@given(
    st.integers(min_value=1, max_value=9),
    st.integers(min_value=1, max_value=4),
    st.integers(min_value=0, max_value=8),
    st.integers(min_value=0, max_value=8),
)
@example(count=7, size=1, call=6, number=5)  # the changed row is a page of its own, and the next page as well
def test_whatever_one_row_does_no_row_is_lost(count: int, size: int, call: int, number: int) -> None:
    service = Service([row(number) for number in range(count)], size)
    service.before[call] = lambda: service.touch(number)
    assert set(service.read()) == {f"RE{number}" for number in range(count)}


def test_a_list_that_never_rests_is_not_read_for_ever() -> None:
    service = Service([row(number) for number in range(6)])
    for call in range(1, 100):
        service.before[call] = lambda: service.touch(len(service.asked) % 6)
    service.read()
    assert len(service.asked) <= 3 * 4


def test_another_page_than_the_one_asked_for_is_not_taken_for_it() -> None:
    rows = iter(range(100))

    def always_called_the_first(number: int, since: date | None) -> VoucherPage:
        page = {"content": [row(next(rows))], "number": 0, "totalPages": 9, "totalElements": 9, "last": False}
        return reading.voucher_page(simplejson.dumps(page).encode())

    with pytest.raises(AnswerNotUnderstood, match="page 1 was asked for, and page 0 came"):
        list(read_pages(always_called_the_first, since=None, by_change=True, size=1))


def test_the_same_rows_under_another_number_are_noticed() -> None:
    rows = [row(1), row(2)]

    def repeating(number: int, since: date | None) -> VoucherPage:
        page = {"content": rows, "number": number, "totalPages": 9, "totalElements": 18, "last": False}
        return reading.voucher_page(simplejson.dumps(page).encode())

    with pytest.raises(AnswerNotUnderstood, match="the same again"):
        list(read_pages(repeating, since=None, by_change=True, size=2))


def test_empty_pages_end_the_list() -> None:
    def hollow(number: int, since: date | None) -> VoucherPage:
        return VoucherPage((), (), number, 99, 99, last=False)

    assert len(list(read_pages(hollow, since=None, by_change=True, size=2))) == 1


@pytest.mark.parametrize("since", [None, FIRST])
def test_a_list_that_is_cut_off_is_continued_from_its_last_day(
    since: date | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.providers.lexware.paging.WINDOW", 10)
    rows = [row(number, FIRST + timedelta(days=number // 3)) for number in range(35)]
    service = Service(rows, window=10)
    found = service.read(since)
    assert sorted(found) == sorted(f"RE{number}" for number in range(35))
    assert {number for number, _ in service.asked} == {0, 1, 2, 3, 4}


def test_more_rows_on_one_day_than_the_service_shows_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.providers.lexware.paging.WINDOW", 10)
    service = Service([row(number) for number in range(12)], window=10)
    with pytest.raises(TooManyRows, match="2026-01-01"):
        service.read()


def test_a_list_in_another_order_cannot_be_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.providers.lexware.paging.WINDOW", 10)
    with pytest.raises(TooManyRows):
        Service([row(number) for number in range(12)], window=10).read(by_change=False)


def test_what_is_asked_for_is_what_the_service_understands(api: LexwareApi, service: responses.RequestsMock) -> None:
    page = {"content": [row(1)], "number": 0, "totalPages": 1, "totalElements": 1, "last": True}
    service.get(f"{URL}/v1/voucherlist", json=page)
    list(
        api.voucherlist(
            types=["invoice", "creditnote"],
            statuses=["paid", "paidoff"],
            voucher_date_from=date(2025, 1, 1),
            updated_date_from=date(2026, 3, 11),
        )
    )
    assert parse_qs(urlsplit(str(service.calls[0].request.url)).query) == {
        "voucherType": ["invoice,creditnote"],
        "voucherStatus": ["paid,paidoff"],
        "voucherDateFrom": ["2025-01-01"],
        "updatedDateFrom": ["2026-03-11"],
        "sort": ["updatedDate,ASC"],
        "size": ["250"],
        "page": ["0"],
    }


@pytest.mark.parametrize("wrong", [{"types": []}, {"statuses": []}, {"size": 251}, {"size": 0}])
def test_a_question_that_the_service_would_refuse_is_not_asked(api: LexwareApi, wrong: dict[str, object]) -> None:
    question: dict[str, object] = {"types": ["any"], "statuses": ["any"]}
    with pytest.raises(ValueError, match="needs types"):
        list(api.voucherlist(**(question | wrong)))  # type: ignore[arg-type]
    assert api.requests == 0
