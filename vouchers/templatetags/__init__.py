"""Template tags of vouchers."""
