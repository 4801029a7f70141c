"""Connections, fetches, bank statements and support requests in the admin, and what a client's page says of them."""

from integrations.admin import clients, connections, recorder, runs, statements, support

__all__ = ["clients", "connections", "recorder", "runs", "statements", "support"]
