"""Lets a list change while somebody reads it page by page, as people at work do (reference: paging 4.3)."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from sandbox.faults import CHANGES
from sandbox.noticing import announced
from sandbox.world.bulk import Filling, fill
from sandbox.world.contacts import new_id
from sandbox.world.model import Organisation

if TYPE_CHECKING:
    from sandbox.state import Sandbox


def _touch(sandbox: Sandbox, organisation: Organisation, rng: Random) -> None:
    voucher = rng.choice(list(organisation.vouchers.values()))
    with announced(sandbox, organisation, voucher.id):
        voucher.remark = f"gesehen {new_id(rng)[:8]}"
        voucher.touch(sandbox.now())


def _add(sandbox: Sandbox, organisation: Organisation, rng: Random) -> None:
    day = sandbox.current_day() - timedelta(days=40)
    [voucher] = fill(organisation, Filling(1, day - timedelta(days=60), day, sandbox.now()), rng)
    voucher.created = voucher.updated = sandbox.now()
    del organisation.vouchers[voucher.id]
    with announced(sandbox, organisation, voucher.id):
        organisation.vouchers[voucher.id] = voucher


def remove(sandbox: Sandbox, organisation: Organisation, identity: str) -> None:
    """Delete a voucher with its files."""
    with announced(sandbox, organisation, identity):
        for file in organisation.vouchers[identity].files:
            del organisation.files[file]
        del organisation.vouchers[identity]


def move(sandbox: Sandbox, organisation: Organisation, change: str) -> None:
    """Touch, add or remove one voucher; an empty ``change`` leaves the choice to chance."""
    with sandbox.lock:
        rng = Random(f"{sandbox.seed}:move:{organisation.id}:{organisation.revision}")
        what = change or rng.choice(CHANGES)
        if what == "add" or not organisation.vouchers:
            _add(sandbox, organisation, rng)
        elif what == "touch":
            _touch(sandbox, organisation, rng)
        else:
            remove(sandbox, organisation, rng.choice(list(organisation.vouchers)))
