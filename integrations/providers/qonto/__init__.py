"""Qonto: its typed client, answers and the walk through its moving list."""
