"""Vouchers, their payments and files, and what the provider said about them."""
