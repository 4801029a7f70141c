"""Lets reads lag behind changes, so that an event arrives before the change can be seen (reference: quirks 18.17)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.world.model import Organisation, Voucher


@dataclass(frozen=True, slots=True)
class _Old:
    """What a voucher was (None: it was not there), and until when reads show that."""

    until: float
    voucher: Voucher | None


class Past:
    """The states that reads still show, per organisation and voucher, oldest first; moments are monotonic seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._old: dict[str, dict[str, list[_Old]]] = {}

    def remember(self, organisation: Organisation, identity: str, until: float) -> None:
        """Keep what a voucher is now; to be called before it changes."""
        now = organisation.vouchers.get(identity)
        if now is not None:
            now = replace(now, payments=list(now.payments), files=list(now.files), related=list(now.related))
        with self._lock:
            self._old.setdefault(organisation.id, {}).setdefault(identity, []).append(_Old(until, now))

    def view(self, organisation: Organisation, now: float) -> Mapping[str, Voucher]:
        """Return the vouchers as reads show them at this moment."""
        with self._lock:
            mine = self._old.get(organisation.id)
            if not mine:
                return organisation.vouchers
            for identity, states in list(mine.items()):
                mine[identity] = [old for old in states if old.until > now]
                if not mine[identity]:
                    del mine[identity]
            shown = {identity: states[0].voucher for identity, states in mine.items()}
        if not shown:
            return organisation.vouchers
        seen = {identity: shown.get(identity, voucher) for identity, voucher in organisation.vouchers.items()}
        seen |= shown
        return {identity: voucher for identity, voucher in seen.items() if voucher is not None}
