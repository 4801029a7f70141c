"""What must be right before Kontor starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


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
