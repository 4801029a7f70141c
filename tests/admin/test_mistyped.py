"""What people mistype, and what a hand-made request sends: an answer with words, never a broken page."""

import json
from datetime import date

import pytest
import responses
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import Client, Membership, TaxYear, User, VatReturn
from accounts.services import UnableToAddClient, add_client
from integrations.models import Connection, ConnectionSecret, Status
from matching.models import Decision
from tests.admin.conftest import Login
from tests.factories import World

TODAY = date(2026, 3, 12)


def _inlines(**rows: dict[str, str]) -> dict[str, str]:
    sent: dict[str, str] = {}
    for name in ("tax_years", "vat_returns", "memberships"):
        row = rows.get(name, {})
        sent |= {f"{name}-TOTAL_FORMS": str(int(bool(row))), f"{name}-INITIAL_FORMS": "0"}
        sent |= {f"{name}-0-{field}": value for field, value in row.items()}
    return sent


@pytest.mark.parametrize("day", ["9999-12-31", "0025-03-31", "2101-01-01"])
def test_a_period_of_another_age_is_refused(day: str, kontor_client: Client, accountant: User, login: Login) -> None:
    period = {"period_start": "2025-01-01", "period_end": day, "filed_on": "2025-04-05"}
    address = reverse("admin:accounts_client_change", args=[kontor_client.pk])
    fields = {"name": kontor_client.name, "email": "", "service": "bookkeeping"}
    browser = login(accountant)
    assert browser.post(address, {**fields, **_inlines(vat_returns=period)}).status_code == 200
    assert not VatReturn.objects.exists()
    assert (
        browser.post(address, {**fields, **_inlines(vat_returns={**period, "period_end": "2025-03-31"})}).status_code
        == 302
    )
    assert VatReturn.objects.get().period_end == date(2025, 3, 31)


@pytest.mark.parametrize("number", ["10/01", "..", "10 01", "?x=1"])
def test_a_number_must_fit_into_an_address(number: str, partner: User, login: Login) -> None:
    fields = {"number": number, "name": "Neu GmbH", "email": "", "service": "tax", **_inlines()}
    address = reverse("admin:accounts_client_add")
    browser = login(partner)
    assert browser.post(address, fields).status_code == 200
    with pytest.raises(UnableToAddClient, match="letters, digits"):
        add_client(name="Neu GmbH", email="", number=number, today=TODAY)
    assert not Client.objects.exists()
    assert browser.post(address, {**fields, "number": "M-10.01"}).status_code == 302


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_client_has_a_name(name: str, db: None) -> None:
    with pytest.raises(UnableToAddClient, match="name"):
        add_client(name=name, email="", today=TODAY)


def test_the_next_number_follows_the_decimal_ones(db: None) -> None:
    Client.objects.create(number="²", name="Quadrat")
    Client.objects.create(number="10041", name="Plain")
    assert add_client(name="Neu GmbH", email="", today=TODAY).number == "10042"


def test_a_hand_made_form_decides_and_breaks_nothing(full: World, accountant: User, login: Login) -> None:
    address = reverse("admin:review_decide", args=[full.cases[0].pk])
    sent = {"decision": "confirm", "case": "1" * 5000, "reason": "no\0thing"}
    assert login(accountant).post(address, sent).status_code == 302
    assert Decision.objects.get().reason == "nothing"


def test_rows_of_another_client_stay_out_of_reach(
    kontor_client: Client, outsider: User, accountant: User, colleague: User, login: Login
) -> None:
    foreign = TaxYear.objects.filter(client__number="10002").first()
    assert foreign is not None
    sent = {
        "tax_years-TOTAL_FORMS": "1",
        "tax_years-INITIAL_FORMS": "1",
        "tax_years-0-id": str(foreign.pk),
        "tax_years-0-client": str(kontor_client.pk),
        "tax_years-0-year": str(foreign.year),
        "tax_years-0-closed_on": "2026-01-31",
    }
    membership = {"user": str(accountant.pk), "client": str(kontor_client.pk)}
    fields = {"name": "Neu", "email": "", "service": "tax", "accountant": str(colleague.pk), "number": "77"}
    address = reverse("admin:accounts_client_change", args=[kontor_client.pk])
    browser: Browser = login(accountant)
    browser.post(address, {**fields, **_inlines(memberships=membership), **sent})
    browser.post(address, {**fields, **_inlines(memberships=membership)})
    foreign.refresh_from_db()
    kontor_client.refresh_from_db()
    assert (foreign.client.number, foreign.closed_on) == ("10002", None)
    assert (kontor_client.name, kontor_client.number, kontor_client.accountant) == ("Neu", "10001", accountant)
    assert not Membership.objects.filter(user=accountant).exists()


def test_a_check_during_which_the_client_disconnects_says_so(full: World, partner: User, login: Login) -> None:
    ConnectionSecret.objects.create(connection=full.connection, api_key="a-key-that-nobody-may-see")

    def disconnect(request: object) -> tuple[int, dict[str, str], str]:
        Connection.objects.filter(pk=full.connection.pk).update(status=Status.NONE)
        return 401, {}, json.dumps({"message": "Unauthorized"})

    with responses.RequestsMock() as service:
        service.add_callback("GET", f"{settings.LEXWARE_API_URL}/v1/profile", callback=disconnect)
        address = reverse("admin:integrations_connection_check", args=[full.connection.pk])
        page = login(partner).post(address, follow=True)
    assert page.status_code == 200
    assert "changed at the same time" in page.content.decode()
