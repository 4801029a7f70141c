"""What is remembered of a call, whoever the provider is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One attempt of a call, for counting and for a connection's timeline. ``status`` is None without an answer."""

    method: str
    path: str
    status: int | None
    milliseconds: int
    request_id: str
    rate_limited: bool
