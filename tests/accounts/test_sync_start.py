"""From which day on a client's vouchers are fetched."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Client, Service, TaxYear, VatReturn
from accounts.tax import sync_start, tax_start

TODAY = date(2026, 3, 12)


@given(st.lists(st.integers(2000, 2100), min_size=1))
def test_tax_start_is_the_first_of_january_of_the_earliest_open_year(years: list[int]):
    start = tax_start(years, TODAY)
    assert (start.month, start.day) == (1, 1)
    assert start.year in years
    assert all(start.year <= year for year in years)


@pytest.mark.django_db
class TestTaxOnly:
    def test_earliest_year_that_is_not_closed(self):
        client = Client.objects.create(number="10001", name="Tischlerei Ahrens GmbH", service=Service.TAX)
        TaxYear.objects.create(client=client, year=2023, closed_on=date(2024, 11, 30))
        TaxYear.objects.create(client=client, year=2024)
        TaxYear.objects.create(client=client, year=2025)
        assert sync_start(client, TODAY) == date(2024, 1, 1)

    def test_a_gap_of_closed_years_between_open_ones(self):
        client = Client.objects.create(number="10001", name="Tischlerei Ahrens GmbH")
        TaxYear.objects.create(client=client, year=2023)
        TaxYear.objects.create(client=client, year=2024, closed_on=date(2025, 11, 30))
        assert sync_start(client, TODAY) == date(2023, 1, 1)

    def test_all_known_years_closed_begins_after_the_last(self):
        client = Client.objects.create(number="10001", name="Tischlerei Ahrens GmbH")
        TaxYear.objects.create(client=client, year=2024, closed_on=date(2025, 11, 30))
        assert sync_start(client, TODAY) == date(2025, 1, 1)

    def test_no_year_known_is_the_current_one(self):
        client = Client.objects.create(number="10001", name="Tischlerei Ahrens GmbH")
        assert sync_start(client, TODAY) == date(2026, 1, 1)

    def test_vat_returns_do_not_matter(self):
        client = Client.objects.create(number="10001", name="Tischlerei Ahrens GmbH", service=Service.TAX)
        TaxYear.objects.create(client=client, year=2025)
        VatReturn.objects.create(
            client=client, period_start=date(2025, 12, 1), period_end=date(2025, 12, 31), filed_on=date(2026, 1, 10)
        )
        assert sync_start(client, TODAY) == date(2025, 1, 1)


@pytest.mark.django_db
class TestBookkeeping:
    @pytest.mark.parametrize(("start", "end"), [((2025, 12, 1), (2025, 12, 31)), ((2025, 10, 1), (2025, 12, 31))])
    def test_the_day_after_the_last_filed_period_monthly_or_quarterly(
        self, start: tuple[int, int, int], end: tuple[int, int, int]
    ):
        client = Client.objects.create(number="10001", name="Tischlerei Ahrens GmbH", service=Service.BOOKKEEPING)
        TaxYear.objects.create(client=client, year=2024)
        VatReturn.objects.create(
            client=client, period_start=date(*start), period_end=date(*end), filed_on=date(2026, 1, 10)
        )
        assert sync_start(client, TODAY) == date(2026, 1, 1)

    def test_a_return_that_is_not_filed_does_not_count(self):
        client = Client.objects.create(number="10001", name="Tischlerei Ahrens GmbH", service=Service.BOOKKEEPING)
        filed_end = date(2025, 11, 30)
        VatReturn.objects.create(
            client=client, period_start=date(2025, 11, 1), period_end=filed_end, filed_on=date(2025, 12, 9)
        )
        VatReturn.objects.create(client=client, period_start=date(2025, 12, 1), period_end=date(2025, 12, 31))
        assert sync_start(client, TODAY) == filed_end + timedelta(days=1)

    def test_the_tax_rule_while_none_is_filed(self):
        client = Client.objects.create(number="10001", name="Tischlerei Ahrens GmbH", service=Service.BOOKKEEPING)
        TaxYear.objects.create(client=client, year=2025)
        assert sync_start(client, TODAY) == date(2025, 1, 1)

    def test_a_period_in_the_future_is_a_slip_of_the_pen(self):
        client = Client.objects.create(number="10001", name="Tischlerei Ahrens GmbH", service=Service.BOOKKEEPING)
        TaxYear.objects.create(client=client, year=2025)
        slip = VatReturn(
            client=client, period_start=date(2062, 1, 1), period_end=date(2062, 3, 31), filed_on=date(2026, 1, 10)
        )
        slip.save()
        assert sync_start(client, TODAY) == date(2025, 1, 1)
        with override("en"), pytest.raises(ValidationError, match="after its period"):
            slip.clean()
