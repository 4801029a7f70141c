"""The banner that greets a client once after connecting."""

from integrations.models import Connection, Status


def success_shown(connection: Connection) -> bool:
    """Note that the banner is being shown; whether it still had to be. Of two visits at once only one shows it."""
    fresh = Connection.objects.filter(pk=connection.pk, status=Status.ACTIVE, success_seen=False)
    return fresh.update(success_seen=True) == 1
