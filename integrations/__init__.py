"""The rim: connections to providers, sync, bank statements, the client's pages."""
