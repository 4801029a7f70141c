"""The app of bank transactions and matches."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    """Bank accounts, transactions, proposals, decisions."""

    name = "matching"
    verbose_name = _("Matching")
