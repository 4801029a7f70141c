"""The whole way with the sandbox delivering for real: from a payment in Lexware Office to the match on the screen."""

import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
from django.db import connection as database
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from accounts.models import User
from integrations.models import Connection, WebhookDelivery, Webhooks
from integrations.services import hints, subscriptions
from matching.models import Proposal
from sandbox.signing import public_key_pem
from tests import factories
from tests.integrations.sync.conftest import Lexware, empty_queue, fetch
from vouchers.models import Voucher

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30.0


@pytest.fixture
def address(joined: Connection, small: Lexware, settings: Any, live_server: Any) -> str:
    """A connection that is fetched and subscribed; what happens at the provider comes to this test's own server."""
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = public_key_pem()
    settings.PUBLIC_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    fetch(joined)
    subscriptions.check(joined.pk)
    joined.refresh_from_db()
    assert joined.webhooks == Webhooks.ON
    empty_queue()
    small.calls()
    return f"{live_server.url}/hooks/lexware/"


@pytest.fixture
def worker(address: str) -> Iterator[None]:
    """A worker that does what is queued, in the order in which it came, and a clock on which a minute is a moment."""
    over = threading.Event()

    def work() -> None:
        try:
            while not over.is_set():
                waiting = OrmQ.objects.order_by("pk").first()
                if waiting is None:
                    hints.follow_leftovers()
                    over.wait(0.02)
                elif OrmQ.objects.filter(pk=waiting.pk).delete()[0]:
                    import_string(waiting.func())(*waiting.args())
        finally:
            database.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


def seen(look: Callable[[], Any]) -> Any:
    """Wait for something to be there, and return it."""
    end = time.monotonic() + PATIENCE
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.02)
    assert found, "waited in vain"
    return found


def deliveries(small: Lexware, state: str = "") -> list[dict[str, Any]]:
    address = f"{small.running.control_url}/webhooks?organization={small.id}&state={state}"
    return list(requests.get(address if state else address.removesuffix("&state="), timeout=10).json()["deliveries"])


def quiet(small: Lexware) -> bool:
    """Whether everything that was told has been followed."""
    return not deliveries(small, "waiting") and not WebhookDelivery.objects.exclude(state="done").exists()


def test_from_the_payment_to_the_match_on_the_screen(
    joined: Connection, small: Lexware, address: str, worker: None, accountant: User
) -> None:
    factories.booking(
        joined.client,
        1,
        "-238.00",
        "RE-7788 Holzhandel Petersen",
        booking_date=timezone.localdate(),
        value_date=timezone.localdate(),
        counterparty="Holzhandel Petersen",
    )
    voucher_id = small.add(type="purchaseinvoice", number="RE-7788", total="238.00", contact="Holzhandel Petersen")
    small.do("pay", voucher_id)
    proposal = seen(lambda: Proposal.objects.filter(allocations__voucher__external_id=voucher_id).first())
    browser = Browser()
    browser.force_login(accountant)
    voucher = Voucher.objects.get(external_id=voucher_id)
    page = browser.get(reverse("admin:vouchers_voucher_change", args=[voucher.pk])).content.decode()
    assert reverse("admin:review_case", args=[proposal.pk]) in page
    assert voucher.total == Decimal("238.00")
    seen(lambda: quiet(small))
    assert {item["state"] for item in deliveries(small)} == {"delivered"}


def test_what_happens_while_we_are_away_comes_with_the_repeats(
    joined: Connection, small: Lexware, address: str, worker: None, settings: Any
) -> None:
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = ""
    voucher_id = small.id_of("OPEN")
    small.do("pay", voucher_id)
    refused = seen(lambda: [item for item in deliveries(small) if len(item["attempts"]) >= 2])
    assert {attempt["status"] for item in refused for attempt in item["attempts"]} == {401}
    assert not WebhookDelivery.objects.exists()
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = public_key_pem()
    seen(lambda: Voucher.objects.filter(external_id=voucher_id))
    seen(lambda: quiet(small))


def test_the_same_delivery_again_and_again_is_read_once(
    joined: Connection, small: Lexware, address: str, worker: None
) -> None:
    small.control("/settings", webhook_disorder=False)
    small.do("pay", small.id_of("OPEN"))
    seen(lambda: deliveries(small) and quiet(small))
    small.calls()
    kept = WebhookDelivery.objects.count()
    for item in deliveries(small):
        for _ in range(5):
            answer = small.control(f"/webhooks/{item['id']}/send")
            assert answer["delivery"]["attempts"][-1]["status"] == 204
    seen(lambda: not OrmQ.objects.exists())
    assert small.calls() == []
    assert WebhookDelivery.objects.count() == kept


@pytest.mark.parametrize(("signature", "status"), [("wrong", 401), ("none", 401), ("right", 204)])
def test_a_made_up_event_changes_nothing(
    joined: Connection, small: Lexware, address: str, worker: None, signature: str, status: int
) -> None:
    voucher_id = small.id_of("N-1")
    forged = {"event_type": "voucher.deleted", "resource": voucher_id, "organization": small.id}
    answer = small.control("/webhooks/forge", callback_url=address, signature=signature, **forged)
    assert answer["status"] == status
    seen(lambda: not WebhookDelivery.objects.filter(attempts=0).exists() and not OrmQ.objects.exists())
    assert Voucher.objects.get(external_id=voucher_id).withdrawn_at is None


def test_everything_that_can_happen_to_a_document_is_told(
    joined: Connection, small: Lexware, address: str, worker: None
) -> None:
    paid, drafted, gone = small.id_of("OPEN"), small.id_of("N-1"), small.id_of("N-2")
    small.do("pay", paid)
    small.do("draft", drafted)
    small.do("delete", gone)
    standing = Voucher.objects.filter(withdrawn_at=None)
    seen(lambda: standing.filter(external_id=paid).exists())
    seen(lambda: not standing.filter(external_id__in=[drafted, gone]).exists())
    assert Voucher.objects.get(external_id=gone).withdrawn_reason == "deleted"
