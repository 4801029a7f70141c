"""Bank accounts, transactions, proposals and decisions in the admin, and the matches on a voucher's page."""

from matching.admin import bank, external, own_transfers, policies, proposals, vouchers

__all__ = ["bank", "external", "own_transfers", "policies", "proposals", "vouchers"]
