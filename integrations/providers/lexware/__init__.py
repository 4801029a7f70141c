"""Lexware Office: its typed client, errors, pace and mapping."""
