"""Reading the voucher list to its end, although it moves and although one question shows 10,000 rows at most."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import responses
import simplejson
from hypothesis import example, given
from hypothesis import strategies as st

from integrations.providers.errors import AnswerNotUnderstood, TooManyRows
from integrations.providers.lexware import paging, reading
from integrations.providers.lexware.client import LexwareApi
from integrations.providers.lexware.questions import AXES, Axis, Question
from integrations.providers.lexware.types import VoucherPage
from tests.integrations.lexware.conftest import URL

FIRST = date(2026, 1, 1)
LONG_AGO = date(2020, 1, 1)


@dataclass
class Row:
    """A document; ``changed`` is the day and the second of its last change."""

    number: int
    dated: date | None = FIRST
    created: date = FIRST
    changed: tuple[date, int] = (FIRST, 0)
    type: str = "invoice"
    status: str = "paid"

    def day(self, axis: Axis) -> date | None:
        return {"voucherDate": self.dated, "createdDate": self.created, "updatedDate": self.changed[0]}[axis]

    def key(self, axis: str) -> tuple[date, int]:
        return self.changed if axis == "updatedDate" else (self.day(axis) or date.min, 0)  # type: ignore[arg-type]

    def shown(self) -> dict[str, object]:
        day, second = self.changed
        row: dict[str, object] = {
            "id": str(UUID(int=self.number)),
            "voucherType": self.type,
            "voucherStatus": self.status,
            "voucherNumber": f"RE{self.number}",
            "createdDate": f"{self.created}T12:00:00.000+01:00",
            "updatedDate": f"{day}T12:{second // 60:02}:{second % 60:02}.000+01:00",
            "totalAmount": self.number,
        }
        return row | ({"voucherDate": f"{self.dated}T00:00:00.000+01:00"} if self.dated else {})


@dataclass
class Service:
    """A voucher list that filters and sorts like the real one, and may be changed between two questions."""

    rows: list[Row]
    window: int = 10_000
    asked: list[tuple[Question, int]] = field(default_factory=list)
    before: dict[int, Callable[[], object]] = field(default_factory=dict)
    answers: list[list[int]] = field(default_factory=list)

    def ask(self, question: Question, number: int) -> VoucherPage:
        """Answer like the service; run what is planned before the n-th question."""
        assert number * question.size < self.window, "the service refuses this"
        self.before.pop(len(self.asked), lambda: None)()
        self.asked.append((question, number))
        found = [row for row in self.rows if self._fits(row, question)]
        axis = question.sort.partition(",")[0]
        found.sort(key=lambda row: (row.key(axis), row.number))
        shown = found[: self.window]
        pages = -(-len(shown) // question.size)
        content = shown[number * question.size : (number + 1) * question.size]
        self.answers.append([row.number for row in content])
        page = {
            "content": [row.shown() for row in content],
            "number": number,
            "totalPages": pages,
            "totalElements": len(shown),
            "last": number + 1 >= pages,
        }
        return reading.voucher_page(simplejson.dumps(page).encode(), number)

    @staticmethod
    def _fits(row: Row, question: Question) -> bool:
        if question.types != ("any",) and row.type not in question.types:
            return False
        if question.statuses != ("any",) and row.status not in question.statuses:
            return False
        for axis in AXES:
            first, last = question.range(axis)
            day = row.day(axis)
            if (first or last) and (day is None or (first and day < first) or (last and day > last)):
                return False
        return True

    def read(self, axis: Axis = "updatedDate", size: int = 2, **ranges: date) -> list[VoucherPage]:
        question = Question(("any",), ("any",), "", size, {axis: (ranges.get("since"), ranges.get("until"))})
        return list(paging.read_all(self.ask, question, axis))

    def touch(self, number: int) -> None:
        """Change a row: sorted by change it moves to the end."""
        for row in self.rows:
            if row.number == number:
                row.changed = (FIRST + timedelta(days=300), len(self.asked))

    def leave_and_enter(self, number: int) -> None:
        """One row is deleted and another one made in the same moment: the total stays what it was."""
        self.rows = [row for row in self.rows if row.number != number]
        new = 1000 + len(self.asked)
        self.rows.append(Row(new, created=FIRST + timedelta(days=300), changed=(FIRST + timedelta(days=300), new)))


def numbers(pages: list[VoucherPage]) -> list[int]:
    return [int(row.number.removeprefix("RE")) for page in pages for row in page.rows]


days = st.integers(min_value=0, max_value=3).map(lambda number: FIRST + timedelta(days=number))
drawn: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.builds(
        dict,
        dated=days,
        created=days,
        changed=st.tuples(days, st.integers(min_value=0, max_value=3)),
        type=st.sampled_from(["invoice", "purchaseinvoice", "neverheardof"]),
        status=st.sampled_from(["paid", "open", "sleeping"]),
    ),
    max_size=14,
)


def rows_of(fields: list[dict[str, Any]]) -> list[Row]:
    return [Row(number, **values) for number, values in enumerate(fields)]


@given(drawn, st.integers(min_value=1, max_value=5), st.sampled_from(AXES))
def test_a_still_list_is_read_whole_and_each_row_once(fields: list[dict[str, Any]], size: int, axis: Axis) -> None:
    service = Service(rows_of(fields))
    pages = service.read(axis, size, since=FIRST)
    assert sorted(numbers(pages)) == [row.number for row in service.rows]
    assert all(page.steady for page in pages)


@given(
    drawn,
    st.integers(min_value=1, max_value=4),
    st.sampled_from(["voucherDate", "updatedDate"]),
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 13), st.sampled_from(["touch", "leave_and_enter"])), max_size=3
    ),
)
def test_whatever_moves_no_row_that_stays_is_lost(
    fields: list[dict[str, Any]], size: int, axis: Axis, moves: list[tuple[int, int, str]]
) -> None:
    service = Service(rows_of(fields))
    for call, number, what in moves:
        service.before[call] = lambda number=number, what=what: getattr(service, what)(number)  # type: ignore[misc]
    pages = service.read(axis, size, since=LONG_AGO)
    stayed = {row.number for row in service.rows if row.number < len(fields)}
    assert stayed <= set(numbers(pages)) or not all(page.steady for page in pages)
    if len(moves) <= 2:
        assert all(page.steady for page in pages)


@example([(1, 0)], 1)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 8)), max_size=2), st.integers(min_value=1, max_value=4))
def test_on_one_day_only_a_row_that_slipped_into_a_read_page_is_found(moves: list[tuple[int, int]], size: int) -> None:
    """Every date is the same: pages are all there is, and a deletion with a new row leaves the total as it was."""
    service = Service([Row(number) for number in range(9)])
    for call, number in moves:
        service.before[call] = lambda number=number: service.leave_and_enter(number)  # type: ignore[misc]
    pages = service.read("updatedDate", size)
    assert {row.number for row in service.rows if row.number < 9} <= set(numbers(pages))
    assert all(page.steady for page in pages)


def test_a_list_that_never_rests_is_not_read_for_ever_and_says_so() -> None:
    service = Service([Row(number) for number in range(6)])

    def one_leaves_and_one_enters() -> None:
        service.rows.pop(0)
        service.rows.append(Row(100 + len(service.asked)))

    service.before = dict.fromkeys(range(1, 1000), one_leaves_and_one_enters)
    pages = service.read()
    assert len(service.asked) < 40
    assert not all(page.steady for page in pages)


def test_each_answer_begins_where_the_last_row_was() -> None:
    service = Service([Row(number, dated=FIRST + timedelta(days=number // 3)) for number in range(40)])
    pages = service.read("voucherDate", 10, since=FIRST)
    assert numbers(pages) == list(range(40))
    # Each question meets only the day of the last row again: five answers of ten instead of four.
    assert len(service.asked) == 5
    assert {number for _, number in service.asked} == {0}
    assert [page.total_elements for page in pages] == [40] * 5


def test_an_empty_list_is_one_empty_page() -> None:
    pages = Service([]).read()
    assert [(page.rows, page.total_elements) for page in pages] == [((), 0)]


def test_a_day_without_end_is_the_last_day() -> None:
    service = Service([Row(number, dated=FIRST + timedelta(days=number)) for number in range(6)])
    assert numbers(service.read("voucherDate", 2, since=FIRST, until=FIRST + timedelta(days=3))) == [0, 1, 2, 3]


def test_another_page_than_the_one_asked_for_is_not_taken_for_it() -> None:
    def always_called_the_third(question: Question, number: int) -> VoucherPage:
        page = {"content": [Row(1).shown()], "number": 3, "totalPages": 9, "totalElements": 9, "last": False}
        return reading.voucher_page(simplejson.dumps(page).encode())

    with pytest.raises(AnswerNotUnderstood, match="page 0 was asked for, and page 3 came"):
        list(paging.read_all(always_called_the_third, Question(("any",), ("any",), "", 1), "updatedDate"))


@pytest.mark.parametrize("axis", AXES)
def test_a_service_that_repeats_itself_is_noticed(axis: Axis) -> None:
    def repeating(question: Question, number: int) -> VoucherPage:
        page = {"content": [Row(1).shown(), Row(2).shown()], "number": number, "totalPages": 9, "totalElements": 18}
        return reading.voucher_page(simplejson.dumps(page).encode())

    with pytest.raises(AnswerNotUnderstood, match="same as the one before"):
        list(paging.read_all(repeating, Question(("any",), ("any",), "", 2), axis))


def test_a_list_in_another_order_than_asked_for_is_read_by_pages() -> None:
    rows = [Row(number, dated=FIRST - timedelta(days=number)) for number in range(7)]

    def newest_first(question: Question, number: int) -> VoucherPage:
        content = [row.shown() for row in rows[number * 2 : number * 2 + 2]]
        page = {"content": content, "number": number, "totalPages": 4, "totalElements": 7}
        return reading.voucher_page(simplejson.dumps(page).encode())

    question = Question(("any",), ("any",), "", 2, {"voucherDate": (LONG_AGO, None)})
    assert sorted(numbers(list(paging.read_all(newest_first, question, "voucherDate")))) == list(range(7))


def test_empty_pages_end_the_list() -> None:
    def hollow(question: Question, number: int) -> VoucherPage:
        return VoucherPage((), (), number, 99, 99, last=False)

    assert len(list(paging.read_all(hollow, Question(("any",), ("any",), "", 2), "updatedDate"))) == 1


@given(drawn.filter(lambda fields: len(fields) > 6), st.sampled_from(["voucherDate", "updatedDate"]))
def test_beyond_the_window_a_question_is_made_narrower(fields: list[dict[str, Any]], axis: Axis) -> None:
    service = Service(rows_of(fields), window=4)
    counted = Counter((row.dated, row.created, row.changed[0], row.type, row.status) for row in service.rows)
    unknown = any(row.type == "neverheardof" or row.status == "sleeping" for row in service.rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paging, "WINDOW", 4)
        try:
            found = set(numbers(service.read(axis, 2, since=FIRST)))
        except TooManyRows:
            assert max(counted.values()) >= 4
            return
    known = {row.number for row in service.rows if row.type != "neverheardof" and row.status != "sleeping"}
    assert known <= found
    assert unknown or len(found) == len(service.rows)


def test_what_is_asked_for_is_what_the_service_understands(api: LexwareApi, service: responses.RequestsMock) -> None:
    page = {"content": [Row(1).shown()], "number": 0, "totalPages": 1, "totalElements": 1, "last": True}
    service.get(f"{URL}/v1/voucherlist", json=page)
    list(
        api.voucherlist(
            types=["invoice", "creditnote"],
            statuses=["paid", "paidoff"],
            voucher_date_from=date(2025, 1, 1),
            voucher_date_to=date(2026, 12, 31),
            updated_date_from=date(2026, 3, 11),
        )
    )
    assert parse_qs(urlsplit(str(service.calls[0].request.url)).query) == {
        "voucherType": ["invoice,creditnote"],
        "voucherStatus": ["paid,paidoff"],
        "voucherDateFrom": ["2025-01-01"],
        "voucherDateTo": ["2026-12-31"],
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
