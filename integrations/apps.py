"""The app at the rim."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    """Connections, sync, statements, portal."""

    name = "integrations"
    verbose_name = _("Connections")

    def ready(self) -> None:
        """Register the system checks."""
        from integrations import checks  # noqa: F401
