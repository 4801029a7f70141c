"""How long a morning takes for a fleet of connections: a simulation from measured figures. Pure code."""

import heapq
from collections import deque
from dataclasses import dataclass

# How often a worker looks for more.
LOOK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Morning:
    """What the simulation assumes. Times are in seconds; ``cpu`` is one connection's, with everything around it.

    Every worker calculates for one connection at a time and waits for as many as it has ``seats``. Between two
    ``turn``s there is a ``gap`` in which it begins nothing. The connections become due one after the other, evenly,
    within ``spread``.
    """

    connections: int
    workers: int
    seats: int
    requests: float
    latency: float
    cpu: float
    turn: float
    gap: float
    spread: float = 0.0


@dataclass(frozen=True, slots=True)
class Course:
    """How it went: when the last connection was done, how long the slowest waited after it was due, how busy it was."""

    seconds: float
    longest: float
    busy: float


def simulate(morning: Morning) -> Course:
    """Let the morning happen."""
    steps = max(round(morning.requests), 1)
    slice_ = morning.cpu / (steps + 1)
    due = deque(morning.spread * i / max(morning.connections, 1) for i in range(morning.connections))
    free_at = [0.0] * morning.workers
    seated = [0] * morning.workers
    # (moment, order, worker, steps left or -1 for "look for more", due since)
    events: list[tuple[float, int, int, int, float]] = [(0.0, w, w, -1, 0.0) for w in range(morning.workers)]
    order = morning.workers
    last = longest = 0.0
    while events:
        now, _, worker, left, since = heapq.heappop(events)
        if left < 0:
            works = now % (morning.turn + morning.gap) < morning.turn
            while works and seated[worker] < morning.seats and due and due[0] <= now:
                seated[worker] += 1
                order += 1
                heapq.heappush(events, (now, order, worker, steps, due.popleft()))
            if due:
                order += 1
                heapq.heappush(events, (now + LOOK_SECONDS, order, worker, -1, 0.0))
            continue
        done = max(now, free_at[worker]) + slice_
        free_at[worker] = done
        order += 1
        if left:
            heapq.heappush(events, (done + morning.latency, order, worker, left - 1, since))
        else:
            seated[worker] -= 1
            last, longest = max(last, done), max(longest, done - since)
    busy = morning.connections * morning.cpu / (morning.workers * last) if last else 0.0
    return Course(last, longest, busy)
