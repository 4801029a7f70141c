"""Where the review pages live, below the admin: route, view, name."""

from matching.review.views import decide, queue, show, undo

review_pages = [
    ("review/", queue, "review"),
    ("review/<int:pk>/", show, "review_case"),
    ("review/<int:pk>/decide/", decide, "review_decide"),
    ("review/undo/<int:pk>/", undo, "review_undo"),
]
