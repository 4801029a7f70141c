"""Any payout report: recognised by its columns and read by the reader for it."""

from integrations.payouts.amazon import read_amazon
from integrations.payouts.paypal import read_paypal
from integrations.payouts.shapes import Report, UnknownReport
from integrations.payouts.stripe import read_stripe
from integrations.payouts.sumup import read_sumup


def read_report(content: bytes) -> Report:
    """Read a payout report of PayPal, Stripe, SumUp or Amazon. Raises ``UnknownReport``."""
    for reader in (read_amazon, read_stripe, read_sumup, read_paypal):
        report = reader(content)
        if report is not None:
            return report
    raise UnknownReport
