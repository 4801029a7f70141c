"""Where the pages of external transactions live, below the admin: route, view, name."""

from collections.abc import Callable

from django.http import HttpResponseBase

from matching.external_pages.views import act, choose_client, edit, from_voucher, new

external_pages: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("external/new/", choose_client, "external_choose"),
    ("external/new/<int:client>/", new, "external_new"),
    ("external/voucher/<int:pk>/", from_voucher, "external_voucher"),
    ("external/<int:pk>/edit/", edit, "external_edit"),
    ("external/<int:pk>/act/", act, "external_act"),
]
