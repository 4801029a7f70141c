"""A fetch right now, once in ten minutes."""

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import Client, User
from integrations.models import Status, SyncRun
from integrations.services.sync_now import EVERY
from tests.integrations.portal.conftest import connection_in

NOW = "/portal/10001/connections/lexware/sync/"
OVERVIEW = "/portal/10001/connections/"


def test_once_in_ten_minutes_and_it_says_when_again(browser: Browser, kontor_client: Client):
    connection = connection_in(kontor_client, Status.ACTIVE)
    assert 'data-testid="sync-now"' in browser.get(OVERVIEW).content.decode()
    browser.post(NOW)
    browser.post(NOW)
    [run] = SyncRun.objects.filter(connection=connection)
    assert run.trigger == "manual"
    SyncRun.objects.filter(pk=run.pk).update(state="done")
    page = browser.post(NOW, follow=True).content.decode()
    again = timezone.localtime(run.queued_at + EVERY)
    assert f"You can fetch again from {again:%H:%M} on." in page
    assert "That was a moment ago." in page
    assert 'data-testid="sync-now"' not in page
    assert SyncRun.objects.count() == 1
    SyncRun.objects.filter(pk=run.pk).update(queued_at=timezone.now() - EVERY - timedelta(seconds=1))
    browser.post(NOW)
    assert SyncRun.objects.count() == 2


@pytest.mark.parametrize("status", [Status.NONE, Status.ACTIVATE])
def test_only_what_is_active(browser: Browser, kontor_client: Client, status: str):
    connection_in(kontor_client, status)
    assert browser.post(NOW).status_code == 404
    assert not SyncRun.objects.exists()


def test_an_outsider_fetches_nothing(client: Browser, outsider: User, kontor_client: Client):
    connection_in(kontor_client, Status.ACTIVE)
    client.force_login(outsider)
    assert client.post(NOW).status_code == 404
    assert not SyncRun.objects.exists()
