"""The writers of connections, syncs and bank statements."""
