"""Where the review pages live, below the admin: route, view, name."""

from collections.abc import Callable

from django.http import HttpResponseBase

from matching.review.views import decide, queue, show, undo

review_pages: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("review/", queue, "review"),
    ("review/<int:pk>/", show, "review_case"),
    ("review/<int:pk>/decide/", decide, "review_decide"),
    ("review/undo/<int:pk>/", undo, "review_undo"),
]
