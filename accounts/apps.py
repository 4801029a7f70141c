"""The app of people and clients."""

from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Sees to it that the firm's groups exist, and the table in which limits are counted."""

    name = "accounts"
    verbose_name = _("Firm")

    def ready(self) -> None:
        """Connect the groups and the table."""
        from accounts.groups import install

        post_migrate.connect(install, dispatch_uid="accounts.groups")
        post_migrate.connect(_make_cache_table, sender=self, dispatch_uid="accounts.cache")


def _make_cache_table(**_: Any) -> None:
    """Make the table of the cache where the database carries it; nothing where it is there already."""
    call_command("createcachetable", verbosity=0)
