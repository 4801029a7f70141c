"""What is written about a support request after it was asked: kept first, then mailed, by both sides."""

from django.db import transaction

from accounts.models import User
from integrations.models import SupportMessage, SupportRequest
from integrations.services import notices
from integrations.services.support import LONGEST_MESSAGE, without_keys

State = SupportRequest.State


def answer(request: SupportRequest, text: str, actor: User) -> SupportMessage | None:
    """Support answers: the client reads it in the portal at once, and by mail. None where nothing was written.

    A request that was closed stays closed.
    """
    return _write(request, text, actor, by_firm=True)


def write_again(request: SupportRequest, text: str, author: User) -> SupportMessage | None:
    """The client adds something; it is support's turn again, whatever the state was. None where nothing was written."""
    return _write(request, text, author, by_firm=False)


def close(request: SupportRequest) -> bool:
    """Settle a request; False where it was settled already."""
    closed = SupportRequest.objects.filter(pk=request.pk, state__in=[State.OPEN, State.ANSWERED])
    return bool(closed.update(state=State.CLOSED))


def _write(request: SupportRequest, text: str, author: User, *, by_firm: bool) -> SupportMessage | None:
    words = without_keys(text.strip()[:LONGEST_MESSAGE], request.connection)
    if not words:
        return None
    with transaction.atomic():
        message = SupportMessage.objects.create(request=request, by_firm=by_firm, author=author, text=words)
        here = SupportRequest.objects.filter(pk=request.pk)
        if by_firm:
            here.filter(state=State.OPEN).update(state=State.ANSWERED)
            notices.answered(message)
        else:
            here.exclude(state=State.OPEN).update(state=State.OPEN)
            notices.written_again(message)
    request.refresh_from_db()
    return message
