"""Deliveries as the provider sends them: compact JSON, signed with the sandbox's key."""

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA512
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import Client
from integrations.models import Connection, Status
from sandbox.signing import private_key, public_key_pem
from tests.integrations.sync.conftest import joined as joined
from tests.integrations.sync.conftest import small as small

ORGANIZATION = "c0ffee00-1111-4222-8333-944455566677"
RESOURCE = "9d0b5a3e-0f0f-4b0e-8d55-2f3a5cc0a111"
ADDRESS = "/hooks/lexware/"


def body(**fields: Any) -> bytes:
    """The body of a delivery of this moment, compact."""
    event: dict[str, Any] = {
        "organizationId": ORGANIZATION,
        "eventType": "payment.changed",
        "resourceId": RESOURCE,
        "eventDate": timezone.now(),
    }
    event |= fields
    if isinstance(event["eventDate"], datetime):
        event["eventDate"] = event["eventDate"].isoformat(timespec="milliseconds")
    return json.dumps(event, separators=(",", ":")).encode()


def signature(of: bytes, key: Any = None) -> str:
    """The value of the signature's header."""
    return base64.b64encode((key or private_key()).sign(of, PKCS1v15(), SHA512())).decode()


@dataclass
class Provider:
    """Lexware Office, as far as our address sees it. It sends no cookies and knows no CSRF token."""

    browser: Browser = field(default_factory=lambda: Browser(enforce_csrf_checks=True))

    def deliver(self, content: bytes | None = None, signed: str | None = None, **headers: Any) -> Any:
        content = body() if content is None else content
        if signed is None:
            signed = signature(content)
        return self.browser.post(
            ADDRESS, content, content_type="application/json", headers={"X-Lxo-Signature": signed, **headers}
        )


@pytest.fixture
def provider(settings: Any) -> Provider:
    settings.LEXWARE_WEBHOOK_PUBLIC_KEY = public_key_pem()
    return Provider()


@pytest.fixture
def connection(kontor_client: Client) -> Connection:
    """An active connection to the organization."""
    return Connection.objects.create(client=kontor_client, status=Status.ACTIVE, organization_id=ORGANIZATION)
