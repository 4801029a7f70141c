"""The panel of questions on the page of a voucher, a payment or a proposal; the templates of the admin use it."""

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.display import state
from accounts.models import User
from integrations.models import ClientQuestion
from integrations.services.questions import Subject, field_of

State = ClientQuestion.State
LOOKS = {
    State.OPEN: ("todo", "hourglass_empty"),
    State.ANSWERED: ("soon", "mark_email_unread"),
    State.DONE: ("good", ""),
}
MOST_SHOWN = 20


def question_state(question: ClientQuestion) -> SafeString:
    """Whose turn it is."""
    known = State(question.state)
    tone, icon = LOOKS[known]
    return state(tone, known.label, icon)


def questions_about(subject: Subject, request: HttpRequest) -> dict[str, Any]:
    """What the panel shows; two queries. Empty for people who may not see it."""
    user = request.user
    if not isinstance(user, User) or not user.has_perm("integrations.view_clientquestion"):
        return {}
    kind = field_of(subject)
    rows = ClientQuestion.objects.filter(**{kind: subject}).select_related("asked_by", "answered_by")
    rows = rows.prefetch_related("files").order_by("-asked_at", "-pk")[:MOST_SHOWN]
    return {
        "may_see_questions": True,
        "questions": [(question, question_state(question)) for question in rows],
        "question_kind": kind,
        "question_subject": subject,
        "may_ask": user.has_perm("integrations.add_clientquestion"),
        "may_settle": user.has_perm("integrations.change_clientquestion"),
    }
