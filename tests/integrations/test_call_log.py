"""The log of calls is kept for some weeks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Client
from integrations import tasks
from integrations.models import CallEntry
from integrations.services.call_log import KEPT_DAYS
from tests.factories import connection

pytestmark = pytest.mark.django_db


def test_calls_of_long_ago_are_forgotten(kontor_client: Client) -> None:
    linked = connection(kontor_client)
    for days in (0, KEPT_DAYS - 1, KEPT_DAYS + 1):
        at = timezone.now() - timedelta(days=days)
        CallEntry.objects.create(connection=linked, at=at, method="GET", path=f"/{days}", status=200, milliseconds=1)
    tasks.forget_old_calls()
    assert set(CallEntry.objects.values_list("path", flat=True)) == {"/0", f"/{KEPT_DAYS - 1}"}
