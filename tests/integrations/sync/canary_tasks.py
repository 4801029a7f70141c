"""A task that fails while it holds a key, as any of ours might."""

from integrations.lexware import api_for
from integrations.models import Connection


def break_off(connection_id: int) -> None:
    """Call the provider, then fail with everything that is at hand."""
    connection = Connection.objects.get(pk=connection_id)
    api = api_for(connection)
    api.ping()
    raise ValueError(f"{api!r} {connection!r} {connection.secret!r} {vars(connection)}")
