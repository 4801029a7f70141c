"""What every template may say about the firm."""

from django.conf import settings
from django.http import HttpRequest


def firm(request: HttpRequest) -> dict[str, str]:
    """The firm's name and how support is reached, for headings, footers and the support pages."""
    return {
        "firm_name": settings.FIRM_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "support_phone": settings.SUPPORT_PHONE,
        "consultation_url": settings.CONSULTATION_URL,
    }
