"""Invented companies with vouchers, receipts, bank accounts and the payments between them, from a seed."""

from sandbox.world.build import build_world

__all__ = ["build_world"]
