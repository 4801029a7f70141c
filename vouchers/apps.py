"""The app of vouchers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VouchersConfig(AppConfig):
    """Vouchers and their files."""

    name = "vouchers"
    verbose_name = _("Vouchers")
