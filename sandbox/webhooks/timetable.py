"""When a delivery is tried again, and what an answer of the receiver means (reference: delivery 15.3)."""

from __future__ import annotations

from enum import StrEnum

# Seconds after the attempt before: five quick ones, then half an hour of rest, then twenty every two hours.
SECOND_PHASE_PAUSE = 1_800
SECOND_PHASE_STEP = 7_200
RETRIES = (10, 20, 40, 80, 160, SECOND_PHASE_PAUSE + SECOND_PHASE_STEP, *(SECOND_PHASE_STEP,) * 19)
DELIVERED = (200, 201, 202, 204)
RETRIED = (401, 403, 429)
NO_HOST = "no such host"


class Reaction(StrEnum):
    """What follows from one attempt."""

    DONE = "delivered"
    RETRY = "try again, then give up"
    RETRY_THEN_UNSUBSCRIBE = "try again, then remove the subscription"
    UNSUBSCRIBE = "remove the subscription"
    STOP = "not tried again"


def reaction(status: int, error: str = "") -> Reaction:
    """Say what follows; ``status`` is 0 where nothing was answered, ``error`` then says why."""
    if status in DELIVERED:
        return Reaction.DONE
    if status == 410:
        return Reaction.UNSUBSCRIBE
    if status == 404 or error == NO_HOST:
        return Reaction.RETRY_THEN_UNSUBSCRIBE
    if status == 0 or status in RETRIED or status >= 500:
        return Reaction.RETRY
    return Reaction.STOP
