"""The app at the rim."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    """Connections, sync, statements, portal."""

    name = "integrations"
    verbose_name = _("Connections")

    def ready(self) -> None:
        """Register the system checks, and what follows a run of the engine."""
        from integrations import checks  # noqa: F401
        from integrations.services.external_drafts import after_matching
        from matching.signals import matching_finished

        matching_finished.connect(after_matching, dispatch_uid="external drafts")
