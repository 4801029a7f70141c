"""The app of people and clients."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Sees to it that the firm's groups exist."""

    name = "accounts"
    verbose_name = _("Firm")

    def ready(self) -> None:
        """Connect the groups."""
        from accounts.groups import install

        post_migrate.connect(install, dispatch_uid="accounts.groups")
