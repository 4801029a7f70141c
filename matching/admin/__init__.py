"""Bank accounts, transactions, proposals and decisions in the admin, and the matches on a voucher's page."""

from matching.admin import (
    bank,
    comparisons,
    external,
    firm_comparisons,
    memory,
    own_transfers,
    policies,
    proposals,
    vouchers,
)

__all__ = [
    "bank",
    "comparisons",
    "external",
    "firm_comparisons",
    "memory",
    "own_transfers",
    "policies",
    "proposals",
    "vouchers",
]
