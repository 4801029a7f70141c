"""Every address of the house."""

from django.contrib import admin
from django.urls import include, path

from config.views import healthy, start

urlpatterns = [
    path("", start, name="start"),
    path("health/", healthy, name="health"),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("accounts.urls")),
    path("hooks/", include("integrations.webhooks.urls")),
    path("portal/", include("integrations.portal.urls")),
    path("admin/", admin.site.urls),
]
