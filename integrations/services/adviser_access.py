"""The firm's own access to a client's Lexware Office (Steuerberater-Zugang): the client invites, the firm confirms.

Nothing of it can be read from the provider: both sides say what they did.
"""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from integrations.models import AdviserAccess, Connection, ConnectionEvent
from integrations.services.connection_state import CHANGED_MEANWHILE, StateMoved, record

_BEFORE = {
    AdviserAccess.INVITED: (AdviserAccess.NONE,),
    AdviserAccess.CONFIRMED: (AdviserAccess.NONE, AdviserAccess.INVITED),
    AdviserAccess.NONE: (AdviserAccess.INVITED, AdviserAccess.CONFIRMED),
}


def set_access(connection: Connection, access: AdviserAccess, actor: User) -> bool:
    """Note where the access stands; False where it stood there already. ``StateMoved`` where that step is not possible.

    A client says ``invited``, the firm ``confirmed``; both take it back with ``none``.
    """
    with transaction.atomic():
        here = Connection.objects.filter(pk=connection.pk, adviser_access__in=_BEFORE[access])
        moved = here.update(adviser_access=access, adviser_access_since=timezone.now())
        if moved:
            record(connection, ConnectionEvent.Kind.ADVISER, actor=actor, detail={"access": access.value})
    before = connection.adviser_access
    connection.refresh_from_db()
    if not moved and connection.adviser_access != access:
        raise StateMoved(CHANGED_MEANWHILE)
    return bool(moved) and before != access
