"""The addresses that providers call."""

from django.urls import path

from integrations.webhooks.views import receive

urlpatterns = [path("lexware/", receive, name="lexware-hook")]
