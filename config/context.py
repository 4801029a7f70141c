"""What every template may say about the firm."""

from django.conf import settings
from django.http import HttpRequest


def firm(request: HttpRequest) -> dict[str, str]:
    """The firm's name and support address, for headings and footers."""
    return {"firm_name": settings.FIRM_NAME, "support_email": settings.SUPPORT_EMAIL}
