"""What must be right before Kontor starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

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
