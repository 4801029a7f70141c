"""A connected client, a sandbox to ask, and a browser of the client's person."""

from tests.integrations.portal.conftest import browser
from tests.integrations.sync.conftest import joined, small

__all__ = ["browser", "joined", "small"]
