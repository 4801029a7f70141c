"""What is missing and what is too much among the subscriptions of a key. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from integrations.providers.lexware.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class Comparison:
    """``kept``: event type to its subscription's id. ``missing``: event types. ``stale``: ids of ours to remove."""

    kept: Mapping[str, str]
    missing: Sequence[str]
    stale: Sequence[str]


def compare(existing: Iterable[Subscription], recorded: Collection[str], url: str, wanted: Sequence[str]) -> Comparison:
    """Compare what exists with one subscription of each wanted event to ``url``.

    Ours are those that come to ``url``, and those whose ids are ``recorded``: made by us for an address that we have
    left. Of several equal ones a recorded one is kept. Everything else belongs to others and does not occur here.
    """
    kept: dict[str, str] = {}
    ours = [found for found in existing if found.callback_url == url or found.id in recorded]
    for found in sorted(ours, key=lambda found: (found.id not in recorded, found.id)):
        if found.callback_url == url and found.event_type in wanted:
            kept.setdefault(found.event_type, found.id)
    ids = list(dict.fromkeys(found.id for found in ours))
    return Comparison(
        kept=kept,
        missing=[event for event in wanted if event not in kept],
        stale=[identity for identity in ids if identity not in kept.values()],
    )
