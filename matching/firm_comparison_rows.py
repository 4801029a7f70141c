"""A comparison of the whole firm as its page shows it: the sum, and the clients at which something would change."""

from dataclasses import dataclass

from accounts.models import Client
from matching.comparison_rows import SORTS
from matching.models import Comparison, FirmComparison


@dataclass(frozen=True, slots=True)
class ClientRow:
    """What would change at one client; ``comparison`` leads to the single changes."""

    comparison: int
    client: Client
    state: str
    becomes: int
    no_longer: int
    changed: int

    @property
    def changes(self) -> int:
        """All changes together."""
        return self.becomes + self.no_longer + self.changed


@dataclass(frozen=True, slots=True)
class FirmRows:
    """``rows``: the clients with changes, most first, and those that failed or are outdated; the rest is counted."""

    rows: list[ClientRow]
    unchanged: int
    becomes: int
    no_longer: int
    changed: int


def rows_of(firm: FirmComparison) -> FirmRows:
    """What was found at all clients; two queries, and none of the single changes is read."""
    counts = [f"result__counts__{sort}" for sort in SORTS]
    parts = list(firm.parts.order_by("client__number").values_list("pk", "client", "state", *counts))
    clients = Client.objects.in_bulk([client for _pk, client, *_rest in parts])
    found = [
        ClientRow(pk, clients[client], state, *(number or 0 for number in numbers))
        for pk, client, state, *numbers in parts
    ]
    troubled = (Comparison.State.FAILED, Comparison.State.OUTDATED)
    rows = [row for row in found if row.changes or row.state in troubled]
    return FirmRows(
        sorted(rows, key=lambda row: -row.changes),
        len(found) - len(rows),
        sum(row.becomes for row in found),
        sum(row.no_longer for row in found),
        sum(row.changed for row in found),
    )
