"""Background work of matching."""

from accounts.models import Client


def match_client(client_id: int) -> None:
    """Run the matching of one client."""
    raise NotImplementedError


def enqueue_matching(client: Client) -> None:
    """Ask for a matching run of the client after the current transaction; at most one waits."""
    raise NotImplementedError
