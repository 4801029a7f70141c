"""Webhooks: who wants to hear of which events, and how they are told (reference: webhooks 15)."""
