"""Which provider a connection is of, and what is asked of any of them."""

from datetime import date
from typing import Final

from cryptography.fernet import InvalidToken

from integrations.models import Connection, Provider, Reason
from integrations.services.key_check import CheckResult, saved_key
from integrations.services.lexware_provider import LexwareDoor
from integrations.services.provider_door import ProviderDoor
from integrations.services.qonto_provider import QontoDoor

DOORS: Final[dict[str, ProviderDoor]] = {Provider.LEXWARE: LexwareDoor(), Provider.QONTO: QontoDoor()}


def door_of(connection: Connection) -> ProviderDoor:
    """How the provider of this connection is used."""
    return DOORS[connection.provider]


def check_saved(connection: Connection, today: date, *, twice: bool = False) -> CheckResult:
    """Check the saved key. A missing key, or one that cannot be decrypted any more, counts as rejected."""
    try:
        key = saved_key(connection)
    except InvalidToken:
        return CheckResult(reason=Reason.KEY_REJECTED, detail={"code": "key_not_decryptable"})
    if key is None:
        return CheckResult(reason=Reason.KEY_REJECTED, detail={"code": "no_key_saved"})
    expired = connection.key_expires_on is not None and connection.key_expires_on < today
    return door_of(connection).check_key(
        key, known_organization=connection.organization_id, expired=expired, twice=twice
    )
