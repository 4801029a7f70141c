"""What must be right before Kontor starts."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.http.request import validate_host

from integrations.webhooks.signature import read_keys


@register
def fernet_keys_are_given(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Without ``FERNET_KEYS`` the encryption library would quietly use ``SECRET_KEY``."""
    if getattr(settings, "FERNET_KEYS", None):
        return []
    return [
        Error(
            "FERNET_KEYS is empty.",
            hint="Set it in the environment; newest key first.",
            id="integrations.E001",
        )
    ]


@register
def webhook_key_can_be_read(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """A key that cannot be read would refuse every delivery, hours after the start."""
    try:
        read_keys(settings.LEXWARE_WEBHOOK_PUBLIC_KEY)
    except ValueError as error:
        return [
            Error(
                f"LEXWARE_WEBHOOK_PUBLIC_KEY cannot be read: {error}.",
                hint="It is the provider's public key: RSA, in PEM form. Several may follow each other.",
                id="integrations.E002",
            )
        ]
    return []


@register
def our_own_address_is_answered(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """A webhook that comes to a host we do not answer for is refused with 400, and never repeated."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if settings.DEBUG or validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS):
        return []
    return [
        Warning(
            f"PUBLIC_URL names {host}, which is not among ALLOWED_HOSTS: nobody can reach Kontor there.",
            hint="Add it to ALLOWED_HOSTS.",
            id="integrations.W001",
        )
    ]
