"""How the application gets its client: which key, which budget, which address."""

import pytest
import responses
from django.db import connection as database

from accounts.models import Client
from integrations.lexware import api_for, api_for_key, fingerprint
from integrations.models import Connection, ConnectionSecret, RateBudget
from tests.integrations.lexware.conftest import KEY

ORGANIZATION = "c0ffee00-1111-4222-8333-944455566677"
ADDRESS = "http://127.0.0.1:9"

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(kontor_client: Client) -> Connection:
    connection = Connection.objects.create(client=kontor_client, organization_id=ORGANIZATION)
    ConnectionSecret.objects.create(connection=connection, api_key=KEY)
    return connection


def test_a_connection_s_key_opens_its_organization_s_budget(
    connection: Connection, service: responses.RequestsMock
) -> None:
    service.get(f"{ADDRESS}/v1/ping", json={})
    api_for(Connection.objects.get(pk=connection.pk)).ping()
    assert service.calls[0].request.headers["Authorization"] == f"Bearer {KEY}"
    assert list(RateBudget.objects.values_list("key", flat=True)) == [ORGANIZATION]


def test_two_keys_of_one_organization_share_its_budget(service: responses.RequestsMock) -> None:
    service.get(f"{ADDRESS}/v1/ping", json={})
    api_for_key(KEY, organization_id=ORGANIZATION).ping()
    api_for_key("another", organization_id=ORGANIZATION).ping()
    assert RateBudget.objects.count() == 1


def test_a_key_whose_organization_is_unknown_has_a_budget_that_does_not_give_it_away(
    service: responses.RequestsMock,
) -> None:
    service.get(f"{ADDRESS}/v1/ping", json={})
    api_for_key(KEY).ping()
    budget = RateBudget.objects.get()
    assert budget.key == f"key:{fingerprint(KEY)}"
    assert KEY not in budget.key
    assert len(budget.key) <= 80


def test_a_fingerprint_belongs_to_one_key() -> None:
    assert fingerprint(KEY) == fingerprint(f" {KEY}\n")
    assert fingerprint(KEY) != fingerprint(KEY + "x")
    assert len(fingerprint(KEY)) == 64


def test_without_a_saved_key_there_is_no_client(connection: Connection) -> None:
    ConnectionSecret.objects.all().delete()
    with pytest.raises(ConnectionSecret.DoesNotExist):
        api_for(Connection.objects.get(pk=connection.pk))


def test_the_key_is_encrypted_where_it_lies(connection: Connection) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT api_key FROM integrations_connectionsecret")
        stored = bytes(cursor.fetchone()[0])
    assert KEY.encode() not in stored
