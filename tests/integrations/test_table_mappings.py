"""A client's own table: asked about once, read the same way from then on, by that client only."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Client, User
from integrations.models import TableMapping
from integrations.services.table_mappings import forget, known_mapping, preview, remember
from integrations.statements.problems import Code
from integrations.statements.tables import Mapping, describe_table
from integrations.statements.tables.columns import Columns

pytestmark = pytest.mark.django_db

OWN = "DE89370400440532013000"
TABLE = b"Tag;Wer;Wert in Euro\n03/04/2026;Kundin;10,00\n05/06/2026;Laden;-2,50\n"
MOVED = b"Wert in Euro;Tag;Wer\n-7,25;07/06/2026;Laden\n"
COLUMNS = Columns(booking_date=("Tag",), amount=("Wert in Euro",), counterparty=("Wer",))


def key_of(content: bytes) -> str:
    shape = describe_table(content)
    assert shape is not None
    return shape.key


def test_a_table_is_asked_about_once(kontor_client: Client, partner: User) -> None:
    assert known_mapping(kontor_client, TABLE) is None
    open_question = preview(TABLE, Mapping(columns=COLUMNS, account=OWN))
    assert not open_question.ready
    assert [problem.code for problem in open_question.problems] == [Code.AMBIGUOUS]
    answered = Mapping(columns=COLUMNS, account=OWN, date_format="D/M/Y", name="Cash book")
    shown = preview(TABLE, answered)
    assert shown.ready
    assert [(line.booking_date, line.amount) for line in shown.lines] == [
        (date(2026, 4, 3), Decimal("10.00")),
        (date(2026, 6, 5), Decimal("-2.50")),
    ]
    kept = remember(kontor_client, key_of(TABLE), answered, actor=partner)
    assert (str(kept), kept.created_by) == ("Cash book", partner)
    # the columns moved, the names are the same
    again = known_mapping(kontor_client, MOVED)
    assert again == answered
    assert [line.amount for line in preview(MOVED, again).lines] == [Decimal("-7.25")]


def test_an_account_is_not_needed_to_look(kontor_client: Client) -> None:
    shown = preview(TABLE, Mapping(columns=COLUMNS, date_format="D/M/Y"))
    assert shown.ready
    assert not shown.errors
    assert len(shown.lines) == 2


def test_mappings_are_of_one_client(kontor_client: Client) -> None:
    other = Client.objects.create(name="Holzhandel Petersen", number="90002")
    remember(kontor_client, key_of(TABLE), Mapping(columns=COLUMNS))
    assert known_mapping(other, TABLE) is None


def test_the_newest_answer_counts_and_can_be_taken_back(kontor_client: Client) -> None:
    key = key_of(TABLE)
    remember(kontor_client, key, Mapping(columns=COLUMNS))
    remember(kontor_client, key, Mapping(columns=COLUMNS, decimal=","))
    kept = known_mapping(kontor_client, TABLE)
    assert kept is not None
    assert kept.decimal == ","
    assert TableMapping.objects.filter(client=kontor_client).count() == 1
    assert forget(kontor_client, key)
    assert not forget(kontor_client, key)
    assert known_mapping(kontor_client, TABLE) is None


def test_a_stored_mapping_that_makes_no_sense_is_asked_for_again(kontor_client: Client) -> None:
    TableMapping.objects.create(
        client=kontor_client, header_sha256=key_of(TABLE), mapping={"columns": {"colour": ["Tag"]}}
    )
    assert known_mapping(kontor_client, TABLE) is None
    assert known_mapping(kontor_client, b"no table") is None
