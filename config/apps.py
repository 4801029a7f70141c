"""App configurations of the installation itself."""

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    """Holds the system commands and puts the schedules into the database after each migration."""

    name = "config"
    verbose_name = "Kontor"

    def ready(self) -> None:
        """Connect the schedules."""
        from config.schedules import install

        # The queue's app is named because its tables are needed, and because no signal is sent for apps without models.
        post_migrate.connect(install, sender=apps.get_app_config("django_q"), dispatch_uid="config.schedules")


class KontorAdminConfig(AdminConfig):
    """Django's admin with our own site: one login for everybody, the firm's start page."""

    default_site = "config.admin_site.KontorAdminSite"
