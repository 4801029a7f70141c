"""The panel with questions to the client, for the pages of vouchers, payments and proposals."""

from typing import Any

from django import template
from django.template.context import RequestContext

from integrations.question_panel import questions_about
from integrations.services.questions import Subject

register = template.Library()


@register.inclusion_tag("admin/integrations/questions_panel.html", takes_context=True)
def questions_panel(context: RequestContext, subject: Subject) -> dict[str, Any]:
    """What was asked about this, and a form to ask."""
    return {**questions_about(subject, context["request"]), "csrf_token": context.get("csrf_token")}
