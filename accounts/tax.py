"""From which day on a client's vouchers are needed."""

from datetime import date, timedelta

from accounts.models import Client, Service


def tax_start(open_years: list[int], today: date) -> date:
    """1 January of the earliest tax year that is not closed; of the current year where no year is known."""
    return date(min(open_years, default=today.year), 1, 1)


def sync_start(client: Client, today: date) -> date:
    """The first voucher date that is fetched for a client.

    Tax only: 1 January of the earliest tax year not closed. Bookkeeping: the day after the end of the last filed VAT
    period, and the tax-only rule while none is filed. With every known year closed it is the year after the last one.
    Reads ``tax_years`` and ``vat_returns`` as a whole, so that both can be fetched beforehand for many clients.
    """
    if client.service == Service.BOOKKEEPING:
        # A period that has not ended cannot have been filed: a slip of the pen must not stop every fetch.
        filed = [row.period_end for row in client.vat_returns.all() if row.filed_on and row.period_end <= today]
        if filed:
            return max(filed) + timedelta(days=1)
    years = list(client.tax_years.all())
    open_years = [year.year for year in years if year.closed_on is None]
    if years and not open_years:
        open_years = [max(year.year for year in years) + 1]
    return tax_start(open_years, today)
